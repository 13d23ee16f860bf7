import { expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import { apply, cross, determinant } from '../../src/math/index.ts';
import type { Volume } from '../../src/volume/index.ts';
import { fileOf, filesOf, type SliceSpec, sampledStack, sliceBytes, volumeOf } from '../dicom-kit.ts';

const AXES: readonly Vec3[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
];
const at = (o: Vec3, d: Vec3, s: number): Vec3 => [o[0] + d[0] * s, o[1] + d[1] * s, o[2] + d[2] * s];

/** Greatest difference between a volume and the function it was sampled from, `rim` voxels off the border. */
function worstError(
  v: Volume<'hu' | 'mr', Int16Array>,
  f: (x: number, y: number, z: number) => number,
  rim = 0,
): number {
  const [nx, ny, nz] = v.grid.size;
  let worst = 0;
  for (let k = rim; k < nz - rim; k++)
    for (let j = rim; j < ny - rim; j++)
      for (let i = rim; i < nx - rim; i++) {
        const value = v.data[(k * ny + j) * nx + i];
        if (value === -1024) continue;
        worst = Math.max(
          worst,
          Math.abs(value - f(...(apply(v.grid.lpsFromVoxel, [i, j, k]) as [number, number, number]))),
        );
      }
  return worst;
}

test('all 48 ways to lay rows, columns and slices out give one right-handed volume in place', () => {
  const f = (x: number, y: number, z: number) => 7 * x + 31 * y + 101 * z;
  let seen = 0;
  for (const row of AXES)
    for (const column of AXES) {
      if (row.some((x, i) => x !== 0 && column[i] !== 0)) continue;
      for (const order of [1, -1]) {
        const normal = cross(row, column);
        const origins = [0, 1, 2, 3].map((k) => at([-3, 5, 11], normal, order * 2 * k));
        const stack = sampledStack(f, origins, { columns: 5, rows: 4, pixelMm: [1, 3], row, column });
        const { volume, findings } = volumeOf(filesOf(stack));
        expect(determinant(volume.grid.lpsFromVoxel)).toBeCloseTo(6, 9);
        expect(volume.grid.size).toEqual([5, 4, 4]);
        expect(worstError(volume, f)).toBe(0);
        expect(findings).toEqual([]);
        seen++;
      }
    }
  expect(seen).toBe(48);
});

test('corner voxels of an oblique stack lie where the positions say', () => {
  const row: Vec3 = [0.36, 0.48, 0.8];
  const column: Vec3 = [-0.8, 0.6, 0];
  const normal = cross(row, column);
  const origins = [0, 1, 2].map((k) => at([12.5, -40.25, 7], normal, 0.625 * k));
  const files = filesOf(sampledStack(() => 1, origins, { columns: 7, rows: 9, pixelMm: [0.5, 0.25], row, column }));
  const { volume, series } = volumeOf(files);
  expect(series.summary.geometry?.orientation).toBe('oblique');
  for (const [i, j, k] of [
    [0, 0, 0],
    [6, 0, 0],
    [0, 8, 0],
    [6, 8, 2],
    [0, 0, 2],
  ]) {
    const want = at(at(origins[k], row, 0.5 * i), column, 0.25 * j);
    const got = apply(volume.grid.lpsFromVoxel, [i, j, k]);
    got.forEach((x, a) => {
      expect(Math.abs(x - want[a])).toBeLessThan(1e-8);
    });
  }
});

/** Smooth as a CT's blur makes it: balls with Gaussian rims of 1 mm. */
const balls = (x: number, y: number, z: number) => {
  const g = (a: number, b: number, c: number, r: number) =>
    1500 / (1 + Math.exp((Math.sqrt((x - a) * (x - a) + (y - b) * (y - b) + (z - c) * (z - c)) - r) / 0.6));
  return g(12, 12, 5, 4) + g(12, 12, 19, 3);
};

/** Centroid of what is above half the ball's value, near a height. */
function centroid(v: Volume<'hu' | 'mr', Int16Array>, zFrom: number, zTo: number): Vec3 {
  const [nx, ny, nz] = v.grid.size;
  const s = [0, 0, 0, 0];
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++) {
        const value = v.data[(k * ny + j) * nx + i];
        if (value < 8) continue;
        const p = apply(v.grid.lpsFromVoxel, [i, j, k]);
        if (p[2] < zFrom || p[2] > zTo) continue;
        p.forEach((x, a) => {
          s[a] += value * x;
        });
        s[3] += value;
      }
  return [s[0] / s[3], s[1] / s[3], s[2] / s[3]];
}

