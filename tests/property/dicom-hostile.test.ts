import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { DICOM_LIMITS, decodeSlices, encodeRle, readElements, summariseSeries } from '../../src/dicom/index.ts';
import { createDecoders, inflate } from '../../src/platform/node/codecs.ts';
import { BIG, codeOf, DEFLATED, EXPLICIT, fileOf, IMPLICIT, scanOf, sliceBytes } from '../dicom-kit.ts';

const REFUSED = /^(dicom\.(damaged|limit|syntax|none|two-patients|geometry)|io\.(format|truncated))$/;
const scan = (bytes: Uint8Array) => summariseSeries([fileOf(bytes)], { inflate });

/** The most memory that may stay reserved behind a refusal, and the time it may take. */
function refusedQuickly(run: () => unknown, code: RegExp = REFUSED) {
  const before = process.memoryUsage().rss;
  // Processor time: another program on the machine is no fault of the reader.
  const start = process.cpuUsage();
  expect(codeOf(run)).toMatch(code);
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000).toBeLessThan(1000);
  expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
}

/** A slice with raw bytes put in before its pixels. */
function withBody(insert: Uint8Array): Uint8Array {
  const plain = sliceBytes();
  const at = readElements(fileOf(plain)).pixels!.at - 12;
  const out = new Uint8Array(plain.length + insert.length);
  out.set(plain.subarray(0, at));
  out.set(insert, at);
  out.set(plain.subarray(at), at + insert.length);
  return out;
}

const repeat = (unit: readonly number[], n: number) => {
  const out = new Uint8Array(unit.length * n);
  for (let i = 0; i < n; i++) out.set(unit, i * unit.length);
  return out;
};

