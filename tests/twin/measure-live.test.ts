import { expect, test } from 'vitest';
import { createRng, LPS_IDENTITY, type LpsTransform, type Vec3 } from '../../src/base/index.ts';
import { apply, compose, invert, rotation, translation, unit } from '../../src/math/index.ts';
import {
  brokenSocket,
  clearance,
  findCorridor,
  gapsAt,
  liveBone,
  liveFracture,
  liveRelation,
  liveSurface,
  readFracture,
  readScrew,
  rodGaps,
} from '../../src/measure/index.ts';
import { buildBvh, type Mesh, sphere, transformMesh } from '../../src/mesh/index.ts';
import { CENTRE, half, R } from '../socket-kit.ts';

/** A lumpy ball, as uneven as bone. */
function lump(radiusMm: number, seed: number, centre: Vec3): Mesh {
  const mesh = sphere(radiusMm, 5, [0, 0, 0]);
  const rng = createRng(seed);
  const waves = Array.from({ length: 6 }, () => [rng() * 6 - 3, rng() * 6 - 3, rng() * 6 - 3, rng() * 6]);
  const positions = mesh.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = unit([positions[i], positions[i + 1], positions[i + 2]]);
    const r = radiusMm * (1 + 0.02 * waves.reduce((s, [a, b, c, d]) => s + Math.sin(a * x + b * y + c * z + d), 0));
    positions.set([centre[0] + r * x, centre[1] + r * y, centre[2] + r * z], i);
  }
  return { ...mesh, positions };
}

const turned = (rng: () => number, centre: Vec3, mm: number, rad: number): LpsTransform =>
  compose(
    translation([mm * (rng() - 0.5), mm * (rng() - 0.5), mm * (rng() - 0.5)]),
    rotation(unit([rng() - 0.5, rng() - 0.5, rng() - 0.5]), rad * (rng() - 0.5), centre),
  );

test('an implant at a bone under the hand: what the run tells of the same pose', () => {
  const rng = createRng(11);
  const [implant, bone] = [lump(18, 3, [0, 0, 0]), lump(24, 4, [0, 0, 0])];
  const [a, b] = [liveSurface(implant), liveSurface(bone)];
  const tree = buildBvh(bone);
  for (const apart of [38, 39.5, 40.5, 42]) {
    const pose = compose(translation([0, 0, apart]), turned(rng, [0, 0, 0], 2, 1));
    const live = liveRelation(a, b, pose);
    const run = clearance(buildBvh(transformMesh(pose, implant)), tree);
    expect(Math.abs(live.gapMm! - run.minGapMm)).toBeLessThan(0.2);
    expect(Math.abs(live.depthMm - run.penetrationDepthMm)).toBeLessThan(0.2);
    expect(Math.abs(live.overlapMm3 - run.penetrationMm3)).toBeLessThan(0.1 * run.penetrationMm3 + 7);
    expect(Math.abs(live.jointMm! - run.jointSpaceMedianMm)).toBeLessThan(0.2);
    expect(Math.abs(live.jointMm2 - run.jointMm2)).toBeLessThan(0.1 * run.jointMm2 + 10);
    expect(Math.abs(live.contactMm2 - run.contactMm2)).toBeLessThan(0.1 * run.contactMm2 + 15);
    const back = liveRelation(b, a, invert(pose));
    expect(Math.abs(back.gapMm! - live.gapMm!)).toBeLessThan(0.1);
  }
  expect(liveRelation(a, b, translation([0, 0, 80])).gapMm).toBeNull();
});

