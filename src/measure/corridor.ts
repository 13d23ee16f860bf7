import { type Job, NO_JOB, type Vec3 } from '../base/index.ts';
import { add, distance, dot, frameAbout, scale, sub, unit } from '../math/index.ts';
import { type Bvh, closestPoint } from '../mesh/index.ts';
import { AXIS_DEFAULTS, type Axis, type AxisOptions, type JointSphere, measureAxis } from './corridor-axis.ts';
import { toPoints } from './corridor-cortex.ts';

/** A round zone on or in bone. */
export interface Zone {
  readonly pointMm: Vec3;
  readonly radiusMm: number;
}

/** Where a screw may begin and where it shall go. */
export interface CorridorWish {
  /** Entries are the points of cortex nearest to this disc. */
  readonly entry: Zone;
  /** The axis passes through this ball. */
  readonly target?: Zone;
  /** Without a target: the axis stays in a cone about this; default the inward normal at the entry. */
  readonly direction?: Vec3;
  /** Half angle of that cone. */
  readonly coneDeg?: number;
}

export interface CorridorOptions extends AxisOptions {
  /** The axis leans from the normal of the bone at its entry by no more than this. */
  readonly maxTiltDeg: number;
  /** Entries keep `avoidMm` from these points (flat xyz): fracture lines, whose rims break out. */
  readonly avoid: Float64Array;
  readonly avoidMm: number;
  /** Shorter than this is no screw, mm. */
  readonly minLengthMm: number;
  /** Clearance beyond this is worth nothing, mm. */
  readonly enoughMm: number;
  /** What a millimetre of length is worth in millimetres of clearance. */
  readonly lengthWorth: number;
  readonly job: Job;
}

export const CORRIDOR_DEFAULTS: CorridorOptions = {
  ...AXIS_DEFAULTS,
  maxTiltDeg: 70, // flatter than that a drill slips off the bone
  avoid: new Float64Array(0),
  avoidMm: 0, // nothing to avoid
  minLengthMm: 10, // the shortest in the library
  enoughMm: 6, // twice what guided screws are off at their entry
  lengthWorth: 0.03, // between axes equally clear the longer one holds better
  job: NO_JOB,
};

const CONE_DEG = 30;
/** How far away a cone becomes a disc to aim at, mm. */
const AIM_MM = 100;

/**
 * The axis from the entry zone with the greatest clearance to cortex and joint, length second; nothing where no axis
 * keeps the thread in bone.
 *
 * A grid of entries and aims, then a compass search from the best few. Same input, same axis.
 *
 * @param cortex outer surface of reduced bone (`cortexOf`), outward
 * @cost about 0.2 s for one screw on 200 000 triangles; docs/evidence/acetabulum.md
 * @accuracy within 0.1 mm of the best axis that a dense search finds (tests/twin/measure-corridor.test.ts)
 */
export function findCorridor(
  cortex: Bvh,
  joint: JointSphere | undefined,
  wish: CorridorWish,
  options: Partial<CorridorOptions> = {},
): Axis | null {
  const o = { ...CORRIDOR_DEFAULTS, ...options };
  const aim = aimOf(cortex, wish);
  if (!aim) return null;
  const judge = (at: readonly number[], least = -Infinity): Judged => {
    const axis = axisAt(cortex, joint, aim, at, least, o);
    return { at, axis, score: axis ? scoreOf(axis, o) : -Infinity };
  };
  const tried: Judged[] = [];
  let top = -Infinity;
  const entries = disc([0, 0.5, 1]);
  const aims = disc([0, 0.25, 0.5, 0.75, 1]);
  const share = DEPTH_MM / aim.apartMm;
  for (const [i, [x, y]] of entries.entries()) {
    o.job.at((0.6 * i) / entries.length);
    const [a, b] = [x * wish.entry.radiusMm, y * wish.entry.radiusMm];
    for (const [p, q] of aims) {
      const [c, e] = [p * aim.target.radiusMm, q * aim.target.radiusMm];
      const one = judge([a, b, a + share * (c - a), b + share * (e - b)], top - BEHIND_MM);
      tried.push(one);
      top = Math.max(top, one.score);
    }
  }
  const starts = tried.filter((t) => t.axis && t.score > top - BEHIND_MM).sort((p, q) => q.score - p.score);
  let best: Judged | undefined;
  for (const [i, start] of spread(starts).entries()) {
    o.job.at(0.6 + (0.4 * i) / STARTS);
    const found = climb(start, judge);
    if (!best || found.score > best.score) best = found;
  }
  const axis = best?.axis;
  return axis && fits(axis, o) ? axis : null;
}

