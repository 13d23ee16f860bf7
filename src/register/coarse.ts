import type { LpsTransform, Vec3 } from '../base/index.ts';
import { compose, invert, type PrincipalAxes, principalAxes } from '../math/index.ts';
import { ballAround, icp } from './icp.ts';
import { createPairs, findPairs, type Surface } from './pairs.ts';
import { largestShiftMm } from './rigid.ts';

/** A place worth refining. `score` is 0 for a perfect fit and 1 for none at all. */
export interface Candidate {
  readonly fixedFromMoving: LpsTransform;
  readonly score: number;
}

/** Two answers that carry no point of the surface farther apart than this fraction of its radius are one. */
const SAME_FRACTION = 0.25;
/** Where two spreads along principal axes differ by less than this fraction, the axes say nothing. */
const ALIKE_FRACTION = 0.15;
/** A misfit of this fraction of the fixed surface's size, or more, counts as no fit at that sample. */
const NO_FIT_FRACTION = 0.08;
const QUICK = { maxIterations: 8, stepMm: 0.05, freezeAfter: 99 };
const KEEN = { maxIterations: 30, stepMm: 0.005, freezeAfter: 99 };

/**
 * Where could the moving surface lie on the fixed one? Without landmarks: the principal axes on each other, in all four
 * ways that are motions, once centred and once from either end (a bone may be cut by the field of view). Shapes whose
 * axes say little are turned about through 24 right-angle rotations as well. Every start is improved by a few robust steps.
 * @requires surfaces with some hundreds of samples; a mirror is applied by the caller
 * @returns distinct candidates, best first
 */
export function coarseCandidates(moving: Surface, fixed: Surface, keep = 3): Candidate[] {
  const a = principalAxes(moving.samples.points);
  const b = principalAxes(fixed.samples.points);
  const unsure = axesUnsure(a) || axesUnsure(b) || unlike(a, b);
  const starts: LpsTransform[] = [];
  for (const turn of unsure ? rightAngleTurns() : halfTurns())
    for (const offset of endOffsets(a, b, moving.samples.points, fixed.samples.points))
      starts.push(axesOnAxes(a, b, turn, offset));
  const quick = distinct(
    starts.map((s) => refined(s, moving, fixed, QUICK)),
    fixed,
  ).slice(0, 3 * keep);
  return distinct(
    quick.map((c) => refined(c.fixedFromMoving, moving, fixed, KEEN)),
    fixed,
  ).slice(0, keep);
}

const refined = (start: LpsTransform, moving: Surface, fixed: Surface, options: typeof QUICK): Candidate => {
  const { fixedFromMoving } = icp(start, moving, fixed, options);
  return { fixedFromMoving, score: misfit(fixedFromMoving, moving, fixed) };
};

/** Mean over all samples, both ways, of the distance as a fraction of "no fit", each at most 1; 1 where normals disagree. */
export function misfit(fixedFromMoving: LpsTransform, moving: Surface, fixed: Surface): number {
  const pairs = createPairs((moving.samples.points.length + fixed.samples.points.length) / 3);
  findPairs(fixedFromMoving, moving, fixed, pairs);
  const sd = principalAxes(fixed.samples.points).sdMm;
  const limit = NO_FIT_FRACTION * 2 * Math.sqrt(sd[1] * sd[2] + sd[0] * sd[2] + sd[0] * sd[1]);
  let sum = 0;
  for (let i = 0; i < pairs.count; i++) sum += pairs.facing[i] ? Math.min(1, Math.abs(pairs.signedMm[i]) / limit) : 1;
  return sum / pairs.count;
}

const alike = (p: number, q: number) => p - q < ALIKE_FRACTION * p;
const axesUnsure = ({ sdMm }: PrincipalAxes) => alike(sdMm[0], sdMm[1]) || alike(sdMm[1], sdMm[2]);
const unlike = (a: PrincipalAxes, b: PrincipalAxes) =>
  a.sdMm.some((s, k) => Math.abs(s - b.sdMm[k]) > ALIKE_FRACTION * Math.max(s, b.sdMm[k]));

type Turn = readonly [order: readonly [number, number, number], signs: Vec3];

/** The four sign patterns that are motions. */
function halfTurns(): Turn[] {
  return [
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ].map((s) => [[0, 1, 2], s as unknown as Vec3] as const);
}

/** All 24 rotations that carry the axes onto the axes. */
function rightAngleTurns(): Turn[] {
  const out: Turn[] = [];
  const even = [
    [0, 1, 2],
    [1, 2, 0],
    [2, 0, 1],
  ];
  const odd = [
    [0, 2, 1],
    [2, 1, 0],
    [1, 0, 2],
  ];
  for (const [orders, parity] of [[even, 1] as const, [odd, -1] as const])
    for (const order of orders)
      for (const s of halfTurns())
        out.push([order as unknown as Turn[0], [parity * s[1][0], parity * s[1][1], parity * s[1][2]]]);
  return out;
}

/** Shifts along the fixed long axis: centres together, and where the lengths differ, either pair of ends together. */
function endOffsets(a: PrincipalAxes, b: PrincipalAxes, moving: Float64Array, fixed: Float64Array): number[] {
  const la = halfLength(a, moving);
  const lb = halfLength(b, fixed);
  const slack = Math.abs(la - lb);
  return slack > 0.1 * Math.min(la, lb) ? [0, slack, -slack] : [0];
}

function halfLength({ centre, axes }: PrincipalAxes, p: Float64Array): number {
  let lo = 0;
  let hi = 0;
  for (let i = 0; i < p.length; i += 3) {
    const s =
      (p[i] - centre[0]) * axes[0][0] + (p[i + 1] - centre[1]) * axes[0][1] + (p[i + 2] - centre[2]) * axes[0][2];
    lo = Math.min(lo, s);
    hi = Math.max(hi, s);
  }
  return (hi - lo) / 2;
}

function axesOnAxes(a: PrincipalAxes, b: PrincipalAxes, [order, signs]: Turn, alongMm: number): LpsTransform {
  const r = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < 3; k++)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) r[3 * i + j] += signs[k] * b.axes[order[k]][i] * a.axes[k][j];
  const t = [0, 1, 2].map(
    (i) =>
      b.centre[i] +
      alongMm * b.axes[0][i] -
      (r[3 * i] * a.centre[0] + r[3 * i + 1] * a.centre[1] + r[3 * i + 2] * a.centre[2]),
  );
  return { from: 'lps', to: 'lps', m: [r[0], r[1], r[2], t[0], r[3], r[4], r[5], t[1], r[6], r[7], r[8], t[2]] };
}

/** Best first, and of answers that are nearly the same only the best. */
export function distinct(candidates: readonly Candidate[], fixed: Surface): Candidate[] {
  const out: Candidate[] = [];
  const same = SAME_FRACTION * ballAround(fixed.samples.points).radiusMm;
  for (const c of candidates.slice().sort((p, q) => p.score - q.score))
    if (
      out.every(
        (o) => largestShiftMm(compose(c.fixedFromMoving, invert(o.fixedFromMoving)), fixed.samples.points) > same,
      )
    )
      out.push(c);
  return out;
}
