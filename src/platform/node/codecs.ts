import { createRequire } from 'node:module';
import { inflateRawSync } from 'node:zlib';
import { Decoder } from '@cornerstonejs/jpeg-lossless-decoder-js';
import { OsteonError } from '../../base/index.ts';
import { type FrameDecoder, type FrameDecoders, type Inflate, TRANSFER_SYNTAXES } from '../../dicom/index.ts';

/** One frame decoder of an Emscripten codec; it owns memory outside of JavaScript until `delete`. */
interface WasmDecoder {
  getEncodedBuffer(bytes: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned?: boolean };
  delete(): void;
}
type WasmModule = Readonly<Record<string, new () => WasmDecoder>>;
type WasmFactory = (options: object) => Promise<WasmModule>;

/** The codec packages: module to load, class that decodes. */
const WASM = {
  'jpeg-2000': ['@cornerstonejs/codec-openjpeg/decodewasmjs', 'J2KDecoder'],
  htj2k: ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KDecoder'],
  'jpeg-8': ['@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', 'JPEGDecoder'],
} as const;

/**
 * Decoders for the compressed transfer syntaxes, ready to be handed to `decodeSlices`. Lossy JPEG of 12 bits is left
 * out on purpose and is refused by name. Each thread makes its own.
 * @param syntaxes transfer syntax UIDs that are needed; default all
 * @cost 5 to 40 ms a codec, once
 */
export async function createDecoders(
  syntaxes: readonly string[] = Object.keys(TRANSFER_SYNTAXES),
): Promise<FrameDecoders> {
  const made = new Map<string, FrameDecoder>();
  const out: Record<string, FrameDecoder> = {};
  for (const uid of syntaxes) {
    const codec = TRANSFER_SYNTAXES[uid]?.codec;
    if (codec === undefined || codec === 'native' || codec === 'rle' || codec === 'jpeg-ls' || codec === 'refused')
      continue;
    const decoder = made.get(codec) ?? (codec === 'jpeg-lossless' ? decodeJpegLossless : await wasmDecoder(codec));
    made.set(codec, decoder);
    out[uid] = decoder;
  }
  return out;
}

async function wasmDecoder(codec: keyof typeof WASM): Promise<FrameDecoder> {
  const [path, name] = WASM[codec];
  const make = createRequire(import.meta.url)(path) as WasmFactory;
  const silent = () => undefined;
  const lib = await make({ print: silent, printErr: silent });
  return (frame, p) => {
    const decoder = new lib[name]();
    try {
      decoder.getEncodedBuffer(frame.length).set(frame);
      decoder.decode();
      const info = decoder.getFrameInfo();
      const samples = p.columns * p.rows * p.samplesPerPixel;
      // 8 bits go into bytes whatever the header allocates.
      const bytesPerSample = info.bitsPerSample <= 8 ? 1 : 2;
      const decoded = decoder.getDecodedBuffer();
      if (info.width !== p.columns || info.height !== p.rows || decoded.length !== samples * bytesPerSample)
        throw new Error(`${info.width} × ${info.height}, ${decoded.length} bytes`);
      // The codec's memory is its own; what leaves is a copy.
      const copy = new Uint8Array(decoded.length);
      copy.set(decoded);
      if (bytesPerSample === 1) return info.isSigned ? new Int8Array(copy.buffer) : copy;
      return info.isSigned ? new Int16Array(copy.buffer) : new Uint16Array(copy.buffer);
    } catch (e) {
      throw damaged(codec, e);
    } finally {
      decoder.delete();
    }
  };
}

const decodeJpegLossless: FrameDecoder = (frame, p) => {
  try {
    const bytes = new Uint8Array(frame.length);
    bytes.set(frame);
    return new Decoder().decode(bytes.buffer, 0, bytes.length, p.bitsAllocated <= 8 ? 1 : 2);
  } catch (e) {
    throw damaged('jpeg-lossless', e);
  }
};

/** Codecs throw numbers, strings, and errors without a type. */
const damaged = (codec: string, e: unknown): OsteonError =>
  new OsteonError('dicom.damaged', { codec, why: e instanceof Error ? e.message : String(e) });

/** zlib's inflate for deflated DICOM: stops as soon as the limit is passed. @throws dicom.limit, dicom.damaged */
export const inflate: Inflate = (deflated, maxBytes) => {
  try {
    return inflateRawSync(deflated, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new OsteonError('dicom.limit', { deflatedBytes: deflated.length, limitBytes: maxBytes });
    throw new OsteonError('dicom.damaged', { codec: 'deflate', why: code ?? 'unknown' });
  }
};
