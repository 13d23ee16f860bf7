import { expect, test } from 'vitest';
import { createNormal, createRng, OsteonError, type Vec3 } from '../../src/base/index.ts';
import { add, distance, dot, norm, scale, sub, unit } from '../../src/math/index.ts';
import { type MetalPart, metalDistance } from '../../src/phantom/index.ts';
import { findRods, type Rod, ridges, segmentMetal } from '../../src/segment/index.ts';
import { axisGrid, createVolume, gaussian, type Volume } from '../../src/volume/index.ts';

const SIZE: Vec3 = [76, 70, 64];
const SPACING: Vec3 = [0.7, 0.7, 0.8];

/** A block of uneven spongiosa with metal in it, scanned. */
function scan(
  distances: readonly ((p: Vec3) => number)[],
  { metalHu = 6000, originMm = [5, -7, 11] as Vec3, seed = 1, noiseHu = 25 } = {},
): Volume<'hu', Int16Array> {
  const grid = axisGrid(SIZE, SPACING, originMm);
  const normal = createNormal(createRng(seed));
  const n = SIZE[0] * SIZE[1] * SIZE[2];
  const texture = gaussian(
    createVolume(
      grid,
      'hu',
      Float32Array.from({ length: n }, () => normal()),
    ),
    1.5,
  ).data;
  const hu = new Float32Array(n);
  for (let k = 0, o = 0; k < SIZE[2]; k++)
    for (let j = 0; j < SIZE[1]; j++)
      for (let i = 0; i < SIZE[0]; i++, o++) {
        const share = shareOf(distances, [i * SPACING[0], j * SPACING[1], k * SPACING[2]]);
        const bone = 230 + 500 * texture[o];
        hu[o] = bone + share * (metalHu - bone);
      }
  const blurred = gaussian(createVolume(grid, 'hu', hu), 0.5).data;
  const out = Int16Array.from(blurred, (v) => Math.round(Math.min(3071, v + noiseHu * normal())));
  return createVolume(grid, 'hu', out);
}

function shareOf(distances: readonly ((p: Vec3) => number)[], p: Vec3): number {
  const near = Math.min(...distances.map((d) => d(p)));
  if (near > 1.2) return 0;
  if (near < -1.2) return 1;
  let sum = 0;
  for (let c = -1; c <= 1; c++)
    for (let b = -1; b <= 1; b++)
      for (let a = -1; a <= 1; a++) {
        const q: Vec3 = [p[0] + (a * SPACING[0]) / 3, p[1] + (b * SPACING[1]) / 3, p[2] + (c * SPACING[2]) / 3];
        sum += Math.min(1, Math.max(0, 0.5 - Math.min(...distances.map((d) => d(q))) / 0.25));
      }
  return sum / 27;
}

interface Truth {
  readonly from: Vec3;
  readonly to: Vec3;
}
const flat =
  ({ from, to }: Truth, radiusMm = 1.75) =>
  (p: Vec3) =>
    metalDistance({ kind: 'rod', fromMm: from, toMm: to, radiusMm }, p);
const round =
  ({ from, to }: Truth) =>
  (p: Vec3) => {
    const axis = sub(to, from);
    const t = Math.min(1, Math.max(0, dot(sub(p, from), axis) / dot(axis, axis)));
    return distance(p, add(from, scale(axis, t))) - 1.75;
  };

const TRUTH: Truth[] = [
  { from: [8, 10, 9], to: [33, 21, 17] },
  { from: [40, 40, 8], to: [38, 35, 40] },
  { from: [8, 40, 30], to: [30, 40.5, 31] },
];
const ORIGIN: Vec3 = [5, -7, 11];

