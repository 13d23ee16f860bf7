import type { Vec3 } from '../base/index.ts';
import { add, distance, dot, eigenSymmetric, scale, sub, unit } from '../math/index.ts';
import { axisOfEdges } from './rod-axis.ts';
import { headOf } from './rod-head.ts';
import { type Axis, axisThrough, edge, matched, type Probe, ringMean, roundContrast, SECTORS } from './rod-profile.ts';
import type { StraightRidge } from './straight.ts';

/** A rod as it shows in the grey values, mm in the axes of the grid. Its ends are where brightness falls most steeply. */
export interface SeenRod {
  readonly axis: Axis;
  /** Along the axis from its origin. */
  readonly from: number;
  readonly to: number;
  /** Where brightness falls most steeply across, mean of all sides. */
  readonly radiusMm: number;
  /** Where brightness is half way from the core down to the surroundings: what a person measures. */
  readonly halfRadiusMm: number;
  /** How much farther out the middle of an end lies than its rim; of both ends. A flat end: nothing. */
  readonly roundMm: readonly [number, number];
  /** How far a head reaches down from either end; nothing without a head. */
  readonly headMm: readonly [number, number];
  /** How far brightness falls within 0.8 mm at the end where it falls less. */
  readonly endFallHu: number;
  /** Median over the length of how much brighter the core is than its surroundings. */
  readonly contrastHu: number;
  /** Share of the length that is brighter than its surroundings. */
  readonly seen: number;
  /** The same against the brightest side only: nothing for the edge of a plate. */
  readonly roundHu: number;
  /** Median brightness of the core. */
  readonly coreHu: number;
  /** The brightest millimetres of the core. */
  readonly peakHu: number;
  /** Robust spread of the middles of the cross-sections about the axis. */
  readonly straightMm: number;
}

const BIN_MM = 0.5;
/** Brighter than all sides by this much: above noise and the unevenness of bone. */
const CONTRAST_HU = 120;
const GAP_MM = 4.5;

/** A rod about a straight ridge; nothing where no rod is seen. @cost about 5 ms */
export function fitRod(p: Probe, line: StraightRidge, radiusMm: number): SeenRod | undefined {
  let axis = axisThrough(line.from, unit(sub(line.to, line.from)));
  let span: readonly [number, number] = [0, distance(line.from, line.to)];
  let straightMm = Number.NaN;
  for (let round = 0; round < 4; round++) {
    const fit = fitAxis(p, axis, span, radiusMm);
    if (!fit) return undefined;
    axis = fit.axis;
    straightMm = fit.spreadMm;
    const run = seenRun(p, axis, [fit.span[0] - 6, fit.span[1] + 6], radiusMm);
    if (!run) return undefined;
    span = run;
  }
  const [lo, hi] = ([-1, 1] as const).map((way) => endOf(p, axis, span, way, radiusMm).at);
  axis = axisOfEdges(p, axis, lo, hi, radiusMm);
  const inside = (f: number): number => span[0] + f * (span[1] - span[0]);
  const ends = ([-1, 1] as const).map((way) => endOf(p, axis, span, way, radiusMm));
  const sides = sideRadii(p, axis, inside(0.15), inside(0.85), radiusMm);
  const from = ends[0].at;
  const to = ends[1].at;
  if (!(to - from > 4 * radiusMm)) return undefined;
  const scratch = new Float64Array(SECTORS);
  const contrast: number[] = [];
  const round: number[] = [];
  const core: number[] = [];
  for (let s = from + radiusMm; s <= to - radiusMm; s += BIN_MM) {
    contrast.push(matched(p, axis, s, radiusMm));
    round.push(roundContrast(p, axis, s, radiusMm, scratch));
  }
  for (let s = from; s <= to; s += BIN_MM) core.push(ringMean(p, axis, s, 0.3 * radiusMm));
  contrast.sort((a, b) => a - b);
  round.sort((a, b) => a - b);
  core.sort((a, b) => a - b);
  return {
    axis,
    from,
    to,
    radiusMm: sides.steepest,
    halfRadiusMm: sides.half,
    roundMm: [ends[0].roundMm, ends[1].roundMm],
    headMm: [headOf(p, axis, from, -1, radiusMm), headOf(p, axis, to, 1, radiusMm)],
    endFallHu: Math.min(ends[0].fallHu, ends[1].fallHu),
    contrastHu: contrast[contrast.length >> 1],
    seen: contrast.filter((c) => c > CONTRAST_HU).length / contrast.length,
    roundHu: round[round.length >> 1],
    coreHu: core[core.length >> 1],
    peakHu: core[Math.max(0, core.length - 5)],
    straightMm,
  };
}

