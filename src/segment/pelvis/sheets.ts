import type { Block } from '../block.ts';
import type { Levels } from '../levels.ts';
import type { Face } from '../regions.ts';

/** Looks this far to either side of a face for the marrow behind a wall, mm. */
const REACH_MM = 3;
/** A wall that stands out of the marrow on both sides by the first part of the contrast of bone is none, by the second surely one. */
const DEPTH = [0.2, 0.4] as const;

/** A face between pieces, with the part of it that is a wall between two marrows. */
export interface WalledFace extends Face {
  readonly wallMm2: number;
}

/**
 * How much of each face between pieces is a bright sheet with marrow close behind it on both sides: a cortex, or two that
 * touch without a gap. Within one bone there is hardly any but where a plate is narrowest.
 * @param of piece of each voxel @param grey lightly smoothed
 * @cost one pass, and some ten reads at every face between pieces
 */
export function wallsOf(
  faces: readonly Face[],
  of: Uint16Array,
  grey: Float32Array,
  { nx, ny, nz, spacing }: Block,
  { softHu, boneHu }: Levels,
  count: number,
): WalledFace[] {
  const area = new Map<number, number>();
  const slice = nx * ny;
  const [sx, sy, sz] = spacing;
  const unit = 1 / ((DEPTH[1] - DEPTH[0]) * (boneHu - softHu));
  const least = DEPTH[0] * (boneHu - softHu);
  const steps = spacing.map((s) => Math.max(1, Math.round(REACH_MM / s)));
  /** Darkest voxel of bone on the way from i, which has `room` voxels before it. */
  const darkest = (i: number, step: number, room: number, most: number): number => {
    let low = grey[i];
    for (let k = 1, j = i + step; k <= most && k <= room && of[j] !== 0; k++, j += step)
      if (grey[j] < low) low = grey[j];
    return low;
  };
  const add = (i: number, step: number, before: number, after: number, most: number, mm2: number) => {
    const j = i + step;
    const peak = grey[i] > grey[j] ? grey[i] : grey[j];
    const a = darkest(i, -step, before, most);
    const b = darkest(j, step, after, most);
    const share = unit * (peak - (a > b ? a : b) - least);
    if (share <= 0) return;
    const key = of[i] < of[j] ? of[i] * (count + 1) + of[j] : of[j] * (count + 1) + of[i];
    area.set(key, (area.get(key) ?? 0) + mm2 * (share < 1 ? share : 1));
  };
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const here = of[i];
        if (here === 0) continue;
        if (x + 1 < nx && of[i + 1] !== here && of[i + 1] !== 0) add(i, 1, x, nx - 2 - x, steps[0], sy * sz);
        if (y + 1 < ny && of[i + nx] !== here && of[i + nx] !== 0) add(i, nx, y, ny - 2 - y, steps[1], sx * sz);
        if (z + 1 < nz && of[i + slice] !== here && of[i + slice] !== 0)
          add(i, slice, z, nz - 2 - z, steps[2], sx * sy);
      }
  return faces.map((f) => ({ ...f, wallMm2: area.get(f.a * (count + 1) + f.b) ?? 0 }));
}