test.each([-30, -25, -20, -15, -10, -5, 5, 10, 15, 20, 25, 30])(
  'gantry tilt of %i° is measured and sheared away',
  (degrees) => {
    const a = (degrees * Math.PI) / 180;
    // Tilted planes, table along z: what a tilted gantry makes.
    const row: Vec3 = [1, 0, 0];
    const column: Vec3 = [0, Math.cos(a), Math.sin(a)];
    const origins = Array.from({ length: 64 }, (_, k): Vec3 => [0, 0, k * 0.75 - (a > 0 ? 16 : 6)]);
    const shape = { columns: 40, rows: 56, pixelMm: [0.6, 0.5] as const, row, column };
    const { volume, series, findings } = volumeOf(filesOf(sampledStack(balls, origins, shape)));
    expect(Math.abs(series.summary.geometry!.shearDeg - Math.abs(degrees))).toBeLessThan(1e-6);
    expect(series.summary.findings.map((f) => f.code)).toContain('dicom.tilt');
    expect(findings.map((f) => f.code)).toContain('dicom.tilt');
    expect(worstError(volume, balls, 3)).toBeLessThan(25);
    const [low, high] = [centroid(volume, -4, 12.5), centroid(volume, 12.5, 28)];
    const length = Math.sqrt(low.reduce((s, x, i) => s + (x - high[i]) * (x - high[i]), 0));
    expect(Math.abs(length - 14)).toBeLessThan(0.01);
    expect(Math.abs(low[0] - 12) + Math.abs(low[1] - 12) + Math.abs(low[2] - 5)).toBeLessThan(0.03);
  },
);

test('uneven slices are resampled to even ones with a finding; the ends stay', () => {
  const steps = Array.from({ length: 40 }, (_, k) => (k % 3 === 0 ? 0.5 : 0.65));
  let z = -4;
  const origins: Vec3[] = [[0, 0, z]];
  for (const s of steps) {
    z += s;
    origins.push([0, 0, z]);
  }
  const shape = { columns: 40, rows: 40, pixelMm: [0.6, 0.6] as const, row: AXES[0], column: AXES[2] };
  const { volume, series, findings } = volumeOf(filesOf(sampledStack(balls, origins, shape)));
  expect(series.summary.geometry!.isEven).toBe(false);
  expect(findings.map((f) => f.code)).toContain('dicom.uneven');
  const top = apply(volume.grid.lpsFromVoxel, [0, 0, volume.grid.size[2] - 1]);
  expect(top[2]).toBeCloseTo(z, 6);
  expect(worstError(volume, balls, 1)).toBeLessThan(25);
});

const stackOf = (n: number, spec: (k: number) => SliceSpec) =>
  filesOf(Array.from({ length: n }, (_, k) => ({ number: k + 1, ...spec(k) })));
const words = (value: number) => new Uint16Array(48).fill(value);

test('each slice is rescaled by its own slope and intercept', () => {
  const files = stackOf(4, (k) => ({
    stored: words(100),
    set: [
      [0x0028_1052, 'DS', String(-1000 - k)],
      [0x0028_1053, 'DS', String(1 + k / 2)],
    ],
  }));
  const { volume } = volumeOf(files);
  expect([0, 1, 2, 3].map((k) => volume.data[48 * k])).toEqual([-900, -851, -802, -753]);
});

test.each([
  [0x0fff, 12, 11, 1, -1],
  [0xf801, 12, 11, 1, -2047],
  [0xf801, 12, 11, 0, 0x801],
  [0x8010, 12, 15, 1, -2047],
  [0xff38, 16, 15, 1, -200],
  [0x7fff, 16, 15, 0, 32767],
])('word %i with %i bits stored, high bit %i, sign %i is %i', (word, bits, high, sign, want) => {
  const files = stackOf(3, () => ({
    stored: words(word),
    set: [
      [0x0028_0101, 'US', [bits]],
      [0x0028_0102, 'US', [high]],
      [0x0028_0103, 'US', [sign]],
    ],
  }));
  expect(volumeOf(files).volume.data[7]).toBe(want);
});