/** A first axis: the line through the middles of the cross-sections, those that stray left out by weight. */
function fitAxis(
  p: Probe,
  axis: Axis,
  [lo, hi]: readonly [number, number],
  r: number,
): { axis: Axis; span: readonly [number, number]; spreadMm: number } | undefined {
  const points: Vec3[] = [];
  const contrast: number[] = [];
  const margin = Math.min(1.5 * r, 0.15 * (hi - lo));
  for (let s = lo + margin; s <= hi - margin + 1e-9; s += BIN_MM) {
    const c = middleAt(p, axis, s, r);
    if (!c) continue;
    points.push(add(axis.origin, add(scale(axis.along, s), add(scale(axis.u, c.du), scale(axis.v, c.dv)))));
    contrast.push(c.contrast);
  }
  if (points.length < 8) return undefined;
  // In a head, a plate, or beyond an end, little edge is seen and its middle is anywhere.
  const usual = [...contrast].sort((a, b) => a - b)[Math.floor(0.6 * contrast.length)];
  const sure = contrast.map((c) => Math.min(1, c / usual) * Math.min(1, c / usual));
  const weight = [...sure];
  let centre = axis.origin;
  let along = axis.along;
  let spread = Number.NaN;
  for (let round = 0; round < 6; round++) {
    ({ centre, along } = weightedLine(points, weight));
    const off = points.map((q) => {
      const d = sub(q, centre);
      return distance(d, scale(along, dot(d, along)));
    });
    spread = [...off].sort((a, b) => a - b)[off.length >> 1] * 1.2;
    const cut = Math.max(0.6, 5 * spread);
    off.forEach((d, i) => {
      const t = Math.min(1, d / cut);
      weight[i] = sure[i] * (1 - t * t) * (1 - t * t);
    });
  }
  if (dot(along, axis.along) < 0) along = scale(along, -1);
  const origin = add(centre, scale(along, dot(sub(axis.origin, centre), along)));
  return { axis: axisThrough(origin, along), span: [lo, hi], spreadMm: spread };
}

const SLAB_MM = [-0.7, 0, 0.7];

/** The brightest rod near the axis in a slab 2 mm thick: the peak of the matched filter by a parabola. */
function middleAt(
  p: Probe,
  axis: Axis,
  s: number,
  r: number,
): { du: number; dv: number; contrast: number } | undefined {
  const STEP = 0.4;
  let du = 0;
  let dv = 0;
  const at = (u: number, v: number) =>
    SLAB_MM.reduce((sum, t) => sum + edge(p, axis, s + t, r, u, v), 0) / SLAB_MM.length;
  let middle = at(du, dv);
  for (let move = 0; move < 6; move++) {
    const [e, w, n, o] = [at(du + STEP, dv), at(du - STEP, dv), at(du, dv + STEP), at(du, dv - STEP)];
    const cu = e + w - 2 * middle;
    const cv = n + o - 2 * middle;
    const mu = cu < 0 ? Math.max(-STEP, Math.min(STEP, (-0.5 * STEP * (e - w)) / cu)) : STEP * Math.sign(e - w);
    const mv = cv < 0 ? Math.max(-STEP, Math.min(STEP, (-0.5 * STEP * (n - o)) / cv)) : STEP * Math.sign(n - o);
    du += mu;
    dv += mv;
    if (du * du + dv * dv > r * r) return undefined;
    middle = at(du, dv);
    if (Math.abs(mu) + Math.abs(mv) < 0.01) break;
  }
  return middle > CONTRAST_HU ? { du, dv, contrast: middle } : undefined;
}

