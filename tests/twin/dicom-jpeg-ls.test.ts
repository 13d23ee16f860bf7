import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { createNormal, createRng, type OsteonError } from '../../src/base/index.ts';
import { decodeJpegLs } from '../../src/dicom/jpeg-ls.ts';
import type { PixelFormat } from '../../src/dicom/types.ts';

// CharLS as the twin of our JPEG-LS decoder: same samples for every depth, error bound and kind of picture.

const silent = { print: () => undefined, printErr: () => undefined };
const charls = await createRequire(import.meta.url)('@cornerstonejs/codec-charls/wasmjs')(silent);

const formatOf = (columns: number, rows: number) => ({ columns, rows, samplesPerPixel: 1 }) as PixelFormat;

function encode(samples: Uint16Array | Uint8Array, columns: number, rows: number, bits: number, near: number) {
  const encoder = new charls.JpegLSEncoder();
  const info = { width: columns, height: rows, bitsPerSample: bits, componentCount: 1, isSigned: false };
  encoder.getDecodedBuffer(info).set(new Uint8Array(samples.buffer));
  encoder.setNearLossless(near);
  encoder.encode();
  const out = Uint8Array.from(encoder.getEncodedBuffer());
  encoder.delete();
  return out;
}

function decodeByCharLs(frame: Uint8Array, bits: number) {
  const decoder = new charls.JpegLSDecoder();
  decoder.getEncodedBuffer(frame.length).set(frame);
  decoder.decode();
  const bytes = Uint8Array.from(decoder.getDecodedBuffer() as Uint8Array);
  decoder.delete();
  return bits <= 8 ? Uint16Array.from(bytes) : new Uint16Array(bytes.buffer);
}

/** Flat areas (runs), ramps, noise, and single outliers: each mode of the codec. */
function picture(kind: number, columns: number, rows: number, bits: number, seed: number): Uint16Array | Uint8Array {
  const most = 2 ** bits - 1;
  const rng = createRng(seed);
  const normal = createNormal(rng);
  const at = [
    (i: number) => (i % 97 === 0 ? most : most / 3),
    (i: number) => ((i % columns) / columns) * most,
    () => rng() * most,
    (i: number) => most / 2 + (most / 40) * normal() + (i % columns > columns / 2 ? most / 4 : 0),
    (i: number) => (rng() < 0.02 ? rng() * most : Math.floor(i / columns / 5) * (most / 20)),
  ][kind];
  const value = (_: unknown, i: number) => Math.max(0, Math.min(most, Math.round(at(i))));
  const length = columns * rows;
  return bits <= 8 ? Uint8Array.from({ length }, value) : Uint16Array.from({ length }, value);
}

test.each([2, 5, 8, 10, 12, 15, 16])('%i bits: lossless and near-lossless, five kinds of picture', (bits) => {
  for (let kind = 0; kind < 5; kind++)
    for (const near of [0, 1, 3]) {
      if (near > 0 && 2 * near >= 2 ** bits - 1) continue;
      const columns = 1 + ((37 * (kind + 1) + bits) % 90);
      const rows = 40 + kind;
      const samples = picture(kind, columns, rows, bits, 10 * bits + kind);
      const frame = encode(samples, columns, rows, bits, near);
      const mine = decodeJpegLs(frame, formatOf(columns, rows));
      expect(mine, `kind ${kind}, near ${near}`).toEqual(decodeByCharLs(frame, bits));
      for (let i = 0; i < samples.length; i++) expect(Math.abs(mine[i] - samples[i]) <= near).toBe(true);
    }
});

test('damaged frames: an answer of the right size or a coded refusal, in the time of a good one', () => {
  const rng = createRng(7);
  const good = encode(picture(3, 128, 128, 12, 1), 128, 128, 12, 0);
  const p = formatOf(128, 128);
  let refused = 0;
  for (let n = 0; n < 300; n++) {
    const bad = Uint8Array.from(good);
    for (let k = 0; k <= n % 4; k++) bad[25 + Math.floor((bad.length - 27) * rng())] ^= 1 << Math.floor(8 * rng());
    const start = performance.now();
    try {
      expect(decodeJpegLs(bad, p).length).toBe(128 * 128);
    } catch (e) {
      expect((e as OsteonError).code).toMatch(/^dicom\.(damaged|syntax)$/);
      refused++;
    }
    expect(performance.now() - start).toBeLessThan(1000);
  }
  expect(refused).toBeGreaterThan(200);
});
