import { type Job, NO_JOB } from '../base/index.ts';
import { applyAll } from '../math/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { createVolume, cropGrid, type Volume, type VoxelBox, voxelFromLps } from '../volume/index.ts';
import { voxelise } from './voxelise.ts';

/**
 * Labels that agree with the surfaces traced from them: a voxel belongs to the bone that holds more than half of the line
 * through its middle.
 * Labels without a surface stay as they are; where two surfaces claim a voxel it keeps its label, or goes to the first.
 * @param surfaces closed meshes, LPS mm
 * @cost one ray a row of voxels in the box of each bone
 */
export function relabel(
  labels: Volume<'label'>,
  surfaces: readonly { readonly label: number; readonly mesh: Mesh }[],
  job: Job = NO_JOB,
): Volume<'label', Uint8Array> {
  const { grid, data: before } = labels;
  const traced = new Set(surfaces.map(({ label }) => label));
  const out = new Uint8Array(before.length);
  for (let i = 0; i < out.length; i++) if (before[i] !== 0 && !traced.has(before[i])) out[i] = before[i];
  const [nx, ny] = grid.size;
  surfaces.forEach(({ label, mesh }, k) => {
    const box = boxOfMesh(mesh, labels);
    if (box.lo.some((l, a) => l >= box.hi[a])) return;
    const { data } = voxelise(mesh, cropGrid(grid, box), { raysPerSide: 1 });
    let i = 0;
    for (let z = box.lo[2]; z < box.hi[2]; z++)
      for (let y = box.lo[1]; y < box.hi[1]; y++) {
        const row = (z * ny + y) * nx;
        for (let x = box.lo[0]; x < box.hi[0]; x++, i++)
          if (data[i] > 0.5 && (out[row + x] === 0 || before[row + x] === label)) out[row + x] = label;
      }
    job.at((k + 1) / surfaces.length);
  });
  return createVolume(grid, 'label', out);
}

/** Voxels that a mesh may reach, within the volume. */
function boxOfMesh(mesh: Mesh, { grid }: Volume<'label'>): VoxelBox {
  const p = applyAll(voxelFromLps(grid), mesh.positions);
  const lo = [...grid.size] as [number, number, number];
  const hi: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < p.length; i++) {
    const a = i % 3;
    lo[a] = Math.min(lo[a], Math.max(0, Math.floor(p[i])));
    hi[a] = Math.max(hi[a], Math.min(grid.size[a], Math.ceil(p[i]) + 1));
  }
  return { lo, hi };
}
