import { createVolume, distanceInMask, type Grid } from '../volume/index.ts';
import { type Block, blockOf } from './block.ts';
import type { Levels } from './levels.ts';
import { WALL_SCALE } from './walls.ts';

export interface BasinOptions {
  /** Wall strength (1 = `WALL_SCALE`) that a bone's interior does not have. */
  readonly wallLimit?: number;
  /** Interiors of this half thickness always start a basin, mm. */
  readonly thickMm?: number;
  /** Thinner ones, down to this, only where they are brighter than a joint gap can be. */
  readonly thinMm?: number;
  /** That brightness, as a part of the way from soft tissue to dense bone. */
  readonly brightFraction?: number;
  /** Two interiors joined by a neck this much narrower than the smaller of them stay apart, mm. */
  readonly neckMm?: number;
}
export const BASINS_DEFAULTS = {
  /** Spongiosa of clinical scans stays below 0.05, that of a sharp cone-beam scan crosses it in places and is rejoined. */
  wallLimit: 0.07,
  /** Pockets between the cortices of neighbours are thinner. */
  thickMm: 1.5,
  /** The marrow of a small phalanx. */
  thinMm: 0.6,
  brightFraction: 0.3,
  neckMm: 0.3,
} as const satisfies Required<BasinOptions>;

export interface Basins {
  readonly count: number;
  /** Basin of each voxel, from 1; 0 outside the interiors. */
  readonly cores: Uint16Array;
  /** Half thickness of each basin's interior, mm, from index 1. */
  readonly depthMm: Float64Array;
}

/** Distances are sorted in steps of this, mm. */
const STEP_MM = 0.02;

/**
 * Interiors: what is left of the solids without their walls, cut at necks. Each bone holds at least one, no interior
 * reaches from one bone into another where a wall can be seen between them.
 * @cost a distance transform, a sort by counting, a union-find over the interior voxels
 * @source watershed by immersion with persistence: Vincent and Soille 1991; Edelsbrunner et al. 2002
 */
export function basinsOf(
  grey: Float32Array,
  solid: Uint8Array,
  walls: Uint8Array,
  grid: Grid,
  { softHu, boneHu }: Levels,
  options: BasinOptions = {},
): Basins {
  const { wallLimit, thickMm, thinMm, brightFraction, neckMm } = { ...BASINS_DEFAULTS, ...options };
  const block = blockOf(grid);
  const limit = wallLimit * WALL_SCALE;
  const inside = createVolume(grid, 'label', new Uint8Array(block.count));
  for (let i = 0; i < block.count; i++) inside.data[i] = solid[i] === 1 && walls[i] < limit ? 1 : 0;
  const depth = distanceInMask(inside, { limitMm: 40 }).data;
  const order = deepestFirst(depth, thinMm);
  const { of, peak } = immerse(order, depth, block, neckMm);
  const brightHu = softHu + brightFraction * (boneHu - softHu);
  const starts = (i: number) => depth[i] >= thickMm || (depth[i] >= thinMm && grey[i] > brightHu);
  return numbered(of, peak, order, block, starts);
}

/** Voxels at least this deep, deepest first, equal ones in order of memory. */
function deepestFirst(depth: Float32Array, leastMm: number): Int32Array {
  let most = 0;
  for (let i = 0; i < depth.length; i++) if (depth[i] > most) most = depth[i];
  const starts = new Int32Array(Math.floor(most / STEP_MM) + 2);
  const binOf = (d: number) => starts.length - 2 - Math.floor(d / STEP_MM);
  for (let i = 0; i < depth.length; i++) if (depth[i] >= leastMm) starts[binOf(depth[i]) + 1]++;
  for (let b = 1; b < starts.length; b++) starts[b] += starts[b - 1];
  const order = new Int32Array(starts[starts.length - 1]);
  for (let i = 0; i < depth.length; i++) if (depth[i] >= leastMm) order[starts[binOf(depth[i])]++] = i;
  return order;
}

/** Grows every peak downhill; two that meet become one if the smaller stands out by less than `neckMm`. */
function immerse(order: Int32Array, depth: Float32Array, { nx, ny, nz, count }: Block, neckMm: number) {
  const of = new Int32Array(count);
  const parent: number[] = [0];
  const peak: number[] = [0];
  const root = (a: number) => {
    let r = a;
    while (parent[r] !== r) {
      parent[r] = parent[parent[r]];
      r = parent[r];
    }
    return r;
  };
  const slice = nx * ny;
  const near = new Int32Array(6);
  for (let k = 0; k < order.length; k++) {
    const i = order[k];
    const x = i % nx;
    const y = ((i % slice) - x) / nx;
    const z = (i - (i % slice)) / slice;
    near[0] = x > 0 ? i - 1 : i;
    near[1] = x + 1 < nx ? i + 1 : i;
    near[2] = y > 0 ? i - nx : i;
    near[3] = y + 1 < ny ? i + nx : i;
    near[4] = z > 0 ? i - slice : i;
    near[5] = z + 1 < nz ? i + slice : i;
    let mine = 0;
    for (let n = 0; n < 6; n++) {
      const label = of[near[n]];
      if (label === 0) continue;
      const other = root(label);
      if (mine === 0) {
        mine = other;
        continue;
      }
      if (other === mine) continue;
      const [low, high] = peak[other] < peak[mine] ? [other, mine] : [mine, other];
      if (peak[low] - depth[i] < neckMm) parent[low] = high;
      mine = high;
    }
    if (mine === 0) {
      mine = parent.length;
      parent.push(mine);
      peak.push(depth[i]);
    }
    of[i] = mine;
  }
  for (let k = 0; k < order.length; k++) of[order[k]] = root(of[order[k]]);
  return { of, peak };
}

/** Numbers the basins whose deepest voxel `starts` one, by depth. */
function numbered(
  of: Int32Array,
  peak: number[],
  order: Int32Array,
  { count }: Block,
  starts: (voxel: number) => boolean,
): Basins {
  const label = new Int32Array(peak.length);
  const depths = [0];
  const cores = new Uint16Array(count);
  for (let k = 0; k < order.length; k++) {
    const i = order[k];
    const b = of[i];
    if (label[b] === 0) label[b] = starts(i) ? depths.push(peak[b]) - 1 : -1;
    if (label[b] > 0) cores[i] = label[b];
  }
  return { count: depths.length - 1, cores, depthMm: Float64Array.from(depths) };
}
