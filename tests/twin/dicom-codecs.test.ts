import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { createNormal, createRng } from '../../src/base/index.ts';
import { decodeRle, encodeRle } from '../../src/dicom/index.ts';
import { createDecoders, inflate } from '../../src/platform/node/codecs.ts';
import {
  BIG,
  codeOf,
  DEFLATED,
  EXPLICIT,
  fileOf,
  IMPLICIT,
  type SliceSpec,
  sliceBytes,
  volumeOf,
} from '../dicom-kit.ts';

// Every transfer syntax there and back: what the encoder was given is what the volume holds, to the last bit.

const columns = 61;
const rows = 47;

/** A disc of bone in soft tissue in air, with noise: what codecs meet. */
function picture(slice: number, low: number, high: number): Int16Array {
  const normal = createNormal(createRng(slice + 1));
  return Int16Array.from({ length: columns * rows }, (_, i) => {
    const r = Math.hypot((i % columns) - 30, Math.floor(i / columns) - 23);
    const value = (r < 9 ? 1200 : r < 20 ? 60 : -1000) + 25 * normal();
    return Math.max(low, Math.min(high, Math.round(value)));
  });
}

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setQuality?(...values: unknown[]): void;
  setNearLossless?(n: number): void;
  delete(): void;
}

async function encoderOf(path: string, name: string, setUp: (e: Encoder) => void = () => undefined) {
  const silent = { print: () => undefined, printErr: () => undefined };
  const lib = await createRequire(import.meta.url)(path)(silent);
  return (samples: Int16Array | Uint8Array, isSigned: boolean) => {
    const encoder: Encoder = new lib[name]();
    const bitsPerSample = 8 * samples.BYTES_PER_ELEMENT;
    const info = {
      width: columns,
      height: rows,
      bitsPerSample,
      componentCount: 1,
      isSigned,
      isUsingColorTransform: false,
    };
    encoder.getDecodedBuffer(info).set(new Uint8Array(samples.buffer));
    setUp(encoder);
    encoder.encode();
    const out = Uint8Array.from(encoder.getEncodedBuffer());
    encoder.delete();
    return out;
  };
}

