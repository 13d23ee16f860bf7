import type { Vec3 } from '../../base/index.ts';
import { frameAbout } from '../../math/index.ts';
import type { Mesh } from '../../mesh/index.ts';

/** Sides of every round tool: a circle of 6 mm is kept within 3 µm. */
export const LATHE_SIDES = 72;

/** The first corner of every circle lies as far this way as it can. */
export const LATHE_REF: Vec3 = [0.36, 0.48, 0.8];

/**
 * A solid of revolution. `profile`: radius and height along the axis, rising, none of zero radius; flat discs close both
 * ends. Corners lie on the true circles.
 */
export function latheSolid(
  profile: readonly (readonly [radiusMm: number, zMm: number])[],
  base: Vec3,
  axis: Vec3,
  sides: number = LATHE_SIDES,
): Mesh {
  const [u, v, w] = frameAbout(axis, LATHE_REF);
  const n = profile.length;
  const points: number[] = [];
  const put = (x: number, y: number, z: number) => {
    for (let k = 0; k < 3; k++) points.push(base[k] + x * u[k] + y * v[k] + z * w[k]);
  };
  for (const [r, z] of profile)
    for (let i = 0; i < sides; i++) {
      const a = (2 * Math.PI * i) / sides;
      put(r * Math.cos(a), r * Math.sin(a), z);
    }
  put(0, 0, profile[0][1]);
  put(0, 0, profile[n - 1][1]);
  const triangles: number[] = [];
  for (let i = 0; i < sides; i++) {
    const j = (i + 1) % sides;
    triangles.push(n * sides, j, i, n * sides + 1, (n - 1) * sides + i, (n - 1) * sides + j);
    for (let k = 0; k + 1 < n; k++) {
      const a = k * sides;
      const b = a + sides;
      triangles.push(a + i, a + j, b + j, a + i, b + j, b + i);
    }
  }
  return { positions: Float64Array.from(points), triangles: Uint32Array.from(triangles) };
}
