import type { Vec3 } from '../base/index.ts';
import { dot, eigenSymmetric } from '../math/index.ts';
import { centroid, type Mesh } from '../mesh/index.ts';

/** Size of a body along its own axes. */
export interface Dimensions {
  readonly centroid: Vec3;
  /** Principal axes of inertia of the solid, longest extent of mass first, right-handed. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
  /** Length of the body along each axis, mm. */
  readonly extentMm: Vec3;
}

/**
 * Centroid, principal axes and extents of a solid.
 * @requires a closed mesh with outward normals
 * @accuracy exact for the polyhedron
 * @source Second moments of tetrahedra to the centroid (Tonon 2004)
 */
export function dimensions(mesh: Mesh): Dimensions {
  const c = centroid(mesh);
  const { vectors } = eigenSymmetric(secondMoments(mesh, c), 3);
  const [u, v] = vectors as unknown as [Vec3, Vec3];
  const w: Vec3 = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  return { centroid: c, axes: [u, v, w], extentMm: [extentMm(mesh, u), extentMm(mesh, v), extentMm(mesh, w)] };
}

/** Length of the mesh along a unit direction, mm. */
export function extentMm({ positions: p }: Mesh, direction: Vec3): number {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < p.length; i += 3) {
    const s = dot([p[i], p[i + 1], p[i + 2]], direction);
    if (s < lo) lo = s;
    if (s > hi) hi = s;
  }
  return hi - lo;
}

/** ∫ x xᵀ dV about `c`, row-major 3×3, mm⁵: each triangle with `c` is a signed tetrahedron. */
function secondMoments({ positions: p, triangles: t }: Mesh, c: Vec3): number[] {
  const m = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < t.length; i += 3) {
    const q = [0, 1, 2].map((k) => [0, 1, 2].map((x) => p[3 * t[i + k] + x] - c[x]));
    const [a, b, d] = q;
    const six =
      a[0] * (b[1] * d[2] - b[2] * d[1]) + a[1] * (b[2] * d[0] - b[0] * d[2]) + a[2] * (b[0] * d[1] - b[1] * d[0]);
    for (let r = 0; r < 3; r++)
      for (let s = 0; s < 3; s++) {
        const sr = a[r] + b[r] + d[r];
        const ss = a[s] + b[s] + d[s];
        m[3 * r + s] += (six / 120) * (sr * ss + a[r] * a[s] + b[r] * b[s] + d[r] * d[s]);
      }
  }
  return m;
}
