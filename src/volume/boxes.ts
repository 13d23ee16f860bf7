import { OsteonError, type Vec3 } from '../base/index.ts';
import { cropGrid, type Grid, type Quantity, type Volume, type VoxelArray, type VoxelBox } from './volume.ts';

/** Smallest box around the voxels of a label, or around all of 1 or more; `undefined` when there are none. */
export function boxOf(volume: Volume, label?: number): VoxelBox | undefined {
  const [nx, ny, nz] = volume.grid.size;
  const low = label ?? 1;
  const high = label ?? Number.POSITIVE_INFINITY;
  const line = new Float64Array(nx);
  const lo = [nx, ny, nz];
  const hi = [0, 0, 0];
  for (let z = 0, o = 0; z < nz; z++)
    for (let y = 0; y < ny; y++, o += nx) {
      line.set(volume.data.subarray(o, o + nx));
      let first = 0;
      while (first < nx && !(line[first] >= low && line[first] <= high)) first++;
      if (first === nx) continue;
      let last = nx - 1;
      while (!(line[last] >= low && line[last] <= high)) last--;
      if (first < lo[0]) lo[0] = first;
      if (last >= hi[0]) hi[0] = last + 1;
      if (y < lo[1]) lo[1] = y;
      if (y >= hi[1]) hi[1] = y + 1;
      if (hi[2] === 0) lo[2] = z;
      hi[2] = z + 1;
    }
  return hi[2] === 0 ? undefined : { lo: lo as unknown as Vec3, hi: hi as unknown as Vec3 };
}

/** The box with `by` voxels more on each side; clipped to `size` where one is given. */
export function growBox({ lo, hi }: VoxelBox, by: Vec3, size?: Vec3): VoxelBox {
  const from = (i: 0 | 1 | 2) => (size ? Math.max(0, lo[i] - by[i]) : lo[i] - by[i]);
  const to = (i: 0 | 1 | 2) => (size ? Math.min(size[i], hi[i] + by[i]) : hi[i] + by[i]);
  return { lo: [from(0), from(1), from(2)], hi: [to(0), to(1), to(2)] };
}

/** Like `crop`, but the box may leave the grid: what lies outside gets `outside`. */
export function cropOrPad<Q extends Quantity, D extends VoxelArray>(
  volume: Volume<Q, D>,
  box: VoxelBox,
  outside = 0,
): Volume<Q, D> {
  const grid = cropGrid(volume.grid, box);
  const [mx, my, mz] = grid.size;
  const data = new (volume.data.constructor as new (n: number) => D)(mx * my * mz);
  if (outside !== 0) data.fill(outside);
  copyRows(volume.data, volume.grid.size, data, grid.size, box.lo);
  return { grid, quantity: volume.quantity, data };
}

/**
 * The volume with `part` written over it, corner at voxel `at`; what would fall outside is dropped.
 * @requires the same spacing and axes
 */
export function paste<Q extends Quantity, D extends VoxelArray>(
  volume: Volume<Q, D>,
  part: Volume<Q>,
  at: Vec3,
): Volume<Q, D> {
  const data = volume.data.slice() as D;
  copyRows(part.data, part.grid.size, data, volume.grid.size, [-at[0], -at[1], -at[2]]);
  return { ...volume, data };
}

/** A cropped result back in its place in an empty volume on the whole grid. */
export function uncrop<Q extends Quantity, D extends VoxelArray>(
  part: Volume<Q, D>,
  grid: Grid,
  at: Vec3,
): Volume<Q, D> {
  const n = grid.size[0] * grid.size[1] * grid.size[2];
  if (at.some((x) => !Number.isInteger(x))) throw new OsteonError('param.range', { at: at.join(' ') });
  const data = new (part.data.constructor as new (n: number) => D)(n);
  copyRows(part.data, part.grid.size, data, grid.size, [-at[0], -at[1], -at[2]]);
  return { grid, quantity: part.quantity, data };
}

/** Target voxel t takes source voxel t + shift, where both exist. */
function copyRows(source: VoxelArray, [nx, ny, nz]: Vec3, target: VoxelArray, [mx, my, mz]: Vec3, shift: Vec3): void {
  const x0 = Math.max(0, -shift[0]);
  const x1 = Math.min(mx, nx - shift[0]);
  if (x1 <= x0) return;
  for (let k = Math.max(0, -shift[2]); k < Math.min(mz, nz - shift[2]); k++)
    for (let j = Math.max(0, -shift[1]); j < Math.min(my, ny - shift[1]); j++) {
      const from = ((k + shift[2]) * ny + j + shift[1]) * nx + shift[0];
      target.set(source.subarray(from + x0, from + x1), (k * my + j) * mx + x0);
    }
}
