import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { compose, rotation } from '../../math/index.ts';
import { thinned } from './bodies.ts';
import { type Reach, type Scene, step } from './joint.ts';

/** Samples of each fragment and of the template while searching. */
const SAMPLES = 500;
const TEMPLATE_SAMPLES = 1000;
const ITERATIONS = 25;
/** Turns about the axes of the patient from which a fragment is tried besides the way it lies, degrees. */
const TURN_DEG = 30;
/** A fragment of which less than this is unexplained after the first try has found its place. */
const FOUND = 0.3;

/**
 * Where the fragments go, roughly: all of them together towards template and neighbours, with a reach that shrinks from
 * farther than any fragment is displaced. Tried as imaged, and where that does not explain a fragment, from six turns
 * as well; of each fragment the best place is kept.
 * @accuracy displacements of 25 mm and 20° are brought back from the first try (docs/evidence/reduction.md)
 */
export function searchPoses(scene: Scene, start: readonly LpsTransform[]): LpsTransform[] {
  const coarse: Scene = {
    bodies: scene.bodies.map((b) => thinned(b, SAMPLES)),
    movable: scene.movable,
    template: thinned(scene.template, TEMPLATE_SAMPLES),
  };
  const best = start.slice();
  const cost = start.map(() => Infinity);
  for (const turn of turns()) {
    if (cost.every((c, i) => !scene.movable[i] || c < FOUND)) break;
    const from = start.map((pose, i) =>
      turn && scene.movable[i]
        ? compose(pose, rotation(turn, (TURN_DEG * Math.PI) / 180, scene.bodies[i].centre))
        : pose,
    );
    const { poses, costs } = approach(coarse, from);
    for (let i = 0; i < best.length; i++)
      if (scene.movable[i] && costs[i] < cost[i]) {
        cost[i] = costs[i];
        best[i] = poses[i];
      }
  }
  return best;
}

function turns(): (Vec3 | null)[] {
  const out: (Vec3 | null)[] = [null];
  for (let k = 0; k < 3; k++)
    for (const s of [1, -1]) out.push([0, 1, 2].map((i) => (i === k ? s : 0)) as unknown as Vec3);
  return out;
}

function approach(scene: Scene, start: readonly LpsTransform[]) {
  let poses = start;
  for (let k = 0; ; k++) {
    const done = step(scene, poses, reachAt(k / (ITERATIONS - 1)));
    if (k === ITERATIONS - 1) return { poses, costs: done.costs };
    poses = done.poses;
  }
}

/** From 25 mm down to 5 for the template, from 10 down to 3 for faces; both worth the same. */
const reachAt = (u: number): Reach => ({
  templateMm: 25 * Math.exp(u * Math.log(5 / 25)),
  faceMm: 10 * Math.exp(u * Math.log(3 / 10)),
  templateWeight: 1,
  faceWeight: 1,
  overlapMm: Infinity,
});
