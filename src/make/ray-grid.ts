import type { Mesh } from '../mesh/index.ts';

/** Vertical lines on a square grid over a body, and every face that each of them meets. */
export interface RayGrid {
  readonly x0: number;
  readonly y0: number;
  readonly stepMm: number;
  readonly nx: number;
  readonly ny: number;
  /** Hits of line (i, j) are those from `start[j · nx + i]` to the next, from below. */
  readonly start: Uint32Array;
  /** Height of every hit, mm. */
  readonly z: Float64Array;
  /** Triangle of every hit. */
  readonly triangle: Uint32Array;
}

/**
 * A point on an edge belongs to exactly one of its triangles, so a closed body is entered and left equally often.
 * @param mesh in plate coordinates
 * @cost O(triangles + hits)
 */
export function rayGrid({ positions: p, triangles: t }: Mesh, stepMm: number): RayGrid {
  let lowX = Number.POSITIVE_INFINITY;
  let lowY = Number.POSITIVE_INFINITY;
  let highX = Number.NEGATIVE_INFINITY;
  let highY = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < p.length; i += 3) {
    lowX = Math.min(lowX, p[i]);
    highX = Math.max(highX, p[i]);
    lowY = Math.min(lowY, p[i + 1]);
    highY = Math.max(highY, p[i + 1]);
  }
  const nx = Math.max(1, Math.floor((highX - lowX) / stepMm) + 1);
  const ny = Math.max(1, Math.floor((highY - lowY) / stepMm) + 1);
  const x0 = (lowX + highX - (nx - 1) * stepMm) / 2;
  const y0 = (lowY + highY - (ny - 1) * stepMm) / 2;
  const start = new Uint32Array(nx * ny + 1);
  const visit = (each: (cell: number, triangle: number) => void): void => {
    for (let h = 0; h < t.length; h += 3) {
      const a = 3 * t[h];
      const b = 3 * t[h + 1];
      const c = 3 * t[h + 2];
      const i0 = Math.max(0, Math.ceil((Math.min(p[a], p[b], p[c]) - x0) / stepMm - 1e-9));
      const i1 = Math.min(nx - 1, Math.floor((Math.max(p[a], p[b], p[c]) - x0) / stepMm + 1e-9));
      const j0 = Math.max(0, Math.ceil((Math.min(p[a + 1], p[b + 1], p[c + 1]) - y0) / stepMm - 1e-9));
      const j1 = Math.min(ny - 1, Math.floor((Math.max(p[a + 1], p[b + 1], p[c + 1]) - y0) / stepMm + 1e-9));
      for (let j = j0; j <= j1; j++)
        for (let i = i0; i <= i1; i++) {
          const x = x0 + i * stepMm;
          const y = y0 + j * stepMm;
          const odd = rightOf(p, a, b, x, y) !== (rightOf(p, b, c, x, y) !== rightOf(p, c, a, x, y));
          if (odd) each(j * nx + i, h / 3);
        }
    }
  };
  visit((cell) => {
    start[cell + 1]++;
  });
  for (let i = 0; i < nx * ny; i++) start[i + 1] += start[i];
  const fill = start.slice(0, nx * ny);
  const z = new Float64Array(start[nx * ny]);
  const triangle = new Uint32Array(start[nx * ny]);
  visit((cell, hit) => {
    const x = x0 + (cell % nx) * stepMm;
    const y = y0 + Math.floor(cell / nx) * stepMm;
    const height = heightAt(p, t, hit, x, y);
    let k = fill[cell]++;
    while (k > start[cell] && z[k - 1] > height) {
      z[k] = z[k - 1];
      triangle[k] = triangle[k - 1];
      k--;
    }
    z[k] = height;
    triangle[k] = hit;
  });
  return { x0, y0, stepMm, nx, ny, start, z, triangle };
}

/** Does the edge pass the point on its right, at the point's y? The same answer whichever way the edge is given. */
function rightOf(p: Float64Array, a: number, b: number, x: number, y: number): boolean {
  if (p[a + 1] <= y === p[b + 1] <= y) return false;
  const lo = a < b ? a : b;
  const hi = a < b ? b : a;
  return p[lo] + ((y - p[lo + 1]) / (p[hi + 1] - p[lo + 1])) * (p[hi] - p[lo]) > x;
}

/** Height of a triangle's plane over a point inside it. */
function heightAt(p: Float64Array, t: Uint32Array, triangle: number, x: number, y: number): number {
  const a = 3 * t[3 * triangle];
  const b = 3 * t[3 * triangle + 1];
  const c = 3 * t[3 * triangle + 2];
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const vx = p[c] - p[a];
  const vy = p[c + 1] - p[a + 1];
  const det = ux * vy - uy * vx;
  if (det === 0) return p[a + 2];
  const s = ((x - p[a]) * vy - (y - p[a + 1]) * vx) / det;
  const r = (ux * (y - p[a + 1]) - uy * (x - p[a])) / det;
  const z = p[a + 2] + s * (p[b + 2] - p[a + 2]) + r * (p[c + 2] - p[a + 2]);
  const lo = Math.min(p[a + 2], p[b + 2], p[c + 2]);
  const hi = Math.max(p[a + 2], p[b + 2], p[c + 2]);
  return Math.min(hi, Math.max(lo, z));
}