/** JPEG lossless, selection value 1 (left neighbour), 16 bits, one Huffman table of seventeen codes of five bits. */
function encodeJpegLossless(samples: Int16Array): Uint8Array {
  const word = (n: number) => [n >> 8, n & 255];
  const out = [0xff, 0xd8, 0xff, 0xc3, ...word(11), 16, ...word(rows), ...word(columns), 1, 1, 0x11, 0];
  out.push(0xff, 0xc4, ...word(36), 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  for (let c = 0; c < 17; c++) out.push(c);
  out.push(0xff, 0xda, ...word(8), 1, 1, 0, 1, 0, 0);
  let bits = 0;
  let free = 8;
  const put = (value: number, n: number) => {
    for (let b = n - 1; b >= 0; b--) {
      free--;
      bits |= ((value >> b) & 1) << free;
      if (free > 0) continue;
      out.push(bits);
      if (bits === 0xff) out.push(0);
      bits = 0;
      free = 8;
    }
  };
  const at = (i: number) => samples[i] & 0xffff;
  for (let i = 0; i < samples.length; i++) {
    const x = i % columns;
    const before = i === 0 ? 32768 : x === 0 ? at(i - columns) : at(i - 1);
    const d = ((at(i) - before + 32768) & 0xffff) - 32768;
    let size = 0;
    while (Math.abs(d) >> size) size++;
    put(size, 5);
    if (size < 16) put(d < 0 ? d + (1 << size) - 1 : d, size);
  }
  while (free < 8) put(1, 1);
  out.push(0xff, 0xd9);
  return Uint8Array.from(out);
}

async function roundTrip(syntax: string, encode?: (s: Int16Array, signed: boolean) => Uint8Array, signed = true) {
  const [low, high] = signed ? [-2000, 3000] : [0, 3000];
  const pictures = [0, 1, 2].map((k) => picture(k, low, high));
  const files = pictures.map(
    (stored, k): SliceSpec => ({
      columns,
      rows,
      number: k + 1,
      syntax,
      stored,
      set: [[0x0028_0103, 'US', [signed ? 1 : 0]]],
      ...(encode ? { frames: [encode(stored, signed)] } : {}),
    }),
  );
  const decoders = await createDecoders([syntax]);
  const { volume } = volumeOf(
    files.map((f, i) => fileOf(sliceBytes(f), `${i}`)),
    { decoders, inflate },
  );
  pictures.forEach((p, k) => {
    expect(volume.data.subarray(k * p.length, (k + 1) * p.length)).toEqual(p);
  });
}

test.each([EXPLICIT, IMPLICIT, BIG, DEFLATED])('native, %s', (syntax) => roundTrip(syntax));

test('RLE', () => roundTrip('1.2.840.10008.1.2.5', (s) => encodeRle(new Uint8Array(s.buffer), 2)));

test('RLE of runs and of noise', () => {
  const rng = createRng(3);
  for (let n = 0; n < 200; n++) {
    const data = Uint8Array.from({ length: 2 * (1 + Math.floor(300 * rng())) }, (_, i) => (n % 2 ? i >> 6 : 4 * rng()));
    expect(decodeRle(encodeRle(data, 2), data.length / 2, 2)).toEqual(data);
  }
});

for (const signed of [true, false]) {
  const sign = signed ? 'signed' : 'unsigned';
  test(`JPEG-LS, ${sign}`, async () =>
    roundTrip(
      '1.2.840.10008.1.2.4.80',
      await encoderOf('@cornerstonejs/codec-charls/wasmjs', 'JpegLSEncoder'),
      signed,
    ));

  test.each(['57', '70'])(`JPEG lossless .%s, ${sign}`, (n) =>
    roundTrip(`1.2.840.10008.1.2.4.${n}`, encodeJpegLossless, signed),
  );

  test(`JPEG 2000, ${sign}`, async () => {
    const encode = await encoderOf('@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder', (e) =>
      e.setQuality?.(true, 0),
    );
    await roundTrip('1.2.840.10008.1.2.4.90', encode, signed);
  });

  test.each(['201', '202'])(`HTJ2K .%s, ${sign}`, async (n) => {
    const encode = await encoderOf('@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder', (e) =>
      e.setQuality?.(true, 0),
    );
    await roundTrip(`1.2.840.10008.1.2.4.${n}`, encode, signed);
  });
}

test('JPEG of 8 bits is read, and called lossy', async () => {
  const encode = await encoderOf('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs', 'JPEGEncoder', (e) =>
    e.setQuality?.(98),
  );
  const samples = Uint8Array.from({ length: columns * rows }, (_, i) => 2 * (i % columns) + Math.floor(i / columns));
  const files = [1, 2, 3].map((number) =>
    fileOf(
      sliceBytes({
        columns,
        rows,
        number,
        bytesPerSample: 1,
        syntax: '1.2.840.10008.1.2.4.50',
        frames: [encode(samples, false)],
        set: [[0x0028_0103, 'US', [0]]],
      }),
    ),
  );
  const { volume, series } = volumeOf(files, { decoders: await createDecoders() });
  expect(series.summary.findings.map((f) => f.code)).toContain('dicom.lossy');
  samples.forEach((s, i) => {
    expect(Math.abs(volume.data[i] - s)).toBeLessThan(6);
  });
});

test('fragments that do not make the frames the header counts are refused', async () => {
  const encode = await encoderOf('@cornerstonejs/codec-charls/wasmjs', 'JpegLSEncoder');
  const pictures = [0, 1, 2].map((k) => picture(k, -2000, 3000));
  const pieces = pictures.flatMap((p) => {
    const frame = encode(p, true);
    const cut = 2 * Math.floor(frame.length / 4);
    return [frame.subarray(0, cut), frame.subarray(cut)];
  });
  const bytes = sliceBytes({
    columns,
    rows,
    syntax: '1.2.840.10008.1.2.4.80',
    frames: pieces,
    set: [
      [0x0028_0008, 'IS', '3'],
      [0x0018_0088, 'DS', '1'],
    ],
  });
  // The writer's table names every fragment, which is one too many for three frames: refused, not guessed.
  const decoders = await createDecoders();
  expect(codeOf(() => volumeOf([fileOf(bytes)], { decoders }))).toBe('dicom.damaged');
});

test('damaged codestreams: an answer of the right size or a coded refusal', async () => {
  const decoders = await createDecoders();
  const j2k = await encoderOf('@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder', (e) => e.setQuality?.(true, 0));
  const ht = await encoderOf('@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KEncoder', (e) => e.setQuality?.(true, 0));
  const p = picture(0, -2000, 3000);
  const kinds: [string, Uint8Array][] = [
    ['1.2.840.10008.1.2.4.70', encodeJpegLossless(p)],
    ['1.2.840.10008.1.2.4.90', j2k(p, true)],
    ['1.2.840.10008.1.2.4.201', ht(p, true)],
    ['1.2.840.10008.1.2.5', encodeRle(new Uint8Array(p.buffer), 2)],
  ];
  const rng = createRng(11);
  const good = volumeOf([1, 2, 3].map((number) => fileOf(sliceBytes({ columns, rows, number, stored: p }))));
  for (const [syntax, frame] of kinds)
    for (let n = 0; n < 60; n++) {
      const bad = n % 3 === 0 ? frame.slice(0, Math.floor(frame.length * rng())) : Uint8Array.from(frame);
      if (n % 3) bad[Math.floor(bad.length * rng())] ^= 1 << Math.floor(8 * rng());
      const slice = (number: number, f: Uint8Array) =>
        fileOf(sliceBytes({ columns, rows, number, syntax, frames: [f] }));
      const files = [slice(1, frame), slice(2, bad), slice(3, frame)];
      let volume: typeof good.volume | undefined;
      const code = codeOf(() => {
        volume = volumeOf(files, { decoders }).volume;
      });
      expect(code === '' || /^(dicom\.(damaged|limit)|io\.truncated)$/.test(code), code).toBe(true);
      // The slices beside it are never touched.
      if (volume) expect(volume.data.subarray(0, p.length)).toEqual(p);
    }
});
