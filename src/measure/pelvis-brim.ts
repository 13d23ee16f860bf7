import { OsteonError, type Vec3 } from '../base/index.ts';
import { add, cross, dot, norm, scale, sub, unit } from '../math/index.ts';
import { buildBvh, closestPoint, closestPoints, type Mesh } from '../mesh/index.ts';

/** The plane that halves a pelvis; its normal points to the side looked at. */
export interface MidPlane {
  readonly pointMm: Vec3;
  readonly normal: Vec3;
}

/** The terminal line of one side of the pelvis, where plates of the anterior approaches lie. LPS mm. */
export interface PelvicBrim {
  /** On bone, from the symphysis to the sacro-iliac joint, `STEP_MM` apart. */
  readonly points: readonly Vec3[];
  readonly lengthMm: number;
  /** Unit: away from the middle; from symphysis to sacrum in the plane of the inlet; out of that plane, towards the head. */
  readonly lateral: Vec3;
  readonly backward: Vec3;
  readonly upward: Vec3;
}

const STEP_MM = 2;
/** The symphysial face is what lies this near to the point nearest the middle, mm. */
const SYMPHYSIS_MM = 4;
/** Bone this near to the sacrum is the sacro-iliac joint, mm. */
const JOINT_MM = 6;
/** The brim stays this near to the plane of the inlet, mm: the line itself leaves it by less than 10. */
const BAND_MM = 20;
/** The brim is the corner towards the middle and up: this much up for one to the middle. */
const UP = Math.tan(Math.PI / 6);

/**
 * Finds the brim without landmarks: the plane of the inlet goes through the top of the symphysis and the front of the
 * sacro-iliac joint, straight across; along it, the brim is the bone that stands out farthest to the middle and up.
 *
 * @param hip    outer surface of the hip bone, whole or of reduced fragments
 * @throws measure.no-brim where the bone does not reach from the symphysis to the sacrum
 * @cost 0.1 s for 200 000 triangles
 * @accuracy docs/evidence/acetabulum.md
 */
export function pelvicBrim(hip: Mesh, sacrum: Mesh, plane: MidPlane): PelvicBrim {
  const { positions: p } = hip;
  const lateral = unit(plane.normal);
  const at = (i: number): Vec3 => [p[i], p[i + 1], p[i + 2]];
  const out = new Float64Array(p.length / 3);
  for (let i = 0; i < out.length; i++) out[i] = dot(sub(at(3 * i), plane.pointMm), lateral);
  const inner = out.reduce((least, x) => Math.min(least, x), Infinity);
  const symphysis = extreme(out.length, (i) => (out[i] < inner + SYMPHYSIS_MM ? p[3 * i + 2] : -Infinity));
  const near = closestPoints(buildBvh(sacrum), p, { limitMm: JOINT_MM }).triangles;
  const sacroiliac = extreme(out.length, (i) => (near[i] >= 0 ? -p[3 * i + 1] : -Infinity));
  if (symphysis < 0 || sacroiliac < 0) throw noBrim('the bone does not reach the sacrum');
  const start = at(3 * symphysis);
  const across = sub(at(3 * sacroiliac), start);
  const flat = sub(across, scale(lateral, dot(across, lateral)));
  const reach = norm(flat);
  if (reach < MIN_MM || flat[1] <= 0) throw noBrim('symphysis and sacro-iliac joint do not lie one behind the other');
  const backward = scale(flat, 1 / reach);
  const upright = cross(lateral, backward);
  const upward = upright[2] < 0 ? scale(upright, -1) : upright;

  const bins = Math.floor(reach / STEP_MM) + 1;
  const best = new Int32Array(bins).fill(-1);
  const score = new Float64Array(bins).fill(-Infinity);
  for (let i = 0; i < out.length; i++) {
    const q = sub(at(3 * i), start);
    const bin = Math.round(dot(q, backward) / STEP_MM);
    const up = dot(q, upward);
    if (bin < 0 || bin >= bins || Math.abs(up) > BAND_MM) continue;
    const s = UP * up - out[i];
    if (s > score[bin]) {
      score[bin] = s;
      best[bin] = i;
    }
  }
  const found = [...best].filter((i) => i >= 0).map((i) => at(3 * i));
  if (found.length < 0.8 * bins) throw noBrim('the bone has holes along its brim');
  const points = evenly(onto(hip, smoothed(found)), STEP_MM);
  return { points, lengthMm: STEP_MM * (points.length - 1), lateral, backward, upward };
}

/** No pelvis of anybody who can break it is smaller. */
const MIN_MM = 40;

const noBrim = (reason: string): OsteonError =>
  new OsteonError('measure.no-brim', { reason }, 'Draw the plate and place the screws in the case');

/** The index with the greatest value, −1 where all are −Infinity. */
function extreme(n: number, value: (i: number) => number): number {
  let at = -1;
  let most = -Infinity;
  for (let i = 0; i < n; i++) {
    const v = value(i);
    if (v > most) {
      most = v;
      at = i;
    }
  }
  return at;
}

/** Each point the mean of itself and up to three on either side. */
function smoothed(points: readonly Vec3[]): Vec3[] {
  return points.map((_, i) => {
    const reach = Math.min(3, i, points.length - 1 - i);
    const part = points.slice(i - reach, i + reach + 1);
    return scale(
      part.reduce((s, q) => add(s, q), [0, 0, 0] as Vec3),
      1 / part.length,
    );
  });
}

function onto(mesh: Mesh, points: readonly Vec3[]): Vec3[] {
  const bvh = buildBvh(mesh);
  return points.map((q) => {
    const on = closestPoint(bvh, ...q);
    return on ? [on.x, on.y, on.z] : q;
  });
}

/** Points of a polyline, `stepMm` apart along it. */
function evenly(points: readonly Vec3[], stepMm: number): Vec3[] {
  const out: Vec3[] = [points[0]];
  let carried = 0;
  for (let i = 1; i < points.length; i++) {
    const d = sub(points[i], points[i - 1]);
    const long = norm(d);
    for (let s = stepMm - carried; s <= long; s += stepMm) out.push(add(points[i - 1], scale(d, s / long)));
    carried = (carried + long) % stepMm;
  }
  return out;
}
