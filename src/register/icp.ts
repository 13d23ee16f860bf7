import type { LpsTransform, Vec3 } from '../base/index.ts';
import { compose } from '../math/index.ts';
import { createPairs, findPairs, type Pairs, type Surface } from './pairs.ts';
import { largestShiftMm, motionFromTwist, orthonormalised } from './rigid.ts';
import { type Normal, normalEquations, solveStep, spreadMm, tukeyWeights } from './step.ts';

export interface IcpOptions {
  readonly maxIterations: number;
  /** Stop when a step moves no sample by more than this, mm. */
  readonly stepMm: number;
  /** From this iteration on the weights stay as they are, so that one fixed sum of squares is brought to its minimum. */
  readonly freezeAfter: number;
}

export interface IcpState {
  readonly fixedFromMoving: LpsTransform;
  readonly pairs: Pairs;
  readonly weights: Float64Array;
  readonly sdMm: number;
  readonly iterations: number;
  readonly converged: boolean;
  /** Of the last step: what the covariance and the leave-out test are made of. */
  readonly normal: Normal;
  readonly centre: Vec3;
}

/**
 * Robust point-to-surface alignment from a good start: nearest-point pairs both ways, Tukey weights about a robust
 * spread, one Gauss–Newton step on the distances at a time.
 * @cost about ten iterations of (m + f) nearest-point queries
 * @source Chen and Medioni 1992 (point to plane); Fitzgibbon 2003 (robust, on the distance itself)
 */
export function icp(start: LpsTransform, moving: Surface, fixed: Surface, options: IcpOptions): IcpState {
  const pairs = createPairs((moving.samples.points.length + fixed.samples.points.length) / 3);
  const weights = new Float64Array(pairs.count);
  const { centre, radiusMm } = ballAround(fixed.samples.points);
  let t = start;
  let sdMm = 0;
  let iterations = 0;
  for (;;) {
    findPairs(t, moving, fixed, pairs);
    if (iterations < options.freezeAfter) {
      sdMm = spreadMm(pairs);
      tukeyWeights(pairs, sdMm, weights);
    }
    const normal = normalEquations(pairs, weights, centre);
    const step = motionFromTwist(solveStep(normal, radiusMm), centre);
    const moved = largestShiftMm(step, pairs.points);
    const converged = moved <= options.stepMm;
    if (converged || iterations >= options.maxIterations || !Number.isFinite(sdMm))
      return { fixedFromMoving: t, pairs, weights, sdMm, iterations, converged, normal, centre };
    t = orthonormalised(compose(step, t));
    iterations++;
  }
}

/** Centre of the points and the root mean square distance from it, mm. */
export function ballAround(points: ArrayLike<number>): { centre: Vec3; radiusMm: number } {
  const n = points.length / 3;
  const c: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < points.length; i++) c[i % 3] += points[i] / n;
  let s = 0;
  for (let i = 0; i < points.length; i++) {
    const d = points[i] - c[i % 3];
    s += d * d;
  }
  return { centre: c, radiusMm: Math.sqrt(s / n) };
}
