import { expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import { translation } from '../../src/math/index.ts';
import {
  AXIS_DEFAULTS,
  alongFracture,
  cortexOf,
  findCorridor,
  insideRuns,
  jointChance,
  measureAxis,
  rodGaps,
  threadPurchase,
  toPoints,
} from '../../src/measure/index.ts';
import { areaMm2, box, buildBvh, cylinder, type Mesh, subdivide } from '../../src/mesh/index.ts';
import { axisGrid, createSampler, createVolume } from '../../src/volume/index.ts';

const fine = (mesh: Mesh, times: number): Mesh => (times ? fine(subdivide(mesh), times - 1) : mesh);
const Z: Vec3 = [0, 0, 1];

test('in a cylinder the corridor is its axis', () => {
  const bone = buildBvh(cylinder(4, 80, 256));
  const wish = { entry: { pointMm: [1.1, -0.7, 0] as Vec3, radiusMm: 3 } };
  const found = findCorridor(bone, undefined, wish, { lengthWorth: 0 });
  expect(found?.cortexMm).toBeCloseTo(4, 1);
  expect(found?.direction[2]).toBeGreaterThan(0.9998);
  expect(found?.lengthMm).toBeCloseTo(80, 1);
  expect(found?.end).toBe('far-cortex');
});

test('in a box the corridor runs in the middle of the narrow side', () => {
  const bone = buildBvh(fine(box([-6, -15, 0], [6, 15, 60]), 2));
  const found = findCorridor(bone, undefined, { entry: { pointMm: [2, 3, -1], radiusMm: 4 } }, { lengthWorth: 0 });
  expect(found?.cortexMm).toBeCloseTo(6, 1);
  const tip = found!.entryMm[0] + found!.lengthMm * found!.direction[0];
  expect(Math.abs(found!.entryMm[0])).toBeLessThan(0.6);
  expect(Math.abs(tip)).toBeLessThan(0.6);
});

test('a screw stops before the joint, where its thread and the margin still fit', () => {
  const bone = buildBvh(box([-50, -50, 0], [50, 50, 60]));
  const joint = { centreMm: [0, 0, 40] as Vec3, radiusMm: 10 };
  const axis = measureAxis(bone, [0, 0, 0], Z, joint, { ...AXIS_DEFAULTS, radiusMm: 2, jointMarginMm: 3 });
  expect(axis?.end).toBe('joint');
  expect(axis?.lengthMm).toBeCloseTo(40 - 10 - 5, 9);
  expect(axis?.jointMm).toBeCloseTo(5, 9);
  const past = measureAxis(bone, [20, 0, 0], Z, joint, AXIS_DEFAULTS);
  expect(past?.jointMm).toBeCloseTo(10, 9);
  expect(past?.lengthMm).toBeCloseTo(60, 9);
});

test('a corridor goes round the joint where it can, and is none where bone is too narrow', () => {
  const bone = buildBvh(fine(box([-50, -50, 0], [50, 50, 60]), 2));
  const joint = { centreMm: [0, 0, 30] as Vec3, radiusMm: 10 };
  const found = findCorridor(bone, joint, { entry: { pointMm: [4, 0, 0], radiusMm: 8 } });
  expect(found?.end).toBe('far-cortex');
  expect(found?.jointMm).toBeGreaterThan(1.75 + 2);
  const thin = buildBvh(box([-1.5, -50, 0], [1.5, 50, 60]));
  expect(findCorridor(thin, undefined, { entry: { pointMm: [0, 0, 0], radiusMm: 3 } })).toBeNull();
});

test('entries keep away from fracture lines', () => {
  const bone = buildBvh(fine(box([-20, -20, 0], [20, 20, 40]), 2));
  const avoid = Float64Array.of(0, 0, 0, 1, 0, 0);
  const wish = { entry: { pointMm: [1, 0, 0] as Vec3, radiusMm: 6 } };
  const found = findCorridor(bone, undefined, wish, { avoid, avoidMm: 4 });
  expect(toPoints(found!.entryMm, avoid)).toBeGreaterThanOrEqual(4);
  expect(findCorridor(bone, undefined, wish, { avoid, avoidMm: 9 })).toBeNull();
});

test('the chance to enter a joint agrees with closed forms', () => {
  // The axis aims at the middle of the sphere: the miss is normal in two dimensions, the chance 1 − exp(−ρ²/2σ²).
  const at = (depth: number) => ({ centreMm: [0, 0, depth] as Vec3, radiusMm: 4 });
  const median = Math.sqrt(2 * Math.log(2));
  for (const [entryMm, directionDeg] of [
    [3.6, 0],
    [2.6, 3],
    [0, 2],
  ]) {
    const depth = 40;
    const turn = (directionDeg * Math.PI) / 180;
    const variance = (entryMm * entryMm + turn * turn * depth * depth) / (median * median);
    const expected = 1 - Math.exp((-5.5 * 5.5) / (2 * variance));
    const found = jointChance([0, 0, 0], Z, 80, 1.5, at(depth), { entryMm, directionDeg });
    expect(found.standardError).toBeLessThan(0.002);
    expect(Math.abs(found.chance - expected)).toBeLessThan(0.004 + 4 * found.standardError);
  }
  expect(jointChance([30, 0, 0], Z, 80, 1.5, at(40), { entryMm: 0.5, directionDeg: 0.5 }).chance).toBe(0);
  expect(jointChance([0, 0, 0], Z, 80, 1.5, at(40), { entryMm: 0.01, directionDeg: 0.01 }).chance).toBe(1);
});

test('the thread reads the grey values of its fragment where the scan shows it', () => {
  const grid = axisGrid([80, 80, 80], [1, 1, 1], [-40, -40, -40]);
  const volume = createVolume(
    grid,
    'hu',
    Int16Array.from({ length: 512000 }, (_, i) => 10 * ((i % 80) - 40)),
  );
  const scan = createSampler(volume);
  const upper = {
    name: 'upper',
    bvh: buildBvh(box([-9, -9, 10], [9, 9, 30])),
    imagedFromReduced: translation([7, 0, 0]),
  };
  const lower = {
    name: 'lower',
    bvh: buildBvh(box([-9, -9, -8], [9, 9, 8])),
    imagedFromReduced: translation([0, 0, 0]),
  };
  const { meanHu, inBone, fragments } = threadPurchase([upper, lower], scan, [1, 0, -8], Z, 36, 2);
  // 16 mm at x = 1 and 18 mm at x = 1 + 7; two of the 36 mm lie in the gap.
  expect(meanHu).toBeCloseTo((16 * 10 + 18 * 80) / 34, 0);
  expect(inBone).toBeCloseTo(34 / 36, 2);
  expect(fragments.map((f) => f.name)).toEqual(['lower', 'upper']);
  expect(fragments[0].lengthMm).toBeCloseTo(16, 6);
  expect(fragments[1].fromMm).toBeCloseTo(18, 6);
  expect(insideRuns(upper.bvh, [0, 0, 0], Z, 15)).toEqual([[expect.closeTo(10, 6), 15]]);
});

test('two halves of a bar: their cut is fracture, a screw across it is not ended by it', () => {
  const halves = [fine(box([-10, -10, 0], [10, 10, 20]), 4), fine(box([-10, -10, 20.4], [10, 10, 40]), 4)];
  const { cortex, fracture, line } = cortexOf(halves);
  expect(areaMm2(fracture)).toBeGreaterThan(0.85 * 2 * 400);
  expect(areaMm2(fracture)).toBeLessThan(1.2 * 2 * 400);
  expect(toPoints([10, 0, 20.2], line)).toBeLessThan(2);
  const axis = measureAxis(buildBvh(cortex), [0, 0, 0], Z, undefined, AXIS_DEFAULTS);
  expect(axis?.lengthMm).toBeCloseTo(40, 6);
  const rod = { id: '1', entryMm: [0, 0, 0] as Vec3, direction: Z, lengthMm: 40, radiusMm: 2 };
  // It passes both faces, 0.4 mm apart: 2 + 0.4 + 2.
  expect(alongFracture(buildBvh(fracture), rod)).toBeCloseTo(4.4, 0);
  const along = { ...rod, entryMm: [-10, 0, 20.2] as Vec3, direction: [1, 0, 0] as Vec3, lengthMm: 20 };
  expect(alongFracture(buildBvh(fracture), along)).toBeCloseTo(20, 0);
});

test('gaps between screws', () => {
  const rod = (id: string, entryMm: Vec3, direction: Vec3) => ({ id, entryMm, direction, lengthMm: 10, radiusMm: 1 });
  const pairs = rodGaps([rod('a', [0, 0, 0], Z), rod('b', [5, 0, 0], Z), rod('c', [-5, 1.5, 5], [1, 0, 0])]);
  expect(pairs.map((p) => `${p.a}${p.b}`)).toEqual(['ac', 'bc', 'ab']);
  expect(pairs[0].gapMm).toBeCloseTo(-0.5, 9);
  expect(pairs[1].gapMm).toBeCloseTo(-0.5, 9);
  expect(pairs[2].gapMm).toBeCloseTo(3, 9);
});
