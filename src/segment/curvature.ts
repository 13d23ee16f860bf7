import type { Block } from './block.ts';

/** Largest second derivative of a field at a voxel, over all directions, per mm². At the rim of the block a neighbour outside counts as equal. */
export function largestCurvature(g: Float32Array, i: number, { nx, ny, nz, spacing }: Block): number {
  const slice = nx * ny;
  const x = i % nx;
  const y = ((i % slice) - x) / nx;
  const z = (i - (i % slice)) / slice;
  const [ix, iy, iz] = [1 / spacing[0], 1 / spacing[1], 1 / spacing[2]];
  const l = x > 0 ? 1 : 0;
  const r = x + 1 < nx ? 1 : 0;
  const d = y > 0 ? nx : 0;
  const u = y + 1 < ny ? nx : 0;
  const b = z > 0 ? slice : 0;
  const t = z + 1 < nz ? slice : 0;
  const c = 2 * g[i];
  const xx = (g[i - l] + g[i + r] - c) * ix * ix;
  const yy = (g[i - d] + g[i + u] - c) * iy * iy;
  const zz = (g[i - b] + g[i + t] - c) * iz * iz;
  const xy = 0.25 * ix * iy * (g[i + r + u] - g[i + r - d] - g[i - l + u] + g[i - l - d]);
  const xz = 0.25 * ix * iz * (g[i + r + t] - g[i + r - b] - g[i - l + t] + g[i - l - b]);
  const yz = 0.25 * iy * iz * (g[i + u + t] - g[i + u - b] - g[i - d + t] + g[i - d - b]);
  return largestRoot(xx, yy, zz, xy, xz, yz);
}

/**
 * Outer eigenvalues of a symmetric 3×3 matrix, by Newton steps on the characteristic polynomial from outside all roots,
 * where they cannot overshoot. Only + − × ÷ and square roots, so equal bits everywhere.
 */
export function largestRoot(a: number, b: number, c: number, d: number, e: number, f: number): number {
  const c2 = a + b + c;
  const c1 = a * b + a * c + b * c - d * d - e * e - f * f;
  const c0 = a * b * c + 2 * d * e * f - a * f * f - b * e * e - c * d * d;
  return rootFrom(Math.sqrt(a * a + b * b + c * c + 2 * (d * d + e * e + f * f)), c2, c1, c0);
}

export const smallestRoot = (a: number, b: number, c: number, d: number, e: number, f: number): number =>
  -largestRoot(-a, -b, -c, -d, -e, -f);

function rootFrom(start: number, c2: number, c1: number, c0: number): number {
  let x = start;
  for (let k = 0; k < 8; k++) {
    const p = ((x - c2) * x + c1) * x - c0;
    const q = (3 * x - 2 * c2) * x + c1;
    if (q === 0) break;
    const step = p / q;
    x -= step;
    if (Math.abs(step) < 1e-3 * Math.abs(x)) break;
  }
  return x;
}
