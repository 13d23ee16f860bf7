import { expect, test } from 'vitest';
import { LPS_IDENTITY, type LpsTransform, OsteonError, type Vec3 } from '../../src/base/index.ts';
import {
  evaluateSurgery,
  type PlannedScrewFacts,
  parseSurgeryPlan,
  patientPose,
  type SurgeryPlan,
} from '../../src/inspect/index.ts';
import {
  add,
  apply,
  compose,
  distance,
  invert,
  rotation,
  rotationAngleRad,
  scale,
  translation,
} from '../../src/math/index.ts';
import { brokenSocket, fitAcetabulum, gapsAt } from '../../src/measure/index.ts';
import { centroid, transformMesh } from '../../src/mesh/index.ts';
import { ctOfPelvis, type PhantomScrew, pelvisOf } from '../../src/phantom/index.ts';
import { createSampler, createVolume } from '../../src/volume/index.ts';

// A pelvis broken on the right, operated on, in voxels of 1.3 mm.
const COARSE = { seed: 6, affectedSide: 'right', detailMm: 2, spacingMm: [1.3, 1.3, 1.3] } as const;
const before = pelvisOf(COARSE);
const after = pelvisOf({ ...COARSE, postoperative: true, screwsPerFragment: 2 });
const bones = Object.fromEntries(before.imaged.map((b) => [b.name, b.mesh]));
const fragments = before.motions
  .filter((m) => !m.name.endsWith('femur'))
  .map((m) => ({ name: m.name, reducedFromImaged: invert(m.imagedFromAnatomic) }));
const turned = compose(translation([30, -20, 55]), rotation([0.2, 0.3, 1], 0.15));
/** The phantom's screws stand 1.5 mm out of bone. */
const onBone = (s: PhantomScrew): PlannedScrewFacts => ({
  ...s,
  entryMm: add(s.entryMm, scale(s.direction, 1.5)),
  outsideMm: 1.5,
});
const plan: SurgeryPlan = {
  caseId: 'test',
  affectedSide: 'right',
  still: ['right-ilium', 'left-hip-bone', 'sacrum'],
  intact: 'right-ilium',
  fragments,
  files: {},
  levelHu: Object.fromEntries(before.imaged.map((b) => [b.name, 550])),
  joint: before.acetabulum,
  // One that was planned is not there; the last one was not planned.
  screws: [
    ...after.screws.slice(0, -1).map(onBone),
    { ...onBone(after.screws[0]), id: 'S9', entryMm: apply(turned, after.screws[0].entryMm) },
  ],
};
const ct = ctOfPelvis(after);
/** The same scan of a person who lay otherwise. */
const moved = createVolume({ ...ct.grid, lpsFromVoxel: compose(turned, ct.grid.lpsFromVoxel) }, 'hu', ct.data);
const placedTruth = (name: string): LpsTransform =>
  compose(
    after.motions.find((m) => m.name === name)!.imagedFromAnatomic,
    fragments.find((f) => f.name === name)!.reducedFromImaged,
  );

