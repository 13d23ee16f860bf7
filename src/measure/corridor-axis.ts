import type { Vec3 } from '../base/index.ts';
import { type Bvh, castRay, closestPoint } from '../mesh/index.ts';

/** A joint that no screw may enter, as a sphere. LPS mm. */
export interface JointSphere {
  readonly centreMm: Vec3;
  readonly radiusMm: number;
}

export interface AxisOptions {
  /** Half the outer thread diameter, mm. */
  readonly radiusMm: number;
  /** A screw goes no deeper than this, mm. */
  readonly maxLengthMm: number;
  /** Bone that stays between thread and joint, mm. */
  readonly jointMarginMm: number;
  /** Length at either end where the axis passes through cortex and clearance is not asked for, mm; 0.3 of a short one. */
  readonly endMm: number;
}

export const AXIS_DEFAULTS: AxisOptions = {
  radiusMm: 1.75, // 3.5 mm screws
  maxLengthMm: 150, // the longest in the library
  jointMarginMm: 2, // subchondral bone; the fitted sphere lies within a millimetre of it
  endMm: 8, // more than the half width of any corridor of the pelvis
};

/** What ends a screw: the far wall of the bone, the joint it must not enter, or the longest screw there is. */
export type AxisEnd = 'far-cortex' | 'joint' | 'length';

/** One axis in bone. */
export interface Axis {
  /** On the surface. */
  readonly entryMm: Vec3;
  /** Unit, into bone. */
  readonly direction: Vec3;
  /** From the entry to what ends it, mm. */
  readonly lengthMm: number;
  readonly end: AxisEnd;
  /** From the axis to cortex, both ends left out, mm. */
  readonly cortexMm: number;
  /** From the axis, whole, to the surface of the joint, mm; Infinity without one. */
  readonly jointMm: number;
}

/** Steps of the clearance along the axis are no smaller than this, mm. */
const STEP_MM = 0.25;
/** The entry lies on a surface: the ray starts this far inside. */
const INSIDE_MM = 0.02;

/**
 * An axis through bone: how long it is and how far it stays from cortex and joint. Nothing where it does not go into
 * bone, or leaves it through an opening of the surface.
 *
 * @param worthMm  clearance below which, at that length, the caller has no use for the axis: the search then stops early and
 *                 gives some clearance below that
 * @param cortex   tree of the bone's outer surface; fracture faces left out (`cortexOf`), so that gaps do not end a screw
 * @param entryMm  on the surface; @param direction unit
 * @accuracy length exact; clearance no more than 0.03 mm too great where cortex curves as it does round a 5 mm corridor
 * @cost one ray and ten to thirty nearest points, 100 µs on 200 000 triangles
 */
export function measureAxis(
  cortex: Bvh,
  entryMm: Vec3,
  direction: Vec3,
  joint: JointSphere | undefined,
  options: AxisOptions,
  worthMm: (lengthMm: number) => number = () => -Infinity,
): Axis | null {
  const [dx, dy, dz] = direction;
  const [x, y, z] = entryMm;
  const start: Vec3 = [x + INSIDE_MM * dx, y + INSIDE_MM * dy, z + INSIDE_MM * dz];
  const hit = castRay(cortex, start, direction);
  if (!hit?.leaving) return null;
  let lengthMm = hit.distanceMm + INSIDE_MM;
  let end: AxisEnd = 'far-cortex';
  if (lengthMm > options.maxLengthMm) {
    lengthMm = options.maxLengthMm;
    end = 'length';
  }
  if (joint) {
    const reached = reachesSphere(entryMm, direction, joint, options.radiusMm + options.jointMarginMm);
    if (reached < lengthMm) {
      lengthMm = reached;
      end = 'joint';
    }
  }
  if (lengthMm <= 0) return null;
  const skip = Math.min(options.endMm, 0.3 * lengthMm);
  const cortexMm = axisClearance(cortex, entryMm, direction, skip, lengthMm - skip, worthMm(lengthMm));
  const jointMm = joint ? segmentToPoint(entryMm, direction, lengthMm, joint.centreMm) - joint.radiusMm : Infinity;
  return { entryMm, direction, lengthMm, end, cortexMm, jointMm };
}

/** How deep an axis comes before it is `withinMm` from the sphere; Infinity where it never does, 0 where it begins there. */
function reachesSphere(entry: Vec3, d: Vec3, { centreMm: c, radiusMm }: JointSphere, withinMm: number): number {
  const [x, y, z] = [c[0] - entry[0], c[1] - entry[1], c[2] - entry[2]];
  const along = x * d[0] + y * d[1] + z * d[2];
  const apart2 = x * x + y * y + z * z - along * along;
  const r = radiusMm + withinMm;
  if (apart2 >= r * r) return Infinity;
  const half = Math.sqrt(r * r - apart2);
  return along + half <= 0 ? Infinity : Math.max(0, along - half);
}

/** From a segment (start, unit direction, length) to a point, mm. */
export function segmentToPoint(start: Vec3, d: Vec3, lengthMm: number, p: Vec3): number {
  const [x, y, z] = [p[0] - start[0], p[1] - start[1], p[2] - start[2]];
  const s = Math.min(lengthMm, Math.max(0, x * d[0] + y * d[1] + z * d[2]));
  const [u, v, w] = [x - s * d[0], y - s * d[1], z - s * d[2]];
  return Math.sqrt(u * u + v * v + w * w);
}

/**
 * The least distance from the part of an axis to a surface. Distance changes by no more than the way gone, so long steps
 * are safe where the surface is far.
 * @param enoughToKnowMm the search ends at the first distance below this
 */
export function axisClearance(
  surface: Bvh,
  entry: Vec3,
  d: Vec3,
  fromMm: number,
  toMm: number,
  enoughToKnowMm = -Infinity,
): number {
  let least = Infinity;
  let s = fromMm;
  for (;;) {
    const found = closestPoint(surface, entry[0] + s * d[0], entry[1] + s * d[1], entry[2] + s * d[2]);
    if (!found) return Infinity;
    if (found.distanceMm < least) least = found.distanceMm;
    if (s >= toMm || least < enoughToKnowMm) return least;
    s = Math.min(toMm, s + Math.max(STEP_MM, found.distanceMm - least));
  }
}
