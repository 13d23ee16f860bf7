import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { apply, compose, rotation, scale, translation } from '../../math/index.ts';
import { picked, thinned } from './bodies.ts';
import { type Reach, type Scene, step } from './joint.ts';

/** Samples of each fragment and of the template while searching. */
const SAMPLES = 500;
const TEMPLATE_SAMPLES = 1000;
const ITERATIONS = 25;
/** From where a fragment that was not found at first is tried again: turns and shifts along the axes of the patient. */
const TURN_DEG = 30;
const SHIFT_MM = 15;
/** A fragment of which less than this is unexplained has found its place. */
const FOUND = 0.2;
/** Deeper in another fragment than this is no place, mm. */
const SUNK_MM = 1.5;

/**
 * Where the fragments go, roughly: all of them together towards template and neighbours, with a reach that shrinks from
 * farther than any fragment is displaced. What found no place is then tried again, among those that did, from six turns and
 * six shifts; the best place is kept.
 * @accuracy columns displaced by 25 mm and 20° come back from the first try (docs/evidence/reduction.md)
 */
export function searchPoses(scene: Scene, start: readonly LpsTransform[]): LpsTransform[] {
  const coarse: Scene = {
    bodies: scene.bodies.map((b) => thinned(b, SAMPLES)),
    movable: scene.movable,
    template: thinned(scene.template, TEMPLATE_SAMPLES),
  };
  const first = approach(coarse, start);
  const best = first.poses.slice();
  const cost = first.costs.slice();
  for (let i = 0; i < best.length; i++) {
    if (!scene.movable[i] || cost[i] < FOUND) continue;
    const alone: Scene = {
      ...coarse,
      bodies: coarse.bodies.map((b, j) => (j === i ? b : picked(b, []))),
      movable: scene.movable.map((_, j) => j === i),
    };
    for (const from of startsAround(start[i], scene.bodies[i].centre)) {
      if (cost[i] < FOUND) break;
      const tried = approach(
        alone,
        best.map((pose, j) => (j === i ? from : pose)),
      );
      if (tried.costs[i] >= cost[i]) continue;
      cost[i] = tried.costs[i];
      best[i] = tried.poses[i];
    }
  }
  return best;
}

function startsAround(pose: LpsTransform, centre: Vec3): LpsTransform[] {
  const at = apply(pose, centre);
  return [0, 1, 2].flatMap((k) =>
    [1, -1].flatMap((s) => {
      const axis = [0, 1, 2].map((i) => (i === k ? s : 0)) as unknown as Vec3;
      return [
        compose(rotation(axis, (TURN_DEG * Math.PI) / 180, at), pose),
        compose(translation(scale(axis, SHIFT_MM)), pose),
      ];
    }),
  );
}

function approach(scene: Scene, start: readonly LpsTransform[]) {
  let poses = start;
  for (let k = 0; k < ITERATIONS; k++) poses = step(scene, poses, reachAt(k / (ITERATIONS - 1))).poses;
  return { poses, costs: step(scene, poses, { ...reachAt(1), overlapMm: SUNK_MM }).costs };
}

/** From 25 mm down to 5 for the template, from 10 down to 3 for faces; both worth the same. */
const reachAt = (u: number): Reach => ({
  templateMm: 25 * Math.exp(u * Math.log(5 / 25)),
  faceMm: 10 * Math.exp(u * Math.log(3 / 10)),
  templateWeight: 1,
  faceWeight: 1,
  overlapMm: Infinity,
});
