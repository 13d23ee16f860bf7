import { eigenSymmetric, principalAxes } from '../math/index.ts';
import { ballAround, type IcpState } from './icp.ts';
import { largestShiftMm, motionFromTwist } from './rigid.ts';
import { normalEquations, solveStep } from './step.ts';

/** How far the answer moves when the tenth of the surface that matters most is left out. */
export interface Jackknife {
  readonly tenthLeftOutMaxMm: number;
  readonly tenthLeftOutMaxDeg: number;
}

const TENTHS = 10;

/**
 * Cuts the surface into ten slabs of equal weight along its longest axis (a whole region at a time, because what is wrong
 * with a bone is wrong in one place), leaves each out in turn and solves one Gauss–Newton step on the rest.
 * @returns the largest motion of any sample, mm, and the largest turn, degrees
 * @cost ten passes over the pairs, no new nearest-point queries
 */
export function jackknife({ pairs, weights, centre }: IcpState): Jackknife {
  const used = Uint32Array.from({ length: pairs.count }, (_, i) => i).filter((i) => weights[i] > 0);
  const { axes } = principalAxes(pairs.points);
  const along = (i: number) =>
    pairs.points[3 * i] * axes[0][0] + pairs.points[3 * i + 1] * axes[0][1] + pairs.points[3 * i + 2] * axes[0][2];
  const order = used.sort((i, j) => along(i) - along(j) || i - j);
  const { radiusMm } = ballAround(pairs.points);
  let tenthLeftOutMaxMm = 0;
  let tenthLeftOutMaxDeg = 0;
  for (let k = 0; k < TENTHS; k++) {
    const from = Math.floor((k * order.length) / TENTHS);
    const to = Math.floor(((k + 1) * order.length) / TENTHS);
    const rest = order.filter((_, s) => s < from || s >= to);
    const x = solveStep(normalEquations(pairs, weights, centre, rest), radiusMm);
    const turn = Math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    tenthLeftOutMaxMm = Math.max(tenthLeftOutMaxMm, largestShiftMm(motionFromTwist(x, centre), pairs.points));
    tenthLeftOutMaxDeg = Math.max(tenthLeftOutMaxDeg, (turn * 180) / Math.PI);
  }
  return { tenthLeftOutMaxMm, tenthLeftOutMaxDeg };
}

/**
 * How well the shape holds its worst-held motion: the smallest eigenvalue of the normal equations per sample, with turns
 * measured at the radius of the shape. 1/3 is as good as it gets; 0 means a motion that changes no distance (a sphere).
 */
export function firmness({ normal, weights, pairs }: IcpState): number {
  const { radiusMm } = ballAround(pairs.points);
  let total = 0;
  for (let i = 0; i < pairs.count; i++) total += weights[i];
  const unit = (k: number) => (k < 3 ? radiusMm : 1);
  const a = Array.from(normal.a, (x, i) => x / (total * unit(Math.floor(i / 6)) * unit(i % 6)));
  return Math.max(0, eigenSymmetric(a, 6).values[5]);
}
