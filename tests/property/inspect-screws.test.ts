import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNormal, createRng, LPS_IDENTITY, type Vec3 } from '../../src/base/index.ts';
import { type PlannedScrewFacts, pairScrews } from '../../src/inspect/index.ts';
import { add, apply, frameAbout, invert, rotation, scale, unit } from '../../src/math/index.ts';
import type { Rod } from '../../src/segment/index.ts';

const JOINT = { centreMm: [0, 0, 0] as Vec3, radiusMm: 25 };
/** Bone fills the half space z < 0. */
const aboveZero = (p: Vec3) => p[2];

const rodOf = (entry: Vec3, direction: Vec3, lengthMm: number, backwards = false): Rod => {
  const tip = add(entry, scale(direction, lengthMm));
  const way = backwards ? -1 : 1;
  return {
    endsMm: backwards ? [tip, entry] : [entry, tip],
    direction: scale(direction, way),
    lengthMm,
    headMm: [0, 0],
    overallMm: lengthMm,
    diameterMm: 3.5,
    seenDiameterMm: 3.6,
    spreadMm: 0.02,
    contrastHu: 2000,
  };
};

/** Screws on a grid 30 mm apart, into the bone, each leaning its own way. */
function planned(count: number, normal: () => number): PlannedScrewFacts[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${i + 1}`,
    entryMm: [60 + 30 * (i % 4), 30 * Math.floor(i / 4), 0] as Vec3,
    direction: unit([0.3 * normal(), 0.3 * normal(), -1]),
    lengthMm: 30,
    outsideMm: 0,
    diameterMm: 3.5,
    target: 'bone',
  }));
}

test('every screw that is there pairs with its plan, whatever the order, the way round, and what is missing or more', () => {
  const seeds = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 12 }), fc.nat(11), fc.nat(2));
  fc.assert(
    fc.property(seeds, ([seed, count, missing, extra]) => {
      const random = createRng(seed);
      const normal = createNormal(random);
      const plan = planned(count, normal);
      const there = plan.filter((_, i) => i !== missing);
      const rods = there.map(({ entryMm, direction }) => {
        const [u, v] = frameAbout(direction, [1, 0, 0]);
        const off = add(scale(u, normal()), scale(v, normal()));
        const turned = unit(add(direction, add(scale(u, 0.06 * normal()), scale(v, 0.06 * normal()))));
        return rodOf(add(entryMm, off), turned, 31, random() < 0.5);
      });
      for (let i = 0; i < extra; i++) rods.push(rodOf([60 + 40 * i, -60, 0], [0, 0, -1], 20));
      const order = rods.map((r) => [random(), r] as const).sort((a, b) => a[0] - b[0]);
      const shuffled = order.map((o) => o[1]);
      // The scan lies otherwise than the plan.
      const planFromScan = rotation([1, 2, 3], 0.4, [10, 20, 30]);
      const scanFromPlan = invert(planFromScan);
      const scanned = shuffled.map((r) => ({
        ...r,
        endsMm: [apply(scanFromPlan, r.endsMm[0]), apply(scanFromPlan, r.endsMm[1])] as const,
      }));
      const { screws, others } = pairScrews(plan, scanned, planFromScan, JOINT, aboveZero);
      expect(others).toHaveLength(extra);
      for (const s of screws) {
        expect(s.placed === undefined, s.id).toBe(!there.some((p) => p.id === s.id));
        if (!s.placed) continue;
        expect(s.directionDeg).toBeLessThan(25);
        expect(s.entryAcrossMm).toBeLessThan(8);
        expect(s.lengthMm).toBeCloseTo(1, 9);
      }
    }),
    { seed: 5, numRuns: 100 },
  );
});

test('deviations and distance to the joint by formula', () => {
  const [plan] = planned(1, () => 0);
  const lean: Vec3 = unit([Math.sin(0.1), 0, -Math.cos(0.1)]);
  const { screws } = pairScrews([plan], [rodOf([62, 0, 1], lean, 28, true)], LPS_IDENTITY, JOINT, aboveZero);
  expect(screws[0].directionDeg).toBeCloseTo(5.7296, 3);
  expect(screws[0].entryMm).toBeCloseTo(Math.sqrt(5), 9);
  expect(screws[0].entryAcrossMm).toBeCloseTo(2, 9);
  expect(screws[0].lengthMm).toBeCloseTo(-2, 9);
  const through = pairScrews([], [rodOf([-10, 20, 3], [1, 0, 0], 40)], LPS_IDENTITY, JOINT, aboveZero).others[0];
  expect(through.jointMm).toBeCloseTo(Math.sqrt(409) - 25 - 1.75, 9);
});

test('without a plan the entry is the end that shows', () => {
  const entries = (entry: Vec3, direction: Vec3, back: boolean) =>
    pairScrews([], [rodOf(entry, direction, 30, back)], LPS_IDENTITY, JOINT, aboveZero).others[0].entryMm;
  for (const back of [false, true]) {
    expect(entries([70, 0, 3], [0, 0, -1], back)).toEqual([70, 0, 3]);
    expect(entries([70, 0, -1], [0, 0, -1], back)).toEqual([70, 0, -1]);
    // Both ends out of the bone: the nearer one.
    expect(entries([70, 0, 2], [0, 0, 1], back)).toEqual([70, 0, 2]);
  }
});

test('a head tells the entry, and counts in the length where a stocked screw is compared', () => {
  const headed = (back: boolean): Rod => {
    const rod = rodOf([70, 0, -1], [0, 0, 1], 30, back);
    return { ...rod, headMm: back ? [0, 2.6] : [2.6, 0], overallMm: 32.6 };
  };
  const stocked = { id: '1', entryMm: [70, 0, 1], direction: [0, 0, 1], lengthMm: 32, outsideMm: 4 } as const;
  const plan = { ...stocked, diameterMm: 3.5, target: 'bone' };
  for (const back of [false, true]) {
    const [other] = pairScrews([], [headed(back)], LPS_IDENTITY, JOINT, aboveZero).others;
    expect(other).toMatchObject({ entryMm: [70, 0, -1], direction: [0, 0, 1], headMm: 2.6 });
    const onto = () => [70, 0.5, 1] as Vec3;
    const [pair] = pairScrews([plan], [headed(back)], LPS_IDENTITY, JOINT, aboveZero, onto).screws;
    expect(pair.lengthMm).toBeCloseTo(0.6, 9);
    expect(pair.entryMm).toBeCloseTo(0.5, 9);
    expect(pair.boneEntryMm).toEqual([70, 0.5, 1]);
  }
});
