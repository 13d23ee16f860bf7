import type { Vec3 } from '../base/index.ts';
import type { Connectivity } from './components.ts';
import type { VoxelArray } from './volume.ts';

/** A grid with a rim of one voxel on every side, so that a neighbour is an addition and never a question. */
export interface Padded {
  /** Size without the rim. */
  readonly size: Vec3;
  readonly px: number;
  readonly pxy: number;
  readonly length: number;
}

export function paddedGrid(size: Vec3): Padded {
  const px = size[0] + 2;
  const pxy = px * (size[1] + 2);
  return { size, px, pxy, length: pxy * (size[2] + 2) };
}

/** Calls back once a row: where it starts in the padded grid, and in the bare one. */
export function forEachRow({ size: [nx, ny, nz], px, pxy }: Padded, row: (padded: number, bare: number) => void): void {
  for (let z = 0, o = 0; z < nz; z++) for (let y = 0; y < ny; y++, o += nx) row((z + 1) * pxy + (y + 1) * px + 1, o);
}

/** Copies samples between the bare and the padded grid; the rim keeps what it has. */
export function intoPadded(grid: Padded, bare: VoxelArray, padded: VoxelArray): void {
  const nx = grid.size[0];
  forEachRow(grid, (p, o) => padded.set(bare.subarray(o, o + nx), p));
}
export function fromPadded(grid: Padded, padded: VoxelArray, bare: VoxelArray): void {
  const nx = grid.size[0];
  forEachRow(grid, (p, o) => bare.set(padded.subarray(p, p + nx), o));
}

/** Index of a bare voxel in the padded grid, and back. */
export function paddedIndex({ size: [nx, ny], px, pxy }: Padded, o: number): number {
  const x = o % nx;
  const y = ((o - x) / nx) % ny;
  const z = Math.floor(o / (nx * ny));
  return (z + 1) * pxy + (y + 1) * px + x + 1;
}
export function bareIndex({ size: [nx, ny], px, pxy }: Padded, p: number): number {
  const x = p % px;
  const y = ((p - x) / px) % (ny + 2);
  const z = Math.floor(p / pxy);
  return ((z - 1) * ny + y - 1) * nx + x - 1;
}

/** Offsets to the neighbours in order of memory, with the steps (dx, dy, dz) that make them. */
export function neighbours({ px, pxy }: Padded, connectivity: Connectivity): { offsets: Int32Array; steps: Vec3[] } {
  const most = connectivity === 6 ? 1 : connectivity === 18 ? 2 : 3;
  const steps: Vec3[] = [];
  for (let dz = -1; dz <= 1; dz++)
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const n = Math.abs(dx) + Math.abs(dy) + Math.abs(dz);
        if (n > 0 && n <= most) steps.push([dx, dy, dz]);
      }
  return { offsets: Int32Array.from(steps, ([dx, dy, dz]) => dz * pxy + dy * px + dx), steps };
}
