import type { Vec3 } from '../base/index.ts';

/**
 * Eigenvalues (descending) and unit eigenvectors of a symmetric n×n matrix, row-major, by cyclic Jacobi rotations.
 * Row i of `vectors` belongs to `values[i]`; its largest component is positive, so the sign is reproducible.
 * @cost O(n³) a sweep, about six sweeps; meant for n ≤ 12
 * @accuracy about 1e-15 of the largest value
 */
export function eigenSymmetric(matrix: readonly number[], n: number): { values: number[]; vectors: number[][] } {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    let on = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        if (i === j) on += a[i * n + i] * a[i * n + i];
        else off += a[i * n + j] * a[i * n + j];
    if (off <= 1e-32 * on) break;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q];
        if (apq === 0) continue;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const x = a[k * n + p];
          const y = a[k * n + q];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const x = a[p * n + k];
          const y = a[q * n + k];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
          const vx = v[p * n + k];
          const vy = v[q * n + k];
          v[p * n + k] = c * vx - s * vy;
          v[q * n + k] = s * vx + c * vy;
        }
      }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j] - a[i * n + i] || i - j);
  return {
    values: order.map((i) => a[i * n + i]),
    vectors: order.map((i) => {
      const row = Array.from(v.subarray(i * n, i * n + n));
      const big = row.reduce((m, x) => (Math.abs(x) > Math.abs(m) ? x : m), 0);
      return big < 0 ? row.map((x) => -x) : row;
    }),
  };
}

/** Centroid, and principal axes (longest first, right-handed) with the standard deviation along each, mm. */
export interface PrincipalAxes {
  readonly centre: Vec3;
  readonly axes: readonly [Vec3, Vec3, Vec3];
  readonly sdMm: Vec3;
}

/** Principal axes of a flat xyz array of points, all with equal weight. @cost O(n) */
export function principalAxes(points: ArrayLike<number>): PrincipalAxes {
  const n = points.length / 3;
  const c = [0, 0, 0];
  for (let i = 0; i < points.length; i += 3) for (let k = 0; k < 3; k++) c[k] += points[i + k];
  for (let k = 0; k < 3; k++) c[k] /= n;
  const s = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < points.length; i += 3)
    for (let r = 0; r < 3; r++)
      for (let k = 0; k < 3; k++) s[3 * r + k] += (points[i + r] - c[r]) * (points[i + k] - c[k]);
  const { values, vectors } = eigenSymmetric(
    s.map((x) => x / n),
    3,
  );
  const [u, v] = vectors as unknown as [Vec3, Vec3];
  const w: Vec3 = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const sd = values.map((x) => Math.sqrt(Math.max(0, x)));
  return { centre: [c[0], c[1], c[2]], axes: [u, v, w], sdMm: [sd[0], sd[1], sd[2]] };
}
