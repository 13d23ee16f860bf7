import { OsteonError, type Vec3 } from '../../base/index.ts';
import { cross, norm, sub, unit } from '../../math/index.ts';
import { facingRegion } from '../../measure/index.ts';
import { type Bvh, centroid, type Mesh, triangleCount } from '../../mesh/index.ts';

/** The line along which a shank bears load: from the middle of the ankle joint up the tibia. */
export interface Shank {
  /** Middle of the tibia's joint surface with the talus, LPS mm. */
  readonly jointCentre: Vec3;
  /** Unit, upward. */
  readonly axis: Vec3;
}

/**
 * Direction from the joint's centre to the centre of gravity of what was scanned of the tibia. On a foot scan this follows
 * the line from ankle to knee to a few degrees, better than the principal axis of the piece, which malleolus and flare pull
 * aside, and it does not depend on how the piece was cut off.
 */
export const shankAxis = (tibia: Mesh, jointCentre: Vec3): Vec3 => unit(sub(centroid(tibia), jointCentre));

/** Area-weighted middle of the tibia's surface that faces the talus: roof and malleolus. @throws register.no-overlap */
export function ankleCentre(tibia: Mesh, talus: Bvh): Vec3 {
  const { positions: p, triangles: t } = tibia;
  const facing = facingRegion(tibia, [talus]);
  let total = 0;
  const sum: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < triangleCount(tibia); i++) {
    if (!facing[i]) continue;
    const [a, b, c] = [0, 1, 2].map((k): Vec3 => {
      const v = 3 * t[3 * i + k];
      return [p[v], p[v + 1], p[v + 2]];
    });
    const area = norm(cross(sub(b, a), sub(c, a)));
    total += area;
    for (let k = 0; k < 3; k++) sum[k] += (area * (a[k] + b[k] + c[k])) / 3;
  }
  if (!(total > 0)) throw new OsteonError('register.no-overlap', {}, 'The tibia does not face the talus.');
  return [sum[0] / total, sum[1] / total, sum[2] / total];
}
