import type { Vec3 } from '../base/index.ts';
import { apply, eigenSymmetric } from '../math/index.ts';
import type { Grid } from '../volume/index.ts';
import { blockOf } from './block.ts';

/** What naming needs to know of a region. Millimetres, LPS. */
export interface Shape {
  readonly region: number;
  readonly volumeMm3: number;
  readonly centre: Vec3;
  /** Standard deviation along the longest axis, and that axis. */
  readonly lengthMm: number;
  readonly axis: Vec3;
  /** Touches the end of what was measured: it may go on beyond. */
  readonly cut: boolean;
  /** Some of its voxel centres, evenly taken. */
  readonly sample: readonly Vec3[];
}

/** Sums over the voxels of regions; those of two regions together are the sums of both. */
export interface Moments {
  readonly grid: Grid;
  /** Ten a region: count, x, y, z, xx, xy, xz, yy, yz, zz, in voxels. */
  readonly sums: Float64Array;
  readonly cut: Uint8Array;
  readonly samples: readonly (readonly Vec3[])[];
}

/** One voxel in this many is a sample: about one in 30 mm³ of a fine scan. */
const SAMPLE_EVERY = 199;

/** @param ends voxels where the scan ends, 1 or 0 @cost one pass */
export function momentsOf(of: Uint16Array, ends: Uint8Array, grid: Grid, count: number): Moments {
  const { nx, ny, nz } = blockOf(grid);
  const sums = new Float64Array(10 * (count + 1));
  const cut = new Uint8Array(count + 1);
  const samples: Vec3[][] = Array.from({ length: count + 1 }, () => []);
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const label = of[i];
        if (label === 0) continue;
        const s = 10 * label;
        sums[s]++;
        sums[s + 1] += x;
        sums[s + 2] += y;
        sums[s + 3] += z;
        sums[s + 4] += x * x;
        sums[s + 5] += x * y;
        sums[s + 6] += x * z;
        sums[s + 7] += y * y;
        sums[s + 8] += y * z;
        sums[s + 9] += z * z;
        if (ends[i] === 1) cut[label] = 1;
        if (i % SAMPLE_EVERY === 0) samples[label].push(apply(grid.lpsFromVoxel, [x, y, z]));
      }
  return { grid, sums, cut, samples };
}

/** Shapes of groups of regions. @param groups for each region the number of its group, 0 for none */
export function shapesOf({ grid, sums, cut, samples }: Moments, groups: ArrayLike<number>): Shape[] {
  const members = new Map<number, number[]>();
  for (let r = 1; r < groups.length; r++) {
    if (groups[r] === 0 || sums[10 * r] === 0) continue;
    const list = members.get(groups[r]);
    if (list) list.push(r);
    else members.set(groups[r], [r]);
  }
  return [...members].map(([region, list]) => {
    const s = new Float64Array(10);
    for (const r of list) for (let k = 0; k < 10; k++) s[k] += sums[10 * r + k];
    return {
      region,
      ...ellipsoidOf(s, grid),
      cut: list.some((r) => cut[r] === 1),
      sample: list.flatMap((r) => samples[r]),
    };
  });
}

function ellipsoidOf(s: Float64Array, grid: Grid) {
  const n = s[0];
  const mean: Vec3 = [s[1] / n, s[2] / n, s[3] / n];
  const cov = (k: number, p: number, q: number) => s[k] / n - mean[p] * mean[q];
  const c = [
    [cov(4, 0, 0), cov(5, 0, 1), cov(6, 0, 2)],
    [cov(5, 0, 1), cov(7, 1, 1), cov(8, 1, 2)],
    [cov(6, 0, 2), cov(8, 1, 2), cov(9, 2, 2)],
  ];
  const { m } = grid.lpsFromVoxel;
  const world: number[] = [];
  for (let r = 0; r < 3; r++)
    for (let q = 0; q < 3; q++) {
      let sum = 0;
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) sum += m[4 * r + i] * c[i][j] * m[4 * q + j];
      world.push(sum);
    }
  const { values, vectors } = eigenSymmetric(world, 3);
  const cell = blockOf(grid).spacing.reduce((v, x) => v * x, 1);
  return {
    volumeMm3: n * cell,
    centre: apply(grid.lpsFromVoxel, mean),
    lengthMm: Math.sqrt(Math.max(0, values[0])),
    axis: [vectors[0][0], vectors[0][1], vectors[0][2]] as Vec3,
  };
}
