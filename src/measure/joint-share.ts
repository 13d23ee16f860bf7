import type { Vec3 } from '../base/index.ts';
import { dot, unit } from '../math/index.ts';
import { type Bvh, castRay } from '../mesh/index.ts';

export interface JointShare {
  /** What each piece takes of a joint force of 1, in the order given; the parts along the force add up to 1. */
  readonly shares: readonly Vec3[];
  /** Part of the half sphere before the force that is bone. */
  readonly covered: number;
}

/** Directions over the whole sphere: a share to a hundredth. */
const DIRECTIONS = 4000;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

/**
 * How pieces of a joint share the force of a ball in it. Pressure falls with the cosine of the angle to the force, and is
 * where a ray from the middle meets bone within `reachMm`.
 * @requires a unit direction: that in which the ball presses
 * @source a stiff ball sinks into an even lining by the cosine of the angle, and the lining presses back by that
 * @cost 2000 rays a piece
 */
export function jointShares(pieces: readonly Bvh[], centre: Vec3, reachMm: number, direction: Vec3): JointShare {
  const way = unit(direction);
  const sums = pieces.map(() => [0, 0, 0]);
  let along = 0;
  let asked = 0;
  let met = 0;
  for (let i = 0; i < DIRECTIONS; i++) {
    const z = 1 - (2 * i + 1) / DIRECTIONS;
    const r = Math.sqrt(1 - z * z);
    const ray: Vec3 = [r * Math.cos(i * GOLDEN), r * Math.sin(i * GOLDEN), z];
    const c = dot(ray, way);
    if (c <= 0) continue;
    asked++;
    let nearest = -1;
    let limit = reachMm;
    for (const [k, piece] of pieces.entries()) {
      const hit = castRay(piece, centre, ray, limit);
      if (!hit || hit.distanceMm >= limit) continue;
      limit = hit.distanceMm;
      nearest = k;
    }
    if (nearest < 0) continue;
    met++;
    along += c * c;
    for (let k = 0; k < 3; k++) sums[nearest][k] += c * ray[k];
  }
  const shares = sums.map(([x, y, z]): Vec3 => (along > 0 ? [x / along, y / along, z / along] : [0, 0, 0]));
  return { shares, covered: met / asked };
}
