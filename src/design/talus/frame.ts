import type { Side, Vec3 } from '../../base/index.ts';
import { cross, dot, scale, sub, unit } from '../../math/index.ts';
import { dimensions, extentMm } from '../../measure/index.ts';
import { centroid, type Mesh } from '../../mesh/index.ts';

/** Anatomical axes of a talus, unit vectors in LPS. */
export interface TalusFrame {
  /** Centroid of the solid. */
  readonly origin: Vec3;
  /** Along the bone's own long axis, towards the navicular. */
  readonly anterior: Vec3;
  /** Towards the dome: along the shank, square to `anterior`. */
  readonly superior: Vec3;
  /** Towards the fibula's side of the body. */
  readonly lateral: Vec3;
}

export interface TalusSize {
  /** Extent along `anterior`, `lateral` and `superior`, mm. */
  readonly lengthMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

/**
 * The frame of a talus from its shape and its neighbours: the long axis is the principal axis of the solid nearest to the
 * direction of the navicular, the dome looks up the shank, lateral follows from the side of the body.
 * @requires a closed talus
 */
export function talusFrame(talus: Mesh, navicular: Mesh, shankAxis: Vec3, side: Side): TalusFrame {
  const { centroid: origin, axes } = dimensions(talus);
  const ahead = unit(sub(centroid(navicular), origin));
  const long = axes.reduce((best, a) => (Math.abs(dot(a, ahead)) > Math.abs(dot(best, ahead)) ? a : best));
  const anterior = dot(long, ahead) < 0 ? scale(long, -1) : long;
  const superior = unit(sub(shankAxis, scale(anterior, dot(shankAxis, anterior))));
  const left = cross(superior, anterior);
  return { origin, anterior, superior, lateral: side === 'left' ? left : scale(left, -1) };
}

export const talusSize = (mesh: Mesh, frame: TalusFrame): TalusSize => ({
  lengthMm: extentMm(mesh, frame.anterior),
  widthMm: extentMm(mesh, frame.lateral),
  heightMm: extentMm(mesh, frame.superior),
});