test('padding becomes air, whichever sign its element was written in', () => {
  for (const pad of [[0x0028_0120, 'SS', [63536]] as const, [0x0028_0120, 'US', [63536]] as const]) {
    const files = stackOf(3, () => ({ stored: words(63536), set: [pad] }));
    const { volume, findings } = volumeOf(files);
    expect(volume.data[0]).toBe(-1024);
    expect(findings.map((f) => f.code)).toContain('dicom.padding');
  }
});

test('MONOCHROME1 is shown inverted, not stored inverted', () => {
  const files = stackOf(3, () => ({ stored: words(321), set: [[0x0028_0004, 'CS', 'MONOCHROME1']] }));
  const { volume, series } = volumeOf(files);
  expect(volume.data[0]).toBe(321);
  expect(series.summary.findings.map((f) => f.code)).toContain('dicom.photometric');
});

test('samples beyond Int16 are cut with a warning, samples at the top of the range are noted', () => {
  const files = stackOf(3, () => ({
    stored: words(65535),
    set: [
      [0x0028_0103, 'US', [0]],
      [0x0028_1053, 'DS', '1'],
    ],
  }));
  const { volume, findings } = volumeOf(files);
  expect(volume.data[0]).toBe(32767);
  expect(findings.map((f) => f.code)).toContain('dicom.clamped');
});

test('MR gives a volume that is not HU, and its planes are not called air', () => {
  const files = stackOf(3, () => ({ stored: words(700), set: [[0x0008_0060, 'CS', 'MR']] }));
  expect(volumeOf(files).volume.quantity).toBe('mr');
});

test('an enhanced CT has its planes, rescale and spacing in functional groups', () => {
  const frames = 5;
  const order = [3, 0, 4, 1, 2];
  const stored = new Int16Array(48 * frames);
  order.forEach((z, f) => {
    stored.fill(100 * z, 48 * f, 48 * (f + 1));
  });
  const bytes = sliceBytes({
    stored,
    drop: [0x0020_0032, 0x0020_0037, 0x0028_0030, 0x0028_1052, 0x0028_1053, 0x0018_0060, 0x0018_1210, 0x0018_0050],
    set: [
      [0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2.1'],
      [0x0028_0008, 'IS', String(frames)],
      [
        0x5200_9229,
        'SQ',
        [
          [
            [0x0018_9325, 'SQ', [[[0x0018_0060, 'DS', '110']]]],
            [0x0018_9314, 'SQ', [[[0x0018_1210, 'SH', 'Hr68']]]],
            [0x0020_9116, 'SQ', [[[0x0020_0037, 'DS', '1\\0\\0\\0\\1\\0']]]],
            [
              0x0028_9110,
              'SQ',
              [
                [
                  [0x0028_0030, 'DS', '0.4\\0.3'],
                  [0x0018_0050, 'DS', '0.7'],
                ],
              ],
            ],
          ],
        ],
      ],
      [
        0x5200_9230,
        'SQ',
        order.map((z) => [
          [0x0020_9113, 'SQ', [[[0x0020_0032, 'DS', `1\\2\\${0.5 * z}`]]]],
          [
            0x0028_9145,
            'SQ',
            [
              [
                [0x0028_1052, 'DS', '-1000'],
                [0x0028_1053, 'DS', '2'],
                [0x0028_1054, 'LO', 'HU'],
              ],
            ],
          ],
        ]),
      ],
    ],
  });
  const { volume, series } = volumeOf([fileOf(bytes)]);
  expect(series.summary).toMatchObject({
    kVp: 110,
    kernel: 'Hr68',
    sliceThicknessMm: 0.7,
    frameCount: 5,
    fileCount: 1,
  });
  expect(volume.grid.lpsFromVoxel.m).toEqual([0.3, 0, 0, 1, 0, 0.4, 0, 2, 0, 0, 0.5, 0]);
  expect([0, 1, 2, 3, 4].map((k) => volume.data[48 * k])).toEqual([-1000, -800, -600, -400, -200]);
});

test('plain frames take their places from SpacingBetweenSlices, with a warning', () => {
  const stored = new Int16Array(48 * 3).map((_, i) => Math.floor(i / 48));
  const bytes = sliceBytes({
    stored,
    set: [
      [0x0028_0008, 'IS', '3'],
      [0x0018_0088, 'DS', '1.5'],
    ],
  });
  const { volume, series } = volumeOf([fileOf(bytes)]);
  expect(series.summary.findings.map((f) => f.code)).toContain('dicom.spacing-assumed');
  expect(volume.grid.lpsFromVoxel.m[10]).toBe(1.5);
  expect(volume.data[48 * 2]).toBe(2);
});
