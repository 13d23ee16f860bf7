import type { Vec3 } from '../base/index.ts';
import { createVolume, crop, growBox, type Volume, type VoxelBox } from '../volume/index.ts';
import { blockOf } from './block.ts';
import { shrinkToBone } from './bone-mask.ts';
import { fillEnclosed } from './enclosed.ts';
import type { Levels } from './levels.ts';

/** A bone in a box of its own. */
export interface BoneMask {
  readonly box: VoxelBox;
  readonly data: Uint8Array;
}

/**
 * One bone as a solid body in a box of its own.
 * @param of bone of each voxel; `nameless` is what has none and may be filled in where the bone encloses it
 * @param boxes six numbers a bone, see `boxesOf`
 */
export function maskOf(
  label: number,
  nameless: number,
  of: Uint16Array,
  boxes: Int32Array,
  { grey, padded, marrow }: { readonly grey: Float32Array; readonly padded: Uint8Array; readonly marrow?: Uint8Array },
  ct: Volume<'hu'>,
  levels: Levels,
): BoneMask {
  const at = (k: number) => boxes[6 * label + k];
  const box = growBox({ lo: [at(0), at(1), at(2)], hi: [at(3) + 1, at(4) + 1, at(5) + 1] }, [2, 2, 2], ct.grid.size);
  const mine = crop(createVolume(ct.grid, 'label', of), box);
  const data = new Uint8Array(mine.data.length);
  // What has no name and lies within a bone is of it.
  const lost = new Uint8Array(mine.data.length);
  for (let i = 0; i < data.length; i++) {
    if (mine.data[i] === label) data[i] = lost[i] = 1;
    else if (mine.data[i] === nameless) lost[i] = 1;
  }
  const near = (v: Float32Array | Uint8Array) => crop(createVolume(ct.grid, 'label', v), box).data;
  const block = blockOf(mine.grid);
  const isEnd = [0, 1, 2].flatMap((k) => [box.lo[k] === 0, box.hi[k] === ct.grid.size[k]]);
  const voids = near(padded) as Uint8Array;
  fillEnclosed(data, lost, voids, block, isEnd);
  shrinkToBone(data, near(grey) as Float32Array, voids, block, levels, {
    ...(marrow && { marrow: near(marrow) as Uint8Array }),
  });
  fillEnclosed(data, lost, voids, block, isEnd);
  return { box, data };
}

/** Writes a bone into the labels of the whole scan. @param at the block its box lies in @returns voxels and their middle, LPS mm */
export function writeMask(
  { box, data }: BoneMask,
  label: number,
  at: VoxelBox,
  { data: out, grid }: Volume<'label', Uint8Array>,
) {
  const [nx, ny] = grid.size;
  const { m } = grid.lpsFromVoxel;
  const sum = [0, 0, 0];
  let voxels = 0;
  let i = 0;
  for (let z = box.lo[2]; z < box.hi[2]; z++)
    for (let y = box.lo[1]; y < box.hi[1]; y++)
      for (let x = box.lo[0]; x < box.hi[0]; x++, i++) {
        if (data[i] === 0) continue;
        const [u, v, w] = [x + at.lo[0], y + at.lo[1], z + at.lo[2]];
        out[(w * ny + v) * nx + u] = label;
        voxels++;
        sum[0] += u;
        sum[1] += v;
        sum[2] += w;
      }
  const [u, v, w] = sum.map((s) => s / Math.max(1, voxels));
  const centre: Vec3 = [
    m[0] * u + m[1] * v + m[2] * w + m[3],
    m[4] * u + m[5] * v + m[6] * w + m[7],
    m[8] * u + m[9] * v + m[10] * w + m[11],
  ];
  return { voxels, centre };
}
