import type { Vec3 } from '../base/index.ts';
import { joinSets, type Sets, separateSets } from '../math/index.ts';
import { paintRuns, type Runs, thresholdRuns } from './runs.ts';
import { createVolume, type Volume, type VoxelBox } from './volume.ts';

/** Neighbours that touch: by a face (6), also by an edge (18), also by a corner (26). */
export type Connectivity = 6 | 18 | 26;

/** Connected pieces, largest first: `runs.label` counts from 1, ties in order of memory. Entry 0 of the lists is unused. */
export interface Components {
  readonly runs: Runs;
  readonly count: number;
  readonly voxels: Int32Array;
  /** Half-open bounding boxes, six numbers each: lo x, y, z, hi x, y, z. */
  readonly boxes: Int32Array;
}

/**
 * Connected pieces of low ≤ value ≤ high, without ever writing a mask. Paint them with `paintComponents`.
 * @cost about 3 ns a voxel plus 50 ns a run
 * @source runs and union-find: He, Chao and Suzuki 2008, "A run-based two-scan labeling algorithm"
 */
export function thresholdComponents(
  volume: Volume,
  low: number,
  high: number,
  options: { readonly connectivity?: Connectivity; readonly box?: VoxelBox } = {},
): Components {
  return connectRuns(
    thresholdRuns(volume.data, volume.grid.size, low, high, options.box),
    options.connectivity ?? COMPONENTS_DEFAULTS.connectivity,
  );
}
/** Faces: two bones that touch along an edge of a voxel are not one. */
export const COMPONENTS_DEFAULTS: { readonly connectivity: Connectivity } = { connectivity: 6 };

/** Connected pieces of a mask or label volume: every value of 1 or more. */
export const components = (mask: Volume, connectivity: Connectivity = COMPONENTS_DEFAULTS.connectivity): Components =>
  connectRuns(thresholdRuns(mask.data, mask.grid.size, 1, Number.POSITIVE_INFINITY), connectivity);

/** Connected pieces of runs, whatever labels they carry; 4: through faces within a slice only. */
export function connectRuns(runs: Runs, connectivity: Connectivity | 4): Components {
  const parent = separateSets(runs.from.length);
  const [, ny, nz] = runs.size;
  const side = connectivity === 26 ? 1 : 0;
  const near = connectivity > 6 ? 1 : 0;
  for (let z = 0, w = 0; z < nz; z++)
    for (let y = 0; y < ny; y++, w++) {
      if (runs.rowStart[w] === runs.rowStart[w + 1]) continue;
      if (y > 0) joinRows(runs, w, w - 1, near, parent);
      if (z === 0 || connectivity === 4) continue;
      joinRows(runs, w, w - ny, near, parent);
      if (connectivity === 6) continue;
      if (y > 0) joinRows(runs, w, w - ny - 1, side, parent);
      if (y + 1 < ny) joinRows(runs, w, w - ny + 1, side, parent);
    }
  return numbered(runs, parent);
}

/** Joins runs of two rows that overlap, or come within `reach` voxels along x. */
function joinRows({ rowStart, from, to }: Runs, wa: number, wb: number, reach: number, parent: Sets): void {
  let a = rowStart[wa];
  let b = rowStart[wb];
  const endA = rowStart[wa + 1];
  const endB = rowStart[wb + 1];
  while (a < endA && b < endB) {
    if (from[a] < to[b] + reach && from[b] < to[a] + reach) joinSets(parent, a, b);
    if (to[a] < to[b]) a++;
    else b++;
  }
}

function numbered(runs: Runs, parent: Sets): Components {
  const { from, to, rowStart } = runs;
  const [, ny] = runs.size;
  const label = new Int32Array(parent.length);
  const roots: number[] = [];
  // Parents come before their children, so one pass gives every run the number of its root.
  for (let r = 0; r < parent.length; r++) label[r] = parent[r] === r ? roots.push(r) : label[parent[r]];
  const count = roots.length;
  const sizes = new Int32Array(count + 1);
  for (let r = 0; r < parent.length; r++) sizes[label[r]] += to[r] - from[r];
  const order = Array.from({ length: count }, (_, i) => i + 1).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const rank = new Int32Array(count + 1);
  order.forEach((old, i) => {
    rank[old] = i + 1;
  });
  const voxels = new Int32Array(count + 1);
  for (let i = 1; i <= count; i++) voxels[rank[i]] = sizes[i];
  const boxes = new Int32Array(6 * (count + 1));
  for (let i = 0; i < boxes.length; i++) boxes[i] = i % 6 < 3 ? 0x7fffffff : 0;
  for (let w = 0; w + 1 < rowStart.length; w++) {
    const y = w % ny;
    const z = (w - y) / ny;
    for (let r = rowStart[w]; r < rowStart[w + 1]; r++) {
      label[r] = rank[label[r]];
      const b = 6 * label[r];
      if (from[r] < boxes[b]) boxes[b] = from[r];
      if (y < boxes[b + 1]) boxes[b + 1] = y;
      if (z < boxes[b + 2]) boxes[b + 2] = z;
      if (to[r] > boxes[b + 3]) boxes[b + 3] = to[r];
      if (y >= boxes[b + 4]) boxes[b + 4] = y + 1;
      boxes[b + 5] = z + 1;
    }
  }
  return { runs: { ...runs, label }, count, voxels, boxes };
}

/** Half-open box of component `label`. */
export function componentBox({ boxes }: Components, label: number): VoxelBox {
  const at = (i: number) => boxes[6 * label + i];
  return { lo: [at(0), at(1), at(2)] as Vec3, hi: [at(3), at(4), at(5)] as Vec3 };
}

/** Every voxel with the number of its component, 0 outside. */
export function paintComponents({ runs }: Components, grid: Volume['grid']): Volume<'label', Int32Array> {
  const data = new Int32Array(grid.size[0] * grid.size[1] * grid.size[2]);
  paintRuns(runs, data);
  return createVolume(grid, 'label', data);
}

/** Mask of the components that `keep` accepts. */
export function keepComponents(
  found: Components,
  grid: Volume['grid'],
  keep: (label: number, voxels: number) => boolean,
): Volume<'label', Uint8Array> {
  const value = new Uint8Array(found.count + 1);
  for (let i = 1; i <= found.count; i++) value[i] = keep(i, found.voxels[i]) ? 1 : 0;
  const data = new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]);
  paintRuns(found.runs, data, value);
  return createVolume(grid, 'label', data);
}

/** Mask of the largest piece; empty stays empty. */
export const keepLargest = (mask: Volume, connectivity?: Connectivity): Volume<'label', Uint8Array> =>
  keepComponents(components(mask, connectivity), mask.grid, (label) => label === 1);

/** Mask without the pieces of fewer than `minVoxels` voxels. */
export const removeSmall = (
  mask: Volume,
  minVoxels: number,
  connectivity?: Connectivity,
): Volume<'label', Uint8Array> =>
  keepComponents(components(mask, connectivity), mask.grid, (_, voxels) => voxels >= minVoxels);