test('the whole of it: match, screws, fragments, gap and step-off, on a person who lies otherwise', () => {
  const e = evaluateSurgery({ plan, bones, ct: moved });
  expect(e.match.seen).toBeGreaterThan(0.9);
  const off = compose(e.planFromScan, turned);
  expect(distance(apply(off, [0, 0, 0]), [0, 0, 0])).toBeLessThan(0.2);
  expect(rotationAngleRad(off)).toBeLessThan(0.004);

  const placed = e.screws.screws.filter((s) => s.placed);
  expect(placed.map((s) => s.id)).toEqual(after.screws.slice(0, -1).map((s) => s.id));
  expect(e.screws.others).toHaveLength(1);
  for (const s of placed) {
    expect(s.directionDeg, s.id).toBeLessThan(1);
    expect(s.entryMm, s.id).toBeLessThan(0.7);
    expect(Math.abs(s.lengthMm!), s.id).toBeLessThan(1);
  }
  const last = after.screws[after.screws.length - 1];
  expect(distance(e.screws.others[0].entryMm, last.entryMm)).toBeLessThan(0.7);
  expect(e.findings.map((f) => f.code)).toContain('inspect.not-placed');
  expect(e.findings.map((f) => f.code)).toContain('inspect.unplanned');

  for (const f of e.fragments) {
    const error = compose(f.placedFromImaged, invert(placedTruth(f.name)));
    const middle = centroid(transformMesh(placedTruth(f.name), bones[f.name]));
    expect(distance(apply(error, middle), middle), f.name).toBeLessThan(0.3);
    expect(rotationAngleRad(error) * 57.3, f.name).toBeLessThan(0.5);
  }

  const joint = fitAcetabulum(fragments.map((f) => transformMesh(f.reducedFromImaged, bones[f.name]))).surface;
  const truth = gapsAt(
    brokenSocket({
      joint,
      pieces: fragments.map(({ name, reducedFromImaged }) => ({ name, mesh: bones[name], reduced: reducedFromImaged })),
    }),
    fragments.map((f) => placedTruth(f.name)),
  );
  expect(Math.abs(e.gaps.after.gapMm - truth.gapMm)).toBeLessThan(0.5);
  expect(Math.abs(e.gaps.after.stepMm - truth.stepMm)).toBeLessThan(0.5);
  expect(e.gaps.before.gapMm).toBeGreaterThan(e.gaps.after.gapMm + 3);
  expect(e.grades.map((g) => g.name)).toEqual(['Matta', 'CT', 'dome displacement']);
}, 180_000);

test('the scan of someone else is refused', () => {
  const scanned = (seed: number) => ctOfPelvis(pelvisOf({ seed, detailMm: 2, spacingMm: [2, 2, 2] }), { noiseHu: 15 });
  const still = ['sacrum', 'left-hip-bone', 'right-ilium'].map((name) => bones[name]);
  const other = scanned(7);
  expect(() => patientPose(still, other, createSampler(other), 550)).toThrow(/inspect\.other-patient/);
}, 180_000);

const DOCUMENT = {
  case: 'abc',
  procedure: 'acetabular-fracture',
  affectedSide: 'left',
  intact: 'left-ilium',
  bones: [
    { name: 'left-ilium', file: 'bones/left-ilium.stl', levelHu: { median: 600 } },
    { name: 'right-hip-bone', file: 'bones/right-hip-bone.stl' },
  ],
  transforms: { reducedFromImaged: { 'left-ilium': [...LPS_IDENTITY.m, 0, 0, 0, 1] } },
  acetabulum: { centreMm: [1, 2, 3], radiusMm: 25 },
  screws: [
    {
      id: '1',
      entryMm: [0, 0, 0],
      direction: [0, 0, 1],
      lengthMm: 29,
      stockMm: 30,
      screw: { diameterMm: 3.5 },
      target: 'x',
    },
  ],
};

test('a plan is read as it was written, or refused', () => {
  const read = parseSurgeryPlan(DOCUMENT);
  expect(read.still).toEqual(['left-ilium', 'right-hip-bone']);
  expect(read.screws[0]).toMatchObject({ lengthMm: 30, outsideMm: 1, diameterMm: 3.5, direction: [0, 0, 1] as Vec3 });
  expect(read.levelHu['right-hip-bone']).toBeGreaterThan(0);
  const broken: object[] = [
    { ...DOCUMENT, procedure: 'total-talus-replacement' },
    { ...DOCUMENT, affectedSide: 'both' },
    { ...DOCUMENT, intact: 'left-femur' },
    { ...DOCUMENT, bones: {} },
    { ...DOCUMENT, acetabulum: null },
    { ...DOCUMENT, transforms: { reducedFromImaged: { 'left-ilium': [1, 2] } } },
    { ...DOCUMENT, transforms: { reducedFromImaged: { 'left-ilium': new Array(16).fill(0) } } },
    { ...DOCUMENT, screws: [{ ...DOCUMENT.screws[0], direction: [0, 0, 3] }] },
    { ...DOCUMENT, screws: [{ ...DOCUMENT.screws[0], entryMm: [0, Number.NaN, 3] }] },
    [],
  ];
  for (const document of broken) {
    expect(() => parseSurgeryPlan(document)).toThrow(OsteonError);
    expect(() => parseSurgeryPlan(document)).toThrow(/inspect\.plan/);
  }
});
