import { beforeAll, expect, test } from 'vitest';
import { brimLine, type Candidate, chooseScrews, usualZones, zoneKind } from '../../src/design/index.ts';
import { distance, dot, scale, sub } from '../../src/math/index.ts';
import {
  type Axis,
  type Cortex,
  cortexOf,
  findCorridor,
  insideRuns,
  type PelvicBrim,
  pelvicBrim,
  segmentDistance,
} from '../../src/measure/index.ts';
import { type Bvh, buildBvh, closestPoint, sphere } from '../../src/mesh/index.ts';
import { type Pelvis, pelvisOf } from '../../src/phantom/index.ts';

let pelvis: Pelvis;
let cortex: Cortex;
let bone: Bvh;
let brim: PelvicBrim;
const FRAGMENTS = ['left-ilium', 'left-anterior-column', 'left-posterior-column'];
const meshOf = (name: string) => pelvis.anatomic.find((m) => m.name === name)!.mesh;
beforeAll(() => {
  pelvis = pelvisOf({ seed: 4, detailMm: 2 });
  cortex = cortexOf(FRAGMENTS.map(meshOf));
  bone = buildBvh(cortex.cortex);
  brim = pelvicBrim(cortex.cortex, meshOf('sacrum'), { pointMm: [0, 0, 0], normal: [1, 0, 0] });
}, 60_000);

test('the brim runs on bone from the symphysis to the sacro-iliac joint', () => {
  const [first, last] = [brim.points[0], brim.points[brim.points.length - 1]];
  expect(first[0]).toBeLessThan(15);
  expect(closestPoint(buildBvh(meshOf('sacrum')), ...last)!.distanceMm).toBeLessThan(20);
  for (const p of brim.points) expect(closestPoint(bone, ...p)!.distanceMm).toBeLessThan(1);
  expect(last[1]).toBeGreaterThan(first[1] + 60);
  expect(Math.abs(dot(brim.backward, brim.lateral)) + Math.abs(dot(brim.upward, brim.lateral))).toBeLessThan(1e-9);
});

test('a bone that does not reach the sacrum has no brim', () => {
  const plane = { pointMm: [0, 0, 0] as const, normal: [1, 0, 0] as const };
  expect(() => pelvicBrim(sphere(30, 3, [60, 0, 0]), meshOf('sacrum'), plane)).toThrow(
    expect.objectContaining({ code: 'measure.no-brim' }),
  );
});

test('places on the quadrilateral surface are reached from inside the pelvis: none on the rim of the notch', () => {
  const walls = usualZones(bone, brim, pelvis.acetabulum).filter((z) => z.kind === 'wall');
  expect(walls.length).toBeGreaterThan(3);
  for (const { entry } of walls) {
    const { triangle } = closestPoint(bone, ...entry.pointMm)!;
    const [x, y, z] = bone.faceNormals.subarray(3 * triangle, 3 * triangle + 3);
    expect(dot([x, y, z], brim.lateral)).toBeLessThan(-0.7);
  }
});

test('where a screw enters says whether it is one of the line, of the quadrilateral surface, or of neither', () => {
  const line = brimLine(bone, brim);
  for (const { kind, entry } of usualZones(bone, brim, pelvis.acetabulum))
    expect(zoneKind(brim, line, entry.pointMm)).toBe(kind === 'wall' ? 'wall' : 'brim');
  const { positions } = bone.mesh;
  const extreme = (sign: 1 | -1) => {
    let best = 0;
    for (let i = 0; i < positions.length; i += 3) if (sign * positions[i + 2] > sign * positions[best + 2]) best = i;
    return [positions[best], positions[best + 1], positions[best + 2]] as const;
  };
  for (const crestOrTuber of [extreme(1), extreme(-1)]) expect(zoneKind(brim, line, crestOrTuber)).toBeUndefined();
});

const sleeveOf = ({ entryMm, direction }: Axis) => ({
  entryMm,
  direction: scale(direction, -1),
  lengthMm: 22,
});

test('the screws of a plate hold every fragment, keep apart, and keep out of the joint', () => {
  const joint = pelvis.acetabulum;
  const trees = FRAGMENTS.map((name) => buildBvh(meshOf(name)));
  const axes = usualZones(bone, brim, joint).flatMap((zone): Axis[] => {
    const axis = findCorridor(bone, joint, zone, { maxLengthMm: 110 });
    return axis ? [axis] : [];
  });
  const candidates = axes.map(
    (axis): Candidate => ({
      axis,
      chance: 0,
      lineMm: 10,
      inFractureMm: 0,
      holds: FRAGMENTS.map((name, i) => ({
        name,
        lengthMm: insideRuns(trees[i], axis.entryMm, axis.direction, axis.lengthMm).reduce((s, [a, b]) => s + b - a, 0),
      })),
    }),
  );
  const chosen = chooseScrews(candidates, FRAGMENTS, { perFragment: 2 }).map((i) => candidates[i]);
  for (const name of FRAGMENTS)
    expect(chosen.filter((c) => c.holds.some((h) => h.name === name && h.lengthMm >= 8)).length).toBeGreaterThanOrEqual(
      2,
    );
  for (const [i, a] of chosen.entries()) {
    expect(a.axis.jointMm).toBeGreaterThan(1.75);
    expect(a.axis.cortexMm).toBeGreaterThan(1.75);
    const out = sub(a.axis.entryMm, joint.centreMm);
    expect(Math.sqrt(dot(out, out))).toBeGreaterThan(joint.radiusMm);
    for (const b of chosen.slice(i + 1)) {
      expect(distance(a.axis.entryMm, b.axis.entryMm)).toBeGreaterThanOrEqual(12);
      expect(segmentDistance(a.axis, b.axis)).toBeGreaterThanOrEqual(5.5);
      // Outside too, where drill sleeves stand.
      expect(segmentDistance(sleeveOf(a.axis), sleeveOf(b.axis))).toBeGreaterThanOrEqual(8);
    }
  }
}, 60_000);