describe('bombs', () => {
  test.each([100, 1000, 5000, 20_000, 200_000])('%i sequences inside each other', (levels) => {
    // (0009,0010) SQ of undefined length, one open item, and so on.
    const unit = [9, 0, 0x10, 0, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 255, 0, 0xe0, 255, 255, 255, 255];
    refusedQuickly(() => scan(withBody(repeat(unit, levels))), /^dicom\.limit$/);
  });

  test('a deflated megabyte that inflates to one gigabyte', () => {
    const meta = sliceBytes({ syntax: DEFLATED });
    const metaEnd = 144 + new DataView(meta.buffer).getUint32(140, true);
    // A deflate stream of zeros is itself repetitive: one block of 16 MiB, written 64 times.
    const block = deflateRawSync(new Uint8Array(16 << 20), { finishFlush: 2 });
    const bomb = new Uint8Array(metaEnd + 64 * block.length);
    bomb.set(meta.subarray(0, metaEnd));
    for (let i = 0; i < 64; i++) bomb.set(block, metaEnd + i * block.length);
    refusedQuickly(() => scan(bomb), /^dicom\.limit$/);
  });

  test('a value of four gigabytes in a file of a kilobyte', () => {
    for (const length of [0xfffffff0, 0xfffffffe, 0x7fffffff]) {
      const b = [
        9,
        0,
        0x10,
        0,
        0x4f,
        0x42,
        0,
        0,
        length & 255,
        (length >> 8) & 255,
        (length >> 16) & 255,
        length >>> 24,
      ];
      refusedQuickly(() => scan(withBody(Uint8Array.from(b))), /^dicom\.damaged$/);
    }
  });

  test('two million empty elements', () => {
    refusedQuickly(() => scan(withBody(repeat([9, 0, 0x10, 0, 0x4c, 0x4f, 0, 0], 2_000_000))), /^dicom\.limit$/);
  });

  test('a hundred thousand fragments for one frame', () => {
    const fragments = Array.from({ length: 100_000 }, () => new Uint8Array(0));
    const frames = [1, 2, 3].map((number) =>
      sliceBytes({ number, syntax: '1.2.840.10008.1.2.4.80', frames: fragments }),
    );
    const files = frames.map((b) => fileOf(b));
    refusedQuickly(() => {
      const [series] = summariseSeries(files).series;
      decodeSlices(series.frames, (i) => files[i].head);
    });
  });

  test('rows, columns and frames that are not there: nothing is reserved for them', () => {
    const rng = createRng(5);
    const big = () => Math.floor(2 ** (32 * rng())) + 1;
    for (let n = 0; n < 1000; n++) {
      const [rows, columns, frames] = [big(), big(), big()];
      if (rows * columns * frames <= 48) continue;
      const bytes = sliceBytes({
        set: [
          [0x0028_0010, 'UL', [rows]],
          [0x0028_0011, 'UL', [columns]],
          [0x0028_0008, 'IS', String(frames)],
        ],
      });
      expect(codeOf(() => scan(bytes))).toMatch(/^dicom\.(limit|damaged)$/);
    }
  });

  test('an RLE segment that writes past the frame', () => {
    const long = new Uint8Array(64 + 2000).fill(129);
    new DataView(long.buffer).setUint32(0, 2, true);
    new DataView(long.buffer).setUint32(4, 64, true);
    new DataView(long.buffer).setUint32(8, 1064, true);
    const files = [1, 2, 3].map((number) =>
      fileOf(sliceBytes({ number, syntax: '1.2.840.10008.1.2.5', frames: [long] })),
    );
    const [series] = summariseSeries(files).series;
    refusedQuickly(() => decodeSlices(series.frames, (i) => files[i].head), /^dicom\.damaged$/);
  });

  test('a codestream of 60000 × 60000 behind a header of 8 × 6', async () => {
    const decoders = await createDecoders();
    const jpeg = [0xff, 0xd8, 0xff, 0xf7, 0, 11, 16, 0xea, 0x60, 0xea, 0x60, 1, 1, 0x11, 0, 0, 0, 0];
    for (const syntax of ['1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.4.90']) {
      const files = [1, 2, 3].map((number) => fileOf(sliceBytes({ number, syntax, frames: [Uint8Array.from(jpeg)] })));
      const [series] = summariseSeries(files).series;
      refusedQuickly(() => decodeSlices(series.frames, (i) => files[i].head, { decoders }), /^dicom\.damaged$/);
    }
  });
});

describe('small lies', () => {
  test('not DICOM, empty, and a DICOMDIR', () => {
    expect(codeOf(() => scan(new Uint8Array(0)))).toBe('dicom.none');
    expect(codeOf(() => scan(new TextEncoder().encode('solid ascii '.repeat(50))))).toBe('dicom.none');
    const dir = sliceBytes({ drop: [0x0008_0016, 0x0028_0010], set: [[0x0004_1500, 'CS', '..\\..\\ETC\\PASSWD']] });
    expect(codeOf(() => scan(dir))).toMatch(REFUSED);
  });
  test('pixels that are cut off are refused with the number of bytes that is missing', () => {
    const bytes = sliceBytes();
    expect(codeOf(() => scan(bytes.subarray(0, bytes.length - 1)))).toBe('dicom.damaged');
  });
  test('an attribute that is there twice, directions that are not perpendicular, a spacing of zero', () => {
    const rows = [0x28, 0, 0x10, 0, 0x55, 0x53, 2, 0, 6, 0];
    expect(codeOf(() => scan(withBody(Uint8Array.from(rows))))).toBe('dicom.damaged');
    expect(codeOf(() => scanOf([{ row: [1, 0, 0], column: [0.6, 0.8, 0] }]))).toBe('dicom.damaged');
    expect(codeOf(() => scanOf([{ pixelMm: [0, 0.5] }]))).toBe('dicom.damaged');
    expect(codeOf(() => scanOf([{ set: [[0x0020_0032, 'DS', '0\\0\\1,5']] }]))).toBe('dicom.damaged');
    expect(codeOf(() => scanOf([{ set: [[0x0028_1053, 'DS', '0']] }]))).toBe('dicom.damaged');
  });
  test('lossy JPEG of 12 bits is refused by name', () => {
    const syntax = '1.2.840.10008.1.2.4.51';
    const files = [1, 2, 3].map((number) => fileOf(sliceBytes({ number, syntax, frames: [new Uint8Array(40)] })));
    const [series] = summariseSeries(files).series;
    expect(() => decodeSlices(series.frames, (i) => files[i].head)).toThrow(/12-bit JPEG is refused/);
  });
});

