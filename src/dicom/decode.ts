import { type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { checkCodedSize } from './codestream.ts';
import { encapsulatedFrames } from './fragments.ts';
import { decodeJpegLs } from './jpeg-ls.ts';
import { type ParsedFile, readElements } from './reader.ts';
import { decodeRle } from './rle.ts';
import { BIG_ENDIAN, RLE, TRANSFER_SYNTAXES } from './syntaxes.ts';
import type { DicomFile, Frame, FrameDecoders, Inflate, PixelFormat, Slices } from './types.ts';

/** HU of air: what stands where the scanner has no data. */
const AIR_HU = -1024;

export interface DecodeOptions {
  readonly inflate?: Inflate;
  /** For compressed syntaxes; RLE and native ones need none. */
  readonly decoders?: FrameDecoders;
  /** What padding becomes: air for CT, 0 for MR. */
  readonly paddingUnit?: number;
  readonly job?: Job;
}

/**
 * Decodes planes into units (HU for CT): stored value · slope + intercept, rounded, padding set to air. Works on any run
 * of `Series.frames`, so a series can be cut into runs for several workers; `out` may lie in shared memory.
 * @param bytesOf the whole file `Frame.file` names; asked once for each run of frames of one file
 * @param out one sample for each pixel of each frame; made when left out
 * @throws dicom.syntax, dicom.damaged, io.truncated
 * @cost about 7 ms a frame of 512 × 512 JPEG-LS, 16 ms JPEG lossless, 1 ms native
 */
export function decodeSlices(
  frames: readonly Frame[],
  bytesOf: (file: number) => Uint8Array,
  { inflate, decoders = {}, paddingUnit = AIR_HU, job = NO_JOB }: DecodeOptions = {},
  out?: Int16Array,
): Slices {
  const samples = frames.length > 0 ? frames[0].pixels.columns * frames[0].pixels.rows : 0;
  const data = out ?? new Int16Array(samples * frames.length);
  const counts = new Float64Array(4);
  let table: UnitTable | null = null;
  let open: OpenFile | null = null;
  frames.forEach((f, i) => {
    job.at(i / frames.length);
    if (open?.index !== f.file) open = openFile(f, bytesOf(f.file), inflate);
    const stored = storedSamples(open, f, decoders);
    const key = JSON.stringify(f.pixels);
    if (table?.key !== key) table = unitTable(f.pixels, paddingUnit, key);
    const { unit, mark } = table;
    const mask = unit.length - 1;
    for (let k = 0, o = i * samples; k < samples; k++, o++) {
      const w = stored[k] & mask;
      data[o] = unit[w];
      counts[mark[w]]++;
    }
  });
  job.at(1);
  return { data, paddedCount: counts[PADDED], clampedCount: counts[CLAMPED], ceilingCount: counts[CEILING] };
}

interface OpenFile {
  readonly index: number;
  readonly parsed: ParsedFile;
  readonly encapsulated: readonly Uint8Array[];
}

function openFile(f: Frame, bytes: Uint8Array, inflate?: Inflate): OpenFile {
  const file: DicomFile = { name: '', head: bytes, sizeBytes: bytes.length };
  const parsed = readElements(file, inflate);
  if (!parsed.pixels || parsed.transferSyntax !== f.pixels.transferSyntax)
    throw new OsteonError('dicom.damaged', { sopInstanceUid: f.sopInstanceUid, why: 'the file has changed' });
  const isEncapsulated = parsed.pixels.length === null;
  return {
    index: f.file,
    parsed,
    encapsulated: isEncapsulated ? encapsulatedFrames(parsed.bytes, parsed.pixels, f.frameCount) : [],
  };
}

/** Samples as they are stored, 8 or 16 bits, little-endian. */
function storedSamples({ parsed, encapsulated }: OpenFile, f: Frame, decoders: FrameDecoders) {
  const { pixels: p } = f;
  const bytesPerSample = bytesOfSample(p);
  const size = p.columns * p.rows;
  const codec = TRANSFER_SYNTAXES[p.transferSyntax]?.codec;
  if (codec === undefined || codec === 'refused') throw unreadable(p);
  if (codec === 'native') {
    if (encapsulated.length > 0) throw new OsteonError('dicom.damaged', { why: 'native pixels in fragments' });
    return nativeFrame(parsed, f, size, bytesPerSample);
  }
  const frame = encapsulated[f.frame];
  if (!frame) throw new OsteonError('dicom.damaged', { frame: f.frame, why: 'compressed pixels without fragments' });
  if (p.transferSyntax === RLE) {
    const bytes = decodeRle(frame, size, bytesPerSample);
    return bytesPerSample === 1 ? bytes : new Uint16Array(bytes.buffer);
  }
  const decode = codec === 'jpeg-ls' ? decodeJpegLs : decoders[p.transferSyntax];
  if (!decode) throw unreadable(p);
  checkCodedSize(frame, p);
  const samples = decode(frame, p);
  if (samples.length !== size)
    throw new OsteonError('dicom.damaged', { decodedSamples: samples.length, columns: p.columns, rows: p.rows });
  return samples;
}

function bytesOfSample(p: PixelFormat): 1 | 2 {
  if (p.bitsAllocated === 8) return 1;
  if (p.bitsAllocated === 16) return 2;
  throw new OsteonError('dicom.syntax', { bitsAllocated: p.bitsAllocated }, 'Only samples of 8 and 16 bits are read');
}

function unreadable(p: PixelFormat): OsteonError {
  const syntax = TRANSFER_SYNTAXES[p.transferSyntax];
  const hint =
    syntax?.codec === 'refused'
      ? 'Lossy 12-bit JPEG is refused: it moves edges. Export the series without lossy compression'
      : 'Export the series uncompressed or with lossless compression';
  return new OsteonError('dicom.syntax', { transferSyntax: p.transferSyntax, name: syntax?.name ?? 'unknown' }, hint);
}

function nativeFrame({ bytes, pixels }: ParsedFile, f: Frame, size: number, bytesPerSample: 1 | 2) {
  const from = pixels!.at + f.frame * size * bytesPerSample;
  if (from + size * bytesPerSample > bytes.length)
    throw new OsteonError('io.truncated', { frame: f.frame, byte: from, fileBytes: bytes.length });
  // A copy of its own, so that odd offsets do not matter.
  const copy = new Uint8Array(size * bytesPerSample);
  copy.set(bytes.subarray(from, from + size * bytesPerSample));
  if (bytesPerSample === 1) return copy;
  if (f.pixels.transferSyntax === BIG_ENDIAN)
    for (let i = 0; i < copy.length; i += 2) {
      const high = copy[i];
      copy[i] = copy[i + 1];
      copy[i + 1] = high;
    }
  return new Uint16Array(copy.buffer);
}

/** For each stored word of a format: its unit, and what there is to count about it. */
interface UnitTable {
  readonly key: string;
  readonly unit: Int16Array;
  readonly mark: Uint8Array;
}

/** Marks of a table entry, and indices into the counts. */
const PLAIN = 0;
const PADDED = 1;
const CLAMPED = 2;
const CEILING = 3;

/**
 * Stored word → unit: the stored bits cut out (overlay bits above and below dropped), their sign extended, rescaled and
 * rounded. Padding is looked for in the whole word as well as in the stored bits: writers do both.
 */
function unitTable(p: PixelFormat, paddingUnit: number, key: string): UnitTable {
  const size = bytesOfSample(p) === 1 ? 256 : 65536;
  const unit = new Int16Array(size);
  const mark = new Uint8Array(size);
  const shift = p.highBit + 1 - p.bitsStored;
  const up = 32 - p.bitsStored;
  const wordUp = 32 - p.bitsAllocated;
  const [padFrom, padTo] = p.padding ?? [1, 0];
  const isPadding = (v: number) => v >= padFrom && v <= padTo;
  const top = (1 << (p.bitsStored - (p.signed ? 1 : 0))) - 1;
  for (let w = 0; w < size; w++) {
    const whole = p.signed ? (w << wordUp) >> wordUp : w;
    const value = p.signed ? ((w >> shift) << up) >> up : ((w >> shift) << up) >>> up;
    const exact = Math.round(value * p.slope + p.intercept);
    const kept = Math.max(-32768, Math.min(32767, exact));
    const pad = isPadding(whole) || isPadding(value);
    unit[w] = pad ? paddingUnit : kept;
    mark[w] = pad ? PADDED : kept !== exact ? CLAMPED : value === top ? CEILING : PLAIN;
  }
  return { key, unit, mark };
}