function expectFound(rods: readonly Rod[], truth: readonly Truth[], limits = { deg: 0.4, endMm: 0.3 }): void {
  for (const { from, to } of truth) {
    const [a, b] = [add(from, ORIGIN), add(to, ORIGIN)];
    const errors = rods.map(({ endsMm: [p, q], direction }) => ({
      deg: (Math.acos(Math.min(1, Math.abs(dot(direction, unit(sub(b, a)))))) * 180) / Math.PI,
      endMm: Math.min(Math.max(distance(p, a), distance(q, b)), Math.max(distance(p, b), distance(q, a))),
    }));
    const best = errors.reduce((x, y) => (y.endMm < x.endMm ? y : x));
    expect(best.deg).toBeLessThan(limits.deg);
    expect(best.endMm).toBeLessThan(limits.endMm);
  }
}

/** Of one diameter: half the search. */
const thinRods = (ct: Volume) => findRods(ct, { diametersMm: [3.5] });

test.each([
  ['flat', flat],
  ['round', round],
] as const)('%s ends, a scale of 12 bits: every rod, its axis and its ends', (ends, shape) => {
  const found = thinRods(scan(TRUTH.map((t) => shape(t))));
  expect(found.rods).toHaveLength(TRUTH.length);
  expect(found.ends).toBe(ends);
  expect(found.metal.clippedAtHu).toBe(3071);
  expect(found.findings.map((f) => f.code)).toEqual(['metal.clipped']);
  expect(found.bloomingMm).toBeGreaterThan(0);
  expectFound(found.rods, TRUTH);
  for (const { diameterMm, overallMm, lengthMm } of found.rods) {
    expect(diameterMm).toBe(3.5);
    expect(overallMm - lengthMm).toBeCloseTo(ends === 'round' ? 3.5 : 0, 6);
  }
});

test('metal that streaks have darkened to the grey of bone, one bright piece beside it', () => {
  const dark = scan(
    TRUTH.slice(0, 2).map((t) => flat(t)),
    { metalHu: 2600, seed: 3 },
  );
  const bright = scan([flat(TRUTH[2])], { seed: 4 });
  const both = createVolume(
    dark.grid,
    'hu',
    dark.data.map((v, i) => Math.max(v, bright.data[i])),
  );
  const { rods } = thinRods(both);
  expect(rods).toHaveLength(3);
  expectFound(rods, TRUTH, { deg: 0.7, endMm: 0.5 });
});

test('rods that cross and touch are two', () => {
  const a: Truth = { from: [8, 24, 20], to: [44, 24, 22] };
  const b: Truth = { from: [18, 12, 24], to: [34, 38, 22.5] };
  const { rods } = thinRods(scan([flat(a), flat(b)], { seed: 2 }));
  expect(rods).toHaveLength(2);
  expectFound(rods, [a, b], { deg: 0.7, endMm: 0.5 });
});

test('thick and thin ones keep their diameters', () => {
  const thick: Truth = { from: [14, 10, 22], to: [42, 34, 26] };
  const thin: Truth = { from: [10, 40, 10], to: [44, 44, 12] };
  const { rods } = findRods(scan([flat(thick, 3.25), flat(thin)], { seed: 5 }));
  expect(rods.map((r) => r.diameterMm).sort()).toEqual([3.5, 6.5]);
  expectFound(rods, [thick, thin]);
});

const SHAFT: Truth = { from: [14, 14, 16], to: [42, 32, 26] };
const ALONG = unit(sub(SHAFT.to, SHAFT.from));
const HEAD: Truth = { from: sub(SHAFT.from, scale(ALONG, 2.6)), to: SHAFT.from };

test('a head is seen and is no part of the length', () => {
  const { rods } = thinRods(scan([flat(SHAFT), flat(HEAD, 3)], { seed: 7 }));
  expect(rods).toHaveLength(1);
  expect(rods[0].diameterMm).toBe(3.5);
  expectFound(rods, [SHAFT], { deg: 0.4, endMm: 0.4 });
  expect(Math.max(...rods[0].headMm)).toBeCloseTo(2.6, 0);
  expect(Math.min(...rods[0].headMm)).toBe(0);
  expect(rods[0].overallMm - norm(sub(SHAFT.to, HEAD.from))).toBeLessThan(0.5);
});