/** The damages of the survey: bits, bytes, extreme words, cuts, insertions, repeats, open items, swapped VRs. */
function mutate(seed: Uint8Array, rng: () => number): Uint8Array {
  let b = Uint8Array.from(seed);
  const at = (n = 1) => Math.floor(rng() * Math.max(1, b.length - n));
  for (let times = 1 + Math.floor(rng() * 3); times > 0 && b.length > 16; times--) {
    const p = at(12);
    const pick = Math.floor(rng() * 8);
    const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
    if (pick === 0) b[p] ^= 1 << Math.floor(rng() * 8);
    else if (pick === 1) b[p] = Math.floor(rng() * 256);
    else if (pick === 2)
      view.setUint32(p, [0, 0xffffffff, 0x7fffffff, 0x80000000, 0xfffffff0][Math.floor(rng() * 5)], true);
    else if (pick === 3) view.setUint16(p, [0, 0xffff, 0x7fff, 0x8000][Math.floor(rng() * 4)], true);
    else if (pick === 4) b = b.slice(0, p);
    else if (pick === 5) b = Uint8Array.from([...b.subarray(0, p), ...b.subarray(p, p + 12), ...b.subarray(p)]);
    else if (pick === 6) b.set([0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255], p);
    else b.set(new TextEncoder().encode(['SQ', 'UN', 'OB', 'US', 'DS', 'UL'][Math.floor(rng() * 6)]), p);
  }
  return b;
}

const MUTATIONS = Number(process.env.OSTEON_MUTATIONS ?? 10_000);

test(`${MUTATIONS} damaged files: an answer or a coded refusal, never more`, async () => {
  const decoders = await createDecoders();
  const stored = Int16Array.from({ length: 48 }, (_, i) => 20 * i - 300);
  const rle = encodeRle(new Uint8Array(stored.buffer), 2);
  const nested: [number, string, [[number, string, string][]]][] = [[0x0040_0275, 'SQ', [[[0x0008_0050, 'SH', 'x']]]]];
  const seeds = [EXPLICIT, IMPLICIT, BIG, DEFLATED].map((syntax) => sliceBytes({ stored, syntax, set: nested }));
  seeds.push(sliceBytes({ stored, syntax: '1.2.840.10008.1.2.5', frames: [rle] }));
  const rng = createRng(20260101);
  let answers = 0;
  let slowest = 0;
  for (let n = 0; n < MUTATIONS; n++) {
    const bad = mutate(seeds[n % seeds.length], rng);
    const files = [fileOf(bad), ...[2, 3].map((number) => fileOf(sliceBytes({ number, stored })))];
    const start = performance.now();
    const code = codeOf(() => {
      const { series } = summariseSeries(files, { inflate });
      for (const s of series) {
        if (s.summary.kind === 'volume') decodeSlices(s.frames, (i) => files[i].head, { inflate, decoders });
        expect(s.frames.length).toBeLessThanOrEqual(DICOM_LIMITS.side * 3);
      }
    });
    slowest = Math.max(slowest, performance.now() - start);
    if (code === '') answers++;
    else expect(code).toMatch(REFUSED);
  }
  expect(answers).toBeGreaterThan(0);
  expect(slowest).toBeLessThan(2000);
  expect(process.memoryUsage().rss).toBeLessThan(1e9);
});