interface Judged {
  /** Sideways, mm: of the entry, and of the axis `DEPTH_MM` on. */
  readonly at: readonly number[];
  readonly axis: Axis | null;
  readonly score: number;
}

/** The two discs an axis is drawn between, both across the way from one to the other. */
interface Aim {
  readonly entry: Zone;
  readonly target: Zone;
  readonly apartMm: number;
  readonly frame: readonly [Vec3, Vec3];
}

function aimOf(cortex: Bvh, { entry, target, direction, coneDeg = CONE_DEG }: CorridorWish): Aim | null {
  const found = closestPoint(cortex, ...entry.pointMm);
  if (!found) return null;
  const [x, y, z] = cortex.faceNormals.subarray(3 * found.triangle, 3 * found.triangle + 3);
  const inward: Vec3 = [-x, -y, -z];
  const towards = target ? unit(sub(target.pointMm, entry.pointMm)) : unit(direction ?? inward);
  const hint: Vec3 = Math.abs(towards[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const [u, v] = frameAbout(towards, hint);
  const aimed = target ?? {
    pointMm: add(entry.pointMm, scale(towards, AIM_MM)),
    radiusMm: AIM_MM * Math.tan((coneDeg * Math.PI) / 180),
  };
  return { entry, target: aimed, apartMm: distance(entry.pointMm, aimed.pointMm), frame: [u, v] };
}

/**
 * The axis from a place in a direction as `findCorridor` takes it when neither zone nor cone leaves a choice: it begins at the
 * nearest point of cortex. Nothing where it does not go into bone, or leans too far.
 * @param direction unit
 * @cost 0.1 ms
 */
export function axisFrom(
  cortex: Bvh,
  joint: JointSphere | undefined,
  entryMm: Vec3,
  direction: Vec3,
  options: Partial<CorridorOptions> = {},
): { readonly axis: Axis | null; readonly tiltDeg: number } {
  const aim = aimOf(cortex, { entry: { pointMm: entryMm, radiusMm: 0 }, direction, coneDeg: 0 });
  const on = closestPoint(cortex, ...entryMm);
  if (!aim || !on) return { axis: null, tiltDeg: Number.NaN };
  const [x, y, z] = cortex.faceNormals.subarray(3 * on.triangle, 3 * on.triangle + 3);
  const cosine = Math.min(1, Math.max(-1, -dot(direction, [x, y, z])));
  const axis = axisAt(cortex, joint, aim, [0, 0, 0, 0], Number.NEGATIVE_INFINITY, { ...CORRIDOR_DEFAULTS, ...options });
  return { axis, tiltDeg: (Math.acos(cosine) * 180) / Math.PI };
}

function axisAt(
  cortex: Bvh,
  joint: JointSphere | undefined,
  { entry, target, apartMm, frame }: Aim,
  [a, b, c, e]: readonly number[],
  least: number,
  o: CorridorOptions,
): Axis | null {
  const p = a + (c - a) * (apartMm / DEPTH_MM);
  const q = b + (e - b) * (apartMm / DEPTH_MM);
  if (Math.sqrt(a * a + b * b) > entry.radiusMm + 1e-6 || Math.sqrt(p * p + q * q) > target.radiusMm + 1e-6)
    return null;
  const on = closestPoint(cortex, ...beside(entry.pointMm, frame, a, b));
  if (!on) return null;
  const from: Vec3 = [on.x, on.y, on.z];
  const direction = unit(sub(beside(target.pointMm, frame, p, q), from));
  const f = cortex.faceNormals;
  const t = 3 * on.triangle;
  if (dot(direction, [f[t], f[t + 1], f[t + 2]]) > -Math.cos((o.maxTiltDeg * Math.PI) / 180)) return null;
  if (o.avoidMm > 0 && toPoints(from, o.avoid) < o.avoidMm) return null;
  return measureAxis(cortex, from, direction, joint, o, (mm) => o.radiusMm + least - o.lengthWorth * mm);
}
/** Depth at which the way of an axis sideways counts as much as at its entry: half of a long screw, mm. */
const DEPTH_MM = 40;

const beside = (p: Vec3, [u, v]: readonly [Vec3, Vec3], a: number, b: number): Vec3 =>
  add(p, add(scale(u, a), scale(v, b)));

/** Clearance of the thread to cortex and joint, and a little for the length; below zero the thread is not in bone. */
function scoreOf({ cortexMm, jointMm, lengthMm }: Axis, o: CorridorOptions): number {
  const clear = Math.min(cortexMm - o.radiusMm, jointMm - o.radiusMm - o.jointMarginMm + JOINT_TIE_MM, o.enoughMm);
  const short = Math.max(0, o.minLengthMm - lengthMm);
  return clear - short + o.lengthWorth * Math.min(lengthMm, o.maxLengthMm);
}
/** An axis that ends at the joint has no joint clearance left over; it is as good as one that clears it by this. */
const JOINT_TIE_MM = 1;

const fits = ({ cortexMm, lengthMm }: Axis, o: CorridorOptions): boolean =>
  cortexMm >= o.radiusMm && lengthMm >= o.minLengthMm;

/** Rings of 1, 6, 12, 18 … points in a disc of radius 1. */
function disc(radii: readonly number[]): [number, number][] {
  return radii.flatMap((r, ring) =>
    Array.from({ length: Math.max(1, 6 * ring) }, (_, i): [number, number] => {
      const turn = (2 * Math.PI * i) / Math.max(1, 6 * ring);
      return [r * Math.cos(turn), r * Math.sin(turn)];
    }),
  );
}

const STARTS = 5;
/** A start this much worse than the best has never become the best, mm. */
const BEHIND_MM = 2;
const APART_MM = 3;
/** The best few that are not neighbours of a better one. */
function spread(sorted: readonly Judged[]): Judged[] {
  const chosen: Judged[] = [];
  for (const one of sorted) {
    if (chosen.length === STARTS) break;
    const apart = (other: Judged) => one.at.reduce((sum, x, k) => sum + (x - other.at[k]) * (x - other.at[k]), 0);
    if (chosen.every((other) => apart(other) > APART_MM * APART_MM)) chosen.push(one);
  }
  return chosen;
}

/** Steps of −1, 0 and 1 in all four at once: the best of several clearances lies on a ridge that single steps slide off. */
const COMPASS: readonly (readonly number[])[] = Array.from({ length: 81 }, (_, i) => [
  (i % 3) - 1,
  (Math.floor(i / 3) % 3) - 1,
  (Math.floor(i / 9) % 3) - 1,
  (Math.floor(i / 27) % 3) - 1,
])
  .map((d) => scaled(d, 1 / Math.sqrt(d.reduce((s, x) => s + x * x, 0))))
  .filter((d) => d.every(Number.isFinite));

function scaled(d: readonly number[], by: number): number[] {
  return d.map((x) => x * by);
}

/** Compass search: the first better step is taken and tried again; half the step where none is better. */
function climb(start: Judged, judge: (at: readonly number[], least: number) => Judged): Judged {
  let best = start;
  for (let step = 2; step > 0.02; step /= 2)
    for (let k = 0, since = 0; since < COMPASS.length; k = (k + 1) % COMPASS.length, since++) {
      const along = (from: Judged) =>
        judge(
          from.at.map((x, j) => x + step * COMPASS[k][j]),
          from.score,
        );
      for (let tried = along(best); tried.score > best.score + 1e-6; tried = along(best)) {
        best = tried;
        since = -1;
      }
    }
  return best;
}
