import { OsteonError, type Transform, type Vec3 } from '../base/index.ts';
import { invert } from '../math/index.ts';

/** Where voxels are. Carries no samples, so it is cheap to compare, store and pass on. */
export interface Grid {
  /** Voxel counts (nx, ny, nz); x runs fastest in memory. */
  readonly size: Vec3;
  /** Continuous voxel index → patient LPS, mm. Columns: step along i, j, k; last: centre of voxel (0, 0, 0). */
  readonly lpsFromVoxel: Transform<'voxel', 'lps'>;
}

export type VoxelArray = Uint8Array | Int16Array | Uint16Array | Int32Array | Float32Array;
/** `hu`: Hounsfield units. `mr`: arbitrary signal. `label`: segment number, 0 = background. `mm`: signed distance, negative inside. `fraction`: 0 to 1. */
export type Quantity = 'hu' | 'mr' | 'label' | 'mm' | 'fraction';

/** A grid plus one sample per voxel. Treat `data` as frozen: every function returns a new volume. */
export interface Volume<Q extends Quantity = Quantity, D extends VoxelArray = VoxelArray> {
  readonly grid: Grid;
  readonly quantity: Q;
  readonly data: D;
}

/** @throws volume.size */
export function createVolume<Q extends Quantity, D extends VoxelArray>(grid: Grid, quantity: Q, data: D): Volume<Q, D> {
  const [nx, ny, nz] = grid.size;
  if (data.length !== nx * ny * nz)
    throw new OsteonError('volume.size', { samples: data.length, voxels: nx * ny * nz });
  return { grid, quantity, data };
}

/** Grid with axes along LPS x, y, z. `originMm`: centre of voxel (0, 0, 0). */
export function axisGrid(size: Vec3, spacingMm: Vec3, originMm: Vec3): Grid {
  const [sx, sy, sz] = spacingMm;
  return {
    size,
    lpsFromVoxel: {
      from: 'voxel',
      to: 'lps',
      m: [sx, 0, 0, originMm[0], 0, sy, 0, originMm[1], 0, 0, sz, originMm[2]],
    },
  };
}

/** Distance between neighbours along i, j, k, mm. */
export function spacingMm({ lpsFromVoxel: { m } }: Grid): Vec3 {
  const length = (c: number) => Math.sqrt(m[c] * m[c] + m[4 + c] * m[4 + c] + m[8 + c] * m[8 + c]);
  return [length(0), length(1), length(2)];
}

/** Volume of one voxel, mm³. */
export function voxelMm3({ lpsFromVoxel: { m } }: Grid): number {
  const d =
    m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) + m[2] * (m[4] * m[9] - m[5] * m[8]);
  return Math.abs(d);
}

export const voxelFromLps = (grid: Grid): Transform<'lps', 'voxel'> => invert(grid.lpsFromVoxel);

export const sameGrid = (a: Grid, b: Grid): boolean =>
  a.size.every((n, i) => n === b.size[i]) && a.lpsFromVoxel.m.every((x, i) => x === b.lpsFromVoxel.m[i]);

/** Half-open box of voxel indices. */
export interface VoxelBox {
  readonly lo: Vec3;
  readonly hi: Vec3;
}

/** The part of a grid inside a box (which must lie in it). */
export function cropGrid(grid: Grid, { lo, hi }: VoxelBox): Grid {
  const { m } = grid.lpsFromVoxel;
  const at = (r: number) => m[4 * r] * lo[0] + m[4 * r + 1] * lo[1] + m[4 * r + 2] * lo[2] + m[4 * r + 3];
  return {
    size: [hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]],
    lpsFromVoxel: {
      from: 'voxel',
      to: 'lps',
      m: [m[0], m[1], m[2], at(0), m[4], m[5], m[6], at(1), m[8], m[9], m[10], at(2)],
    },
  };
}

/** The samples inside a box, copied. @throws param.range where the box leaves the grid */
export function crop<Q extends Quantity, D extends VoxelArray>(v: Volume<Q, D>, box: VoxelBox): Volume<Q, D> {
  const [nx, ny, nz] = v.grid.size;
  const { lo, hi } = box;
  if (lo.some((x) => x < 0) || hi[0] > nx || hi[1] > ny || hi[2] > nz)
    throw new OsteonError('param.range', { what: 'crop box' });
  const grid = cropGrid(v.grid, box);
  const [mx, my, mz] = grid.size;
  const data = new (v.data.constructor as new (n: number) => D)(mx * my * mz);
  for (let k = 0, o = 0; k < mz; k++)
    for (let j = 0; j < my; j++, o += mx) {
      const from = ((lo[2] + k) * ny + lo[1] + j) * nx + lo[0];
      data.set(v.data.subarray(from, from + mx), o);
    }
  return { grid, quantity: v.quantity, data };
}