function weightedLine(points: readonly Vec3[], weight: readonly number[]): { centre: Vec3; along: Vec3 } {
  const w = weight.reduce((a, b) => a + b, 0) || 1;
  let centre: Vec3 = [0, 0, 0];
  points.forEach((q, i) => {
    centre = add(centre, scale(q, weight[i] / w));
  });
  const m = new Array<number>(9).fill(0);
  points.forEach((q, i) => {
    const d = sub(q, centre);
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) m[3 * a + b] += (weight[i] / w) * d[a] * d[b];
  });
  return { centre, along: unit(eigenSymmetric(m, 3).vectors[0] as unknown as Vec3) };
}

/** The longest stretch on which the core is brighter than what is around it, small gaps allowed. */
function seenRun(
  p: Probe,
  axis: Axis,
  [lo, hi]: readonly [number, number],
  r: number,
): readonly [number, number] | undefined {
  let best: readonly [number, number] | undefined;
  let start = Number.NaN;
  let last = Number.NaN;
  for (let s = lo; s <= hi; s += BIN_MM) {
    if (matched(p, axis, s, r) < CONTRAST_HU) continue;
    if (!(s - last <= GAP_MM)) start = s;
    last = s;
    if (!best || last - start > best[1] - best[0]) best = [start, last];
  }
  return best && best[1] - best[0] > 4 * r ? best : undefined;
}

const FINE_MM = 0.1;
/** Of the falls of brightness on the way out the last one that has this share of the steepest is the end. */
const LAST_FALL = 0.65;

/**
 * Where brightness falls most steeply on the way out of an end, and how much later in the middle of the rod than at its
 * rim. The run may have gone on into bright bone, or past a crossing rod: the last steep fall counts.
 */
function endOf(
  p: Probe,
  axis: Axis,
  [lo, hi]: readonly [number, number],
  way: 1 | -1,
  r: number,
): { at: number; roundMm: number; fallHu: number } {
  const origin = way > 0 ? lo : hi;
  const fallOf = (radii: readonly number[]) => (t: number) => {
    const s = origin + way * t;
    return radii.reduce((sum, q) => sum + ringMean(p, axis, s - way * 0.4, q) - ringMean(p, axis, s + way * 0.4, q), 0);
  };
  const middleFall = fallOf([0, 0.15 * r, 0.3 * r]);
  const middle = peakOf(middleFall, 0.5 * (hi - lo), hi - lo + 3, LAST_FALL);
  const rim = peakOf(fallOf([0.7 * r, 0.8 * r]), middle - 1.5, middle + 1, 1);
  return { at: origin + way * middle, roundMm: middle - rim, fallHu: middleFall(middle) / 3 };
}

/** The last local maximum with at least a share of the greatest, to a tenth of a step. */
function peakOf(f: (t: number) => number, lo: number, hi: number, share: number): number {
  const n = Math.ceil((hi - lo) / FINE_MM) + 1;
  const values = Float64Array.from({ length: n }, (_, i) => f(lo + i * FINE_MM));
  const most = values.reduce((a, b) => Math.max(a, b));
  let at = n - 1;
  for (; at > 0; at--) {
    const right = at + 1 < n ? values[at + 1] : Number.NEGATIVE_INFINITY;
    if (values[at] >= share * most && values[at] >= values[at - 1] && values[at] >= right) break;
  }
  const [a, b] = [values[at - 1] ?? values[at], values[at + 1] ?? values[at]];
  const c = a + b - 2 * values[at];
  return lo + (at + (c < 0 ? Math.max(-1, Math.min(1, (0.5 * (a - b)) / c)) : 0)) * FINE_MM;
}

/** Radius at which brightness falls most steeply, and where it is half way down, in the mean profile of a stretch. */
function sideRadii(p: Probe, axis: Axis, lo: number, hi: number, r: number): { steepest: number; half: number } {
  const value = (q: number): number => {
    let sum = 0;
    let n = 0;
    for (let s = lo; s <= hi; s += 1, n++) sum += ringMean(p, axis, s, Math.max(0, q));
    return sum / n;
  };
  const steepest = peakOf((q) => value(q - 0.3) - value(q + 0.3), 0.5 * r, 1.8 * r, 1);
  const middle = 0.5 * (value(0.3 * r) + value(Math.max(1.6 * r, r + 1.2)));
  let half = 0.5 * r;
  while (half < 2 * r && value(half) > middle) half += 0.02;
  return { steepest, half };
}
