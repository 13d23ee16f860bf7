import type { Vec3 } from '../../base/index.ts';
import { add, distance, dot, scale, sub, unit } from '../../math/index.ts';
import type { CorridorWish, JointSphere, PelvicBrim, Zone } from '../../measure/index.ts';
import { type Bvh, closestPoint } from '../../mesh/index.ts';

/** A place where a screw is usual, and where it is to go. */
export interface UsualZone extends CorridorWish {
  /** `brim`: through a plate on the terminal line; `column`: from there down into the ischium; `wall`: through the quadrilateral surface into the posterior column. */
  readonly kind: 'brim' | 'column' | 'wall';
  readonly alongMm: number;
}

/** Where plate and screws stand from the brim itself, up and out on the bone, mm: half the width of a plate. */
const UP_MM = 5;
/** Candidates along the brim, mm apart. */
const EVERY_MM = 9;
/** Candidates on the quadrilateral surface: along the brim, and below it, mm. */
const WALL_EVERY_MM = 7;
const WALL_BELOW_MM = [22, 30, 38, 46, 54];
/** Keeps off symphysis and sacro-iliac joint, mm. */
const ENDS_MM = 8;
const ZONE_MM = 3;
/** The quadrilateral surface looks at the other side of the pelvis within 45°. */
const INWARD = Math.SQRT1_2;

/** The line a plate of the pelvic brim follows: on the bone, beside the brim, towards the iliac fossa. */
export function brimLine(bone: Bvh, { points, lateral, upward }: PelvicBrim): Vec3[] {
  const aside = unit(add(scale(lateral, 0.85), scale(upward, 0.53)));
  return points.map((p) => onBone(bone, add(p, scale(aside, UP_MM))));
}

/**
 * Where screws are usual when a fracture of both columns is fixed from the front: along the brim into ilium and pubis, from
 * the brim down into the ischium, and through the back of the quadrilateral surface. More places than screws: the corridors
 * decide.
 *
 * @param bone outer surface of the reduced hip bone
 * @source Letournel and Judet, Fractures of the acetabulum, 1993, ilio-inguinal fixation; infra-acetabular and posterior
 * column screws as in J Pers Med 2021;11:763. Distances are this program's own
 */
export function usualZones(bone: Bvh, brim: PelvicBrim, joint: JointSphere): UsualZone[] {
  const line = brimLine(bone, brim);
  const step = brim.lengthMm / (line.length - 1);
  const zones: UsualZone[] = [];
  const ischium = ischiumZone(bone, joint, brim);
  let turn = 0;
  for (let s = ENDS_MM; s <= brim.lengthMm - ENDS_MM; s += EVERY_MM) {
    const entry: Zone = { pointMm: line[Math.round(s / step)], radiusMm: ZONE_MM };
    zones.push({ kind: 'brim', alongMm: s, entry, coneDeg: 35 });
    // Behind the joint only: in front of it the way down is the joint itself.
    // Two by two to the front and to the back of the ischium, so that two of them find room side by side.
    if (ischium && dot(sub(entry.pointMm, joint.centreMm), brim.backward) > 0) {
      const aside = scale([0, 1, 0], (turn++ % 4 < 2 ? 0.5 : -0.5) * ischium.radiusMm);
      const target = { pointMm: add(ischium.pointMm, aside), radiusMm: 0.7 * ischium.radiusMm };
      zones.push({ kind: 'column', alongMm: s, entry, target });
    }
  }
  for (let s = 0.45 * brim.lengthMm; s <= 0.85 * brim.lengthMm; s += WALL_EVERY_MM)
    for (const below of WALL_BELOW_MM) {
      const under = add(brim.points[Math.round(s / step)], scale(brim.upward, -below));
      const entry: Zone = { pointMm: onBone(bone, under), radiusMm: ZONE_MM };
      // In the plane of the inlet the bone ends at the notch: what is nearest there is its rim, which no drill reaches from
      // the front.
      if (distance(entry.pointMm, under) < 12 && facing(bone, under, brim.lateral) < -INWARD)
        zones.push({ kind: 'wall', alongMm: s, entry, coneDeg: 35 });
    }
  return zones;
}

/** A screw this near to the line of the plate is one of it, mm: half a plate and what a hole may stand aside. */
const BESIDE_MM = 10;
/** The quadrilateral surface, down to the notch, lies this near to the upright plane through the brim; the outer side does not, mm. */
const ASIDE_MM = 12;

/**
 * Where an entry lies for a plate of the brim: on its line, on the quadrilateral surface below it, or somewhere else.
 * @param line `brimLine` of the same bone
 * @cost one pass over the line
 */
export function zoneKind(
  { points, lateral, upward }: PelvicBrim,
  line: readonly Vec3[],
  entryMm: Vec3,
): 'brim' | 'wall' | undefined {
  const near = (list: readonly Vec3[]) => list.reduce((a, b) => (distance(b, entryMm) < distance(a, entryMm) ? b : a));
  if (distance(near(line), entryMm) < BESIDE_MM) return 'brim';
  const above = sub(near(points), entryMm);
  const below = dot(above, upward);
  const isBelow = below > 0 && below < WALL_BELOW_MM[WALL_BELOW_MM.length - 1] + ZONE_MM;
  return isBelow && Math.abs(dot(above, lateral)) < ASIDE_MM ? 'wall' : undefined;
}

/** Middle of the ischium: bone behind and below the joint. */
function ischiumZone(bone: Bvh, { centreMm, radiusMm }: JointSphere, { lateral }: PelvicBrim): Zone | undefined {
  const down = unit(sub([0, 0, -1], scale(lateral, -lateral[2])));
  const { positions: p } = bone.mesh;
  let sum: Vec3 = [0, 0, 0];
  let n = 0;
  for (let i = 0; i < p.length; i += 3) {
    const q: Vec3 = [p[i] - centreMm[0], p[i + 1] - centreMm[1], p[i + 2] - centreMm[2]];
    const below = dot(q, down) / radiusMm;
    if (below < 1.2 || below > 2.4 || q[1] < 0) continue;
    sum = add(sum, [p[i], p[i + 1], p[i + 2]]);
    n++;
  }
  return n > 0 ? { pointMm: scale(sum, 1 / n), radiusMm: radiusMm / 2 } : undefined;
}

/** Cosine between a direction and the outward normal of the bone next to a point. */
function facing(bone: Bvh, p: Vec3, direction: Vec3): number {
  const at = closestPoint(bone, ...p);
  if (!at) return 0;
  const [x, y, z] = bone.faceNormals.subarray(3 * at.triangle, 3 * at.triangle + 3);
  return dot([x, y, z], direction);
}

function onBone(bone: Bvh, p: Vec3): Vec3 {
  const found = closestPoint(bone, ...p);
  return found ? [found.x, found.y, found.z] : p;
}
