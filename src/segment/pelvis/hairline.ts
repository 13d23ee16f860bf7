import type { Vec3 } from '../../base/index.ts';
import { createVolume, crop, type Grid, type VoxelBox } from '../../volume/index.ts';
import { type Block, blockOf } from '../block.ts';
import type { Levels } from '../levels.ts';
import { minCut } from '../min-cut.ts';
import { tophatOf } from './tophat.ts';

/** A place of a hip bone, or a point of a person, that fractures part from the others. */
export interface Terminal {
  readonly holds: (lps: Vec3) => boolean;
}

/** A hip bone, or a part of it, laid out for cuts: blocks of 2 × 2 × 2 voxels, or of one where voxels are large. */
export interface HipGraph {
  readonly box: VoxelBox;
  readonly step: number;
  /** Node of each block of the box, −1 outside the bone; blocks along x, y, z. */
  readonly node: Int32Array;
  readonly blocks: Block;
  readonly neighbours: Int32Array;
  readonly capacity: Int32Array;
  /** Index of the terminal each node lies in, −1 for none. */
  readonly terminal: Int8Array;
}

/** A black top-hat this deep, over the contrast of bone, is a gap with a share of 1 − 1/e. */
const DEPTH = 0.06;
/** Gaps up to about twice this wide are seen, mm. */
const GAP_MM = 1.3;
/** Voxels smaller than this are taken two by two, mm. */
const COARSE_MM = 1.3;
/** Capacities are whole numbers of this part of a mm². */
const UNIT = 200;
const HELD = 1 << 28;

/**
 * @param mine voxels of the bone in the whole scan, 1 or 0, within `box`
 * @param grey lightly smoothed
 * @cost 1 s for a hip bone at 0.8 mm, most of it the top-hat
 */
export function hipGraph(
  mine: (voxel: number) => boolean,
  box: VoxelBox,
  grey: Float32Array,
  grid: Grid,
  { softHu, boneHu }: Levels,
  terminals: readonly Terminal[],
): HipGraph {
  const near = crop(createVolume(grid, 'hu', grey), box);
  const fine = blockOf(near.grid);
  const tophat = tophatOf(near.data, fine, GAP_MM);
  const step = Math.min(...fine.spacing) < COARSE_MM ? 2 : 1;
  const size = [fine.nx, fine.ny, fine.nz].map((n) => Math.ceil(n / step));
  const spacing = fine.spacing.map((s) => s * step) as unknown as Vec3;
  const blocks: Block = { nx: size[0], ny: size[1], nz: size[2], count: size[0] * size[1] * size[2], spacing };
  const [nx, ny] = grid.size;
  const inside = new Uint8Array(blocks.count);
  const first = new Float32Array(blocks.count);
  const second = new Float32Array(blocks.count);
  for (let z = 0, i = 0; z < fine.nz; z++)
    for (let y = 0; y < fine.ny; y++)
      for (let x = 0; x < fine.nx; x++, i++) {
        if (!mine(((z + box.lo[2]) * ny + y + box.lo[1]) * nx + x + box.lo[0])) continue;
        const b = (Math.floor(z / step) * blocks.ny + Math.floor(y / step)) * blocks.nx + Math.floor(x / step);
        inside[b]++;
        const h = tophat[i];
        // The second deepest of a block: one dark voxel is noise.
        if (h > first[b]) {
          second[b] = first[b];
          first[b] = h;
        } else if (h > second[b]) second[b] = h;
      }
  const depth = step === 2 ? second : first;
  const unit = 1 / (DEPTH * (boneHu - softHu));
  const node = new Int32Array(blocks.count).fill(-1);
  let count = 0;
  for (let b = 0; b < blocks.count; b++) if (2 * inside[b] >= step * step * step) node[b] = count++;
  const neighbours = new Int32Array(6 * count).fill(-1);
  const capacity = new Int32Array(6 * count);
  const terminal = new Int8Array(count).fill(-1);
  const slice = blocks.nx * blocks.ny;
  const areas = [spacing[1] * spacing[2], spacing[0] * spacing[2], spacing[0] * spacing[1]];
  const m = grid.lpsFromVoxel.m;
  for (let z = 0, b = 0; z < blocks.nz; z++)
    for (let y = 0; y < blocks.ny; y++)
      for (let x = 0; x < blocks.nx; x++, b++) {
        const n = node[b];
        if (n < 0) continue;
        const [u, v, w] = [x, y, z].map((k, a) => box.lo[a] + (k + 0.5) * step - 0.5);
        const lps: Vec3 = [
          m[0] * u + m[1] * v + m[2] * w + m[3],
          m[4] * u + m[5] * v + m[6] * w + m[7],
          m[8] * u + m[9] * v + m[10] * w + m[11],
        ];
        terminal[n] = terminals.findIndex((t) => t.holds(lps));
        for (let a = 0; a < 3; a++) {
          const o = b + [1, blocks.nx, slice][a];
          if ([x + 1 >= blocks.nx, y + 1 >= blocks.ny, z + 1 >= blocks.nz][a] || node[o] < 0) continue;
          const solid = Math.exp(-unit * Math.max(depth[b], depth[o]));
          const c = Math.max(1, Math.round(UNIT * areas[a] * solid * solid));
          neighbours[6 * n + 2 * a + 1] = node[o];
          neighbours[6 * node[o] + 2 * a] = n;
          capacity[6 * n + 2 * a + 1] = capacity[6 * node[o] + 2 * a] = c;
        }
      }
  return { box, step, node, blocks, neighbours, capacity, terminal };
}

export interface HipCut {
  /** 1 for nodes that go with the terminal, 0 for others, also those that take no part. */
  readonly side: Uint8Array;
  /** Solid bone that is cut, mm²; Infinity where nothing parts the two. */
  readonly solidMm2: number;
}

/** Parts a terminal from the others through the least solid bone. @param open nodes that take part @cost below 1 s */
export function cutHip({ neighbours, capacity, terminal }: HipGraph, t: number, open: Uint8Array): HipCut {
  const count = terminal.length;
  const links = neighbours.map((n, e) => (n >= 0 && open[n] === 1 && open[Math.floor(e / 6)] === 1 ? n : -1));
  const first = Int32Array.from(terminal, (v, n) => (open[n] === 1 && v === t ? HELD : 0));
  const second = Int32Array.from(terminal, (v, n) => (open[n] === 1 && v >= 0 && v !== t ? HELD : 0));
  const side = minCut({ neighbours: links, capacity: capacity.slice(), first, second });
  let solid = 0;
  for (let n = 0; n < count; n++)
    if (side[n] === 1)
      for (let e = 6 * n; e < 6 * n + 6; e++) if (links[e] >= 0 && side[links[e]] === 0) solid += capacity[e];
  return { side, solidMm2: solid / UNIT };
}
