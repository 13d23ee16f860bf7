import { type Job, NO_JOB } from '../base/index.ts';
import { applyAll } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { createVolume, type Grid, type Volume, voxelFromLps } from '../volume/index.ts';
import { forEachRay } from './rays.ts';

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