test('pieces of a socket under the hand: gap, step-off, open area and joint space are those of the run', () => {
  const rng = createRng(7);
  const pieces = [
    { name: 'upper', mesh: half(true) },
    { name: 'lower', mesh: half(false) },
  ];
  const joint = { centreMm: CENTRE, radiusMm: R };
  const head = { centreMm: CENTRE, radiusMm: R - 2.5 };
  const template = { mesh: pieces[0].mesh, joint };
  const fracture = liveFracture({ pieces, joint, head });
  const surfaces = pieces.map((p) => liveSurface(p.mesh));
  const socket = brokenSocket({ pieces: pieces.map((p) => ({ ...p, reduced: LPS_IDENTITY })), joint });
  for (let n = 0; n < 6; n++) {
    const moved = [LPS_IDENTITY, turned(rng, CENTRE, 5, 0.2)];
    const live = readFracture(fracture, moved);
    const run = gapsAt(socket, moved, { head });
    for (const key of ['gapMm', 'stepMm', 'gapAreaMm2'] as const) expect(live[key]).toBeCloseTo(run[key], 9);
    expect(live.head).toEqual(run.head);
    const { overlapMm3 } = liveRelation(surfaces[1], surfaces[0], moved[1], { joint: false });
    expect(Math.abs(overlapMm3 - run.overlapMm3)).toBeLessThan(0.1 * run.overlapMm3 + 7);
  }
  const still = readFracture(fracture, [LPS_IDENTITY, LPS_IDENTITY]);
  for (const { medianMm, leastMm } of still.head) {
    expect(medianMm).toBeCloseTo(2.5, 1);
    expect(leastMm).toBeCloseTo(2.5, 1);
  }
  // A head that comes 1 mm nearer to one half leaves 1 mm less there.
  const nearer = readFracture({ ...fracture, head: { ...head, radiusMm: R - 1.5 } }, [LPS_IDENTITY, LPS_IDENTITY]);
  expect(nearer.head[0].medianMm).toBeCloseTo(1.5, 1);
  expect(liveFracture({ pieces, joint, template }).socket.lines.length).toBeGreaterThan(0);
});

test('a screw under the hand: the axis is that of a search with no choice, the neighbours those of all pairs', () => {
  const rng = createRng(5);
  const pieces = [half(true), half(false)].map((mesh) => ({ mesh, pose: LPS_IDENTITY }));
  const bone = liveBone(pieces);
  const joint = { centreMm: CENTRE, radiusMm: R };
  let read = 0;
  for (let n = 0; n < 40; n++) {
    const a = 0.6 + 1.6 * rng();
    const b = 1.2 * (rng() - 0.5);
    const out: Vec3 = [-Math.sin(a) * Math.cos(b), Math.cos(a), Math.sin(a) * Math.sin(b)];
    const entryMm = [0, 1, 2].map((k) => CENTRE[k] + (R + 10.4) * out[k]) as unknown as Vec3;
    const direction = unit([0, 1, 2].map((k) => -out[k] + 1.6 * (rng() - 0.5)) as unknown as Vec3);
    const rod = { id: 'a', entryMm, direction, lengthMm: 20, radiusMm: 1.75 };
    const other = { id: 'b', entryMm: apply(translation([4, 3, 5]), entryMm), direction, lengthMm: 20, radiusMm: 1.75 };
    const live = readScrew(bone, joint, rod, [other]);
    const wish = { entry: { pointMm: entryMm, radiusMm: 0 }, direction, coneDeg: 0 };
    const found = findCorridor(bone.cortex, joint, wish, { radiusMm: 1.75, minLengthMm: 0, maxTiltDeg: 70 });
    if (found) {
      expect(live.axis).toEqual(found);
      expect(live.threadMm).toBeCloseTo(found.cortexMm - 1.75, 12);
      expect(live.beyondMm).toBeCloseTo(20 - found.lengthMm, 12);
      const placed = { ...rod, entryMm: found.entryMm, direction: found.direction };
      expect(live.nearest!.gapMm).toBeCloseTo(rodGaps([placed, other])[0].gapMm, 12);
      read++;
    } else expect(live.axis === null || live.axis.cortexMm < 1.75).toBe(true);
  }
  expect(read).toBeGreaterThan(3);
  const flat = readScrew(
    bone,
    joint,
    { id: 'a', entryMm: [80 - 35.2, 20, 900], direction: [0, 0, 1], lengthMm: 20, radiusMm: 1.75 },
    [],
  );
  expect(flat.axis).toBeNull();
  expect(flat.tiltDeg).toBeGreaterThan(70);
});