test('screws through a plate, their heads on it: each one found, the plate is none', () => {
  const beside = scale(unit([ALONG[1], -ALONG[0], 0]), 14);
  const other: Truth = { from: add(SHAFT.from, beside), to: add(add(SHAFT.from, beside), scale(ALONG, 26)) };
  const second: Truth = { from: add(HEAD.from, beside), to: other.from };
  const under = scale(ALONG, 1.4);
  const bar: MetalPart = {
    kind: 'bar',
    fromMm: add(sub(SHAFT.from, scale(beside, 0.5)), under),
    toMm: add(add(other.from, scale(beside, 0.5)), under),
    across: [0, 0, 1],
    widthMm: 10,
    thicknessMm: 2.8,
  };
  const parts = [flat(SHAFT), flat(HEAD, 3), flat(other), flat(second, 3), (p: Vec3) => metalDistance(bar, p)];
  const { rods } = thinRods(scan(parts, { seed: 8 }));
  expect(rods).toHaveLength(2);
  expectFound(rods, [SHAFT, other], { deg: 0.5, endMm: 0.5 });
  for (const r of rods) expect(Math.max(...r.headMm)).toBeCloseTo(2.6, 0);
});

test('a plate is no rod', () => {
  const bar: MetalPart = {
    kind: 'bar',
    fromMm: [8, 20, 20],
    toMm: [46, 24, 22],
    across: [0, 1, 0],
    widthMm: 10,
    thicknessMm: 2.8,
  };
  const ct = scan([(p) => metalDistance(bar, p), flat(TRUTH[2])], { seed: 6 });
  const { rods } = thinRods(ct);
  expectFound(rods, [TRUTH[2]]);
  expect(rods).toHaveLength(1);
});

test('the place of the scan does not matter; no metal is said so', () => {
  const [a, b] = [ORIGIN, [105, -47, 1] as Vec3].map(
    (originMm) => thinRods(scan([flat(TRUTH[0])], { originMm })).rods[0],
  );
  for (const k of [0, 1] as const) expect(norm(sub(sub(b.endsMm[k], a.endsMm[k]), [100, -40, -10]))).toBeLessThan(1e-9);
  const nothing = scan([() => 9]);
  expect(() => segmentMetal(nothing)).toThrow(OsteonError);
  expect(() => thinRods(nothing)).toThrow(/metal\.none/);
});

test('a ridge curves as the formula says, and runs along the line', () => {
  const along = unit([1, 0.4, 0.2]);
  const sd = 1.5;
  const grid = axisGrid([40, 40, 40], [0.5, 0.5, 0.5], [0, 0, 0]);
  const data = Float32Array.from({ length: 64_000 }, (_, o) => {
    const d: Vec3 = [0.5 * (o % 40) - 10, 0.5 * (((o / 40) | 0) % 40) - 10, 0.5 * ((o / 1600) | 0) - 10];
    const off = sub(d, scale(along, dot(d, along)));
    return 1000 * Math.exp(-dot(off, off) / (2 * sd * sd));
  });
  const found = ridges(createVolume(grid, 'hu', data), 1, 50);
  const at = found.voxel.indexOf(20 * 1600 + 20 * 40 + 20);
  const square = sd * sd + 1;
  expect(found.strength[at] / ((1000 * sd * sd) / (square * square))).toBeCloseTo(1, 1);
  expect(Math.abs(dot([...found.along.subarray(3 * at, 3 * at + 3)] as unknown as Vec3, along))).toBeGreaterThan(
    0.9999,
  );
  // A sheet and a ball are no lines.
  const sheet = Float32Array.from({ length: 64_000 }, (_, o) => (Math.abs((o % 40) - 20) < 3 ? 1000 : 0));
  expect(ridges(createVolume(grid, 'hu', sheet), 1, 20).voxel).toHaveLength(0);
});
