import { OsteonError, type Vec3 } from '../base/index.ts';
import { rootOf } from '../math/index.ts';
import type { Connectivity } from './components.ts';
import { LEVELS, levelsOf } from './level-queue.ts';
import { bareIndex, intoPadded, neighbours, paddedGrid } from './padded.ts';
import { createVolume, type Volume } from './volume.ts';

/** A top of the landscape. `rise`: how far one must come down from it to reach a higher one (Infinity for the highest). */
export interface Peak {
  readonly voxel: Vec3;
  readonly height: number;
  readonly rise: number;
}

export interface Maxima {
  /** Label i + 1 on the voxel of `peaks[i]`: markers for `watershed`. */
  readonly markers: Volume<'label', Int32Array>;
  /** Highest first. */
  readonly peaks: readonly Peak[];
}

/**
 * Tops of a landscape that stand out by at least `minRise` among the voxels above 0, such as the middles of bones in the
 * distance to the outside. The same tops as the h-maxima transform, found in one sweep from high to low.
 * @cost about 100 ns a voxel above 0
 * @accuracy the order of heights is that of `levelsOf`; `height` and `rise` are exact differences of samples
 * @throws param.range for a rise that is not positive
 * @source dynamics of maxima: Grimaud 1992; sweep with union-find: Najman and Couprie 2006
 */
export function distanceMaxima(
  landscape: Volume<'mm', Float32Array>,
  minRise: number,
  connectivity: Connectivity = 26,
): Maxima {
  if (!(minRise > 0)) throw new OsteonError('param.range', { minRise });
  const grid = paddedGrid(landscape.grid.size);
  const height = new Float32Array(grid.length);
  intoPadded(grid, landscape.data, height);
  const order = fallingOrder(height);
  // parent: −1 not reached yet. The root of a basin is its top.
  const parent = new Int32Array(grid.length).fill(-1);
  const rise = new Map<number, number>();
  const { offsets } = neighbours(grid, connectivity);
  for (let i = 0; i < order.length; i++) {
    const p = order[i];
    parent[p] = p;
    let top = p;
    for (let k = 0; k < offsets.length; k++) {
      const q = p + offsets[k];
      if (parent[q] < 0) continue;
      const other = rootOf(parent, q);
      if (other === top) continue;
      const lower = isHigher(height, other, top) ? top : other;
      const higher = lower === top ? other : top;
      const drop = height[lower] - height[p];
      if (drop >= minRise) rise.set(lower, drop);
      parent[lower] = higher;
      top = higher;
    }
  }
  for (let i = 0; i < order.length; i++)
    if (parent[order[i]] === order[i]) rise.set(order[i], Number.POSITIVE_INFINITY);
  return markersOf(landscape, grid, height, rise);
}

function markersOf(
  { grid, data }: Volume,
  padded: ReturnType<typeof paddedGrid>,
  height: Float32Array,
  rise: ReadonlyMap<number, number>,
): Maxima {
  const [nx, ny] = grid.size;
  const markers = new Int32Array(data.length);
  const tops = [...rise.keys()].sort((a, b) => height[b] - height[a] || a - b);
  const peaks = tops.map((p, i) => {
    const o = bareIndex(padded, p);
    markers[o] = i + 1;
    return {
      voxel: [o % nx, Math.floor(o / nx) % ny, Math.floor(o / (nx * ny))] as Vec3,
      height: height[p],
      rise: rise.get(p)!,
    };
  });
  return { markers: createVolume(grid, 'label', markers), peaks };
}

/** Height decides, then the earlier voxel: a total order. */
const isHigher = (height: Float32Array, a: number, b: number): boolean =>
  height[a] > height[b] || (height[a] === height[b] && a < b);

/** Voxels above 0 from high to low, ties in order of memory (counting sort). */
function fallingOrder(height: Float32Array): Int32Array {
  const { levels } = levelsOf(height);
  const start = new Int32Array(LEVELS + 1);
  for (let p = 0; p < height.length; p++) if (height[p] > 0) start[LEVELS - 1 - levels[p] + 1]++;
  for (let l = 0; l < LEVELS; l++) start[l + 1] += start[l];
  const order = new Int32Array(start[LEVELS]);
  for (let p = 0; p < height.length; p++) if (height[p] > 0) order[start[LEVELS - 1 - levels[p]]++] = p;
  return order;
}
