import type { Vec3 } from '../../base/index.ts';
import { add, cross, distance, dot, scale, sub, unit } from '../../math/index.ts';
import { type ArmCurve, footOf, type Ground, type PlateHole } from '../plate/index.ts';

/** An extension of a guide that lies on bone, and the place at its end for a wire. */
export interface Leg {
  readonly curve: ArmCurve;
  readonly endMm: Vec3;
  readonly endNormal: Vec3;
}

export interface LegWish {
  readonly count: number;
  readonly lengthMm: number;
  readonly widthMm: number;
  /** From the middle line of an arm to the outside of the guide beyond its own half width. */
  readonly besideMm: number;
  readonly removal: Vec3;
  readonly thicknessMm: number;
  /** Wires go this deep and keep this far from screws. */
  readonly wireMm: number;
  readonly joint?: { readonly centreMm: Vec3; readonly radiusMm: number };
}

/** Bone under an extension must look this much along the way off (cosine), or the extension would be cut away. */
const FACING = 0.4;
/** The bone may turn by this much under an extension (cosine). */
const TURN = 0.6;
/** Points of an extension may be moved this far to lie on bone; farther means that the bone ends there. */
const SNAP_MM = 2.5;
const WIRE_DEPTH_MM = 35;
const WIRE_APART_MM = 3;
/** Stations along an arm where an extension may begin, in points of the curve. */
const EVERY = 3;

/**
 * Extensions spread as far from each other as they can be: sideways from the arms and past their free ends, where there is
 * bone that looks the way the guide comes off, no other arm, and room for a wire beside screws and joint.
 */
export function placeLegs(
  arms: readonly ArmCurve[],
  holes: readonly PlateHole[],
  lengths: readonly number[],
  ground: Ground,
  w: LegWish,
): Leg[] {
  const found = candidates(arms, ground, w).filter((leg) => wireIsFree(leg, holes, lengths, w));
  const chosen: Leg[] = [];
  const middle = scale(
    found.reduce((s, l) => add(s, l.endMm), [0, 0, 0] as Vec3),
    1 / Math.max(1, found.length),
  );
  while (chosen.length < w.count) {
    let best: Leg | null = null;
    let most = 0;
    for (const leg of found) {
      const apart = chosen.length
        ? Math.min(...chosen.map((c) => distance(c.endMm, leg.endMm)))
        : distance(middle, leg.endMm);
      const score = apart * (0.6 + 0.4 * dot(leg.endNormal, w.removal));
      if (apart > 1.5 * w.widthMm && score > most) {
        most = score;
        best = leg;
      }
    }
    if (!best) break;
    chosen.push(best);
  }
  return chosen;
}

function candidates(arms: readonly ArmCurve[], ground: Ground, w: LegWish): Leg[] {
  const out: Leg[] = [];
  for (const arm of arms) {
    const n = arm.points.length / 3;
    const at = (a: Float64Array, i: number): Vec3 => [a[3 * i], a[3 * i + 1], a[3 * i + 2]];
    for (let i = 0; i < n; i += EVERY) {
      const [p, normal] = [at(arm.points, i), at(arm.normals, i)];
      const along = unit(sub(at(arm.points, Math.min(n - 1, i + 2)), at(arm.points, Math.max(0, i - 2))));
      const side = unit(cross(along, normal));
      const ways = [side, scale(side, -1), ...(i === 0 ? [scale(along, -1)] : []), ...(i + EVERY >= n ? [along] : [])];
      for (const way of ways) {
        const leg = legFrom(p, normal, way, arm, arms, ground, w);
        if (leg) out.push(leg);
      }
    }
  }
  return out;
}

function legFrom(
  p: Vec3,
  normal: Vec3,
  way: Vec3,
  arm: ArmCurve,
  arms: readonly ArmCurve[],
  ground: Ground,
  w: LegWish,
): Leg | null {
  const length = arm.widthMm / 2 + w.besideMm + w.lengthMm;
  const steps = Math.ceil(length / 1.5);
  const points: number[] = [];
  const normals: number[] = [];
  let at = p;
  let heading = way;
  let last = normal;
  for (let k = 0; k <= steps; k++) {
    const foot = footOf(ground, at);
    if (Math.abs(foot.heightMm) > SNAP_MM || dot(foot.normal, last) < TURN || dot(foot.normal, normal) < TURN)
      return null;
    if (dot(foot.normal, w.removal) < FACING) return null;
    points.push(...foot.at);
    normals.push(...foot.normal);
    last = foot.normal;
    // Straight on over the surface.
    heading = unit(sub(heading, scale(foot.normal, dot(heading, foot.normal))));
    at = add(foot.at, scale(heading, length / steps));
  }
  const endMm: Vec3 = [points[points.length - 3], points[points.length - 2], points[points.length - 1]];
  if (arms.some((a) => nearCurve(endMm, a) < a.widthMm / 2 + w.besideMm + w.widthMm / 2)) return null;
  if (w.joint && distance(endMm, w.joint.centreMm) < w.joint.radiusMm) return null;
  return {
    curve: {
      id: `extension of ${arm.id}`,
      points: Float64Array.from(points),
      normals: Float64Array.from(normals),
      widthMm: w.widthMm,
      thicknessMm: w.thicknessMm,
      lengthMm: length,
    },
    endMm,
    endNormal: last,
  };
}

function nearCurve(q: Vec3, { points: p }: ArmCurve): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < p.length; i += 3)
    least = Math.min(least, Math.hypot(p[i] - q[0], p[i + 1] - q[1], p[i + 2] - q[2]));
  return least;
}

/** A wire straight into the bone at the end meets neither a screw nor the joint. */
function wireIsFree(
  { endMm, endNormal }: Leg,
  holes: readonly PlateHole[],
  lengths: readonly number[],
  w: LegWish,
): boolean {
  for (let d = -10; d <= WIRE_DEPTH_MM; d += 1) {
    const p = sub(endMm, scale(endNormal, d));
    if (w.joint && distance(p, w.joint.centreMm) < w.joint.radiusMm + 2) return false;
    for (const [i, h] of holes.entries()) {
      const v = sub(p, h.entryMm);
      const along = Math.min(20, Math.max(-lengths[i], dot(v, h.outward)));
      const away = distance(v, scale(h.outward, along));
      if (away < h.seatDiameterMm / 2 + w.wireMm / 2 + WIRE_APART_MM) return false;
    }
  }
  return true;
}
