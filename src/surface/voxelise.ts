import { type Job, NO_JOB } from '../base/index.ts';
import { applyAll } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { createVolume, type Grid, type Volume, voxelFromLps } from '../volume/index.ts';

export interface VoxeliseOptions {
  /** Rays per voxel side across the rows; coverage along the rows is exact. */
  readonly raysPerSide?: number;
  readonly job?: Job;
}
/** Three rays a side put the coverage error of a plane below 0.02 rms, less than scanner noise on any contrast in CT. */
export const VOXELISE_DEFAULTS = { raysPerSide: 3 };

/**
 * Share of every voxel that lies inside a closed mesh, 0 to 1. Rays run along the rows of the grid; what lies between
 * entering and leaving is added exactly, so the sum times the voxel volume is the volume of the part inside the grid
 * to the accuracy of a midpoint rule across the rows.
 * @requires closed mesh; where parts overlap, their shares add up and are cut at 1
 * @cost O(voxels + rays hitting triangles); memory is the result
 */
export function voxelise(mesh: Mesh, grid: Grid, options: VoxeliseOptions = {}): Volume<'fraction', Float32Array> {
  const { raysPerSide: n, job } = { ...VOXELISE_DEFAULTS, job: NO_JOB, ...options };
  const [nx, ny, nz] = grid.size;
  const p = applyAll(voxelFromLps(grid), mesh.positions);
  const out = new Float32Array(nx * ny * nz);
  const weight = 1 / (n * n);
  const { triangles: t } = mesh;
  for (let i = 0; i < t.length; i += 3) {
    if (i % 30000 === 0) job.at((0.8 * i) / t.length);
    // Ray (r, s) runs along x at y = (r + 0.5)/n − 0.5, z = (s + 0.5)/n − 0.5.
    forEachRay(p, t[i], t[i + 1], t[i + 2], n, ny * n, nz * n, (r, s, x, sign) => {
      const row = (Math.floor(s / n) * ny + Math.floor(r / n)) * nx;
      // Everything to the right of x changes sides: part of the voxel it is in, all of the ones after it.
      const at = x + 0.5;
      if (at >= nx) return;
      const voxel = at < 0 ? 0 : Math.floor(at);
      const part = at < 0 ? 1 : voxel + 1 - at;
      out[row + voxel] += sign * part * weight;
      if (voxel + 1 < nx) out[row + voxel + 1] += sign * (1 - part) * weight;
    });
  }
  for (let row = 0; row < ny * nz; row++) {
    if (row % 65536 === 0) job.at(0.8 + (0.2 * row) / (ny * nz));
    let sum = 0;
    for (let x = row * nx; x < row * nx + nx; x++) {
      sum += out[x];
      out[x] = sum < 1e-5 ? 0 : sum > 1 - 1e-5 ? 1 : sum;
    }
  }
  return createVolume(grid, 'fraction', out);
}

/** Vertices often lie at voxel centres; rays shifted by these never meet one. In ray distances, far below any accuracy. */
const OFF_Y = 1.234567e-6;
const OFF_Z = 2.345671e-6;

/**
 * Calls `hit` for each ray through a triangle: x of the crossing, and +1 where the ray enters the solid, −1 where it
 * leaves. A ray through a shared edge hits exactly one of the two triangles, because both decide on the same numbers.
 */
function forEachRay(
  p: Float64Array,
  a: number,
  b: number,
  c: number,
  n: number,
  rows: number,
  columns: number,
  hit: (r: number, s: number, x: number, sign: number) => void,
): void {
  const y0 = n / 2 - 0.5 + OFF_Y;
  const z0 = n / 2 - 0.5 + OFF_Z;
  const [ya, yb, yc] = [p[3 * a + 1] * n + y0, p[3 * b + 1] * n + y0, p[3 * c + 1] * n + y0];
  const [za, zb, zc] = [p[3 * a + 2] * n + z0, p[3 * b + 2] * n + z0, p[3 * c + 2] * n + z0];
  const area = (yb - ya) * (zc - za) - (yc - ya) * (zb - za);
  if (area === 0) return;
  const sign = area > 0 ? -1 : 1;
  const r1 = Math.min(rows - 1, Math.floor(Math.max(ya, yb, yc)));
  const s1 = Math.min(columns - 1, Math.floor(Math.max(za, zb, zc)));
  for (let s = Math.max(0, Math.ceil(Math.min(za, zb, zc))); s <= s1; s++)
    for (let r = Math.max(0, Math.ceil(Math.min(ya, yb, yc))); r <= r1; r++) {
      const wa = side(b, yb, zb, c, yc, zc, r, s);
      const wb = side(c, yc, zc, a, ya, za, r, s);
      const wc = side(a, ya, za, b, yb, zb, r, s);
      const inside = area > 0 ? wa.left && wb.left && wc.left : !wa.left && !wb.left && !wc.left;
      if (inside) hit(r, s, (wa.w * p[3 * a] + wb.w * p[3 * b] + wc.w * p[3 * c]) / area, sign);
    }
}

/** Twice the area of (from, to, ray), and on which side of the edge the ray is; the same bits for both directions. */
function side(i: number, yi: number, zi: number, j: number, yj: number, zj: number, r: number, s: number) {
  if (i < j) {
    const w = (yj - yi) * (s - zi) - (zj - zi) * (r - yi);
    return { w, left: w >= 0 };
  }
  const w = (yi - yj) * (s - zj) - (zi - zj) * (r - yj);
  return { w: -w, left: !(w >= 0) };
}
