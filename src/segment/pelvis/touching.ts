import type { Block } from '../block.ts';
import { contactsOf, moveBorder } from '../border.ts';
import type { GapShare } from '../gaps.ts';
import type { Levels } from '../levels.ts';

export interface TouchingOptions {
  /** Contacts with a smaller part of gap are looked at. */
  readonly gapLimit?: number;
  /** The border is looked for this far to either side, mm. */
  readonly reachMm?: number;
  /** What a surely seen wall takes off the cost of cutting through it; a gap takes all. */
  readonly wallWeight?: number;
  /** See `BorderRules`. */
  readonly stayPerMm2?: number;
}
export const TOUCHING_DEFAULTS = {
  gapLimit: 0.6,
  reachMm: 8,
  wallWeight: 0.85,
  stayPerMm2: 0.02,
} as const satisfies Required<TouchingOptions>;

/** Looks this far to either side of a wall for the marrow behind it, mm. */
const MARROW_MM = 2.5;
/** A wall that stands out of the marrow on both sides by the first part of the contrast of bone is none, by the second surely one. */
const DEPTH = [0.2, 0.5] as const;

/**
 * Borders between bones that touch or run into each other follow the cortex between them, where no gap shows: a bright
 * sheet with marrow on both sides.
 * @param of bone of each voxel, 0 for none; changed in place
 * @cost as `settleContacts`, over a zone three times as deep, for the contacts without a gap alone
 */
export function settleTouching(
  of: Uint16Array,
  gap: GapShare,
  grey: Float32Array,
  levels: Levels,
  block: Block,
  options: TouchingOptions = {},
): void {
  const { gapLimit, reachMm, wallWeight, stayPerMm2 } = { ...TOUCHING_DEFAULTS, ...options };
  const node = new Int32Array(block.count).fill(-1);
  const wall = wallShareOf(of, grey, levels, block);
  const cost = (i: number) => {
    const g = gap(i);
    const w = wallWeight * wall(i);
    return 1 - (g > w ? g : w);
  };
  for (const contact of contactsOf(of, block)) {
    const { faces } = contact;
    if (faces.reduce((s, i) => s + gap(i), 0) > gapLimit * faces.length) continue;
    moveBorder(of, contact, block, node, { reachMm: [reachMm, reachMm], stayPerMm2, cost });
  }
}

/** How surely a voxel lies in a bright sheet between two marrows, 0 to 1: along the best of the three axes. */
function wallShareOf(
  of: Uint16Array,
  grey: Float32Array,
  { softHu, boneHu }: Levels,
  { nx, ny, nz, spacing }: Block,
): (i: number) => number {
  const contrast = boneHu - softHu;
  const slice = nx * ny;
  const [rx, ry, rz] = spacing.map((s) => Math.max(1, Math.round(MARROW_MM / s)));
  const darkest = (i: number, step: number, room: number, most: number): number => {
    let low = grey[i];
    for (let k = 1, j = i + step; k <= most && k <= room && of[j] !== 0; k++, j += step)
      if (grey[j] < low) low = grey[j];
    return low;
  };
  const along = (i: number, step: number, before: number, after: number, most: number): number => {
    const a = darkest(i, -step, before, most);
    const b = darkest(i, step, after, most);
    return a > b ? a : b;
  };
  return (i) => {
    const x = i % nx;
    const y = ((i - x) / nx) % ny;
    const z = Math.floor(i / slice);
    const low = Math.min(
      along(i, 1, x, nx - 1 - x, rx),
      along(i, nx, y, ny - 1 - y, ry),
      along(i, slice, z, nz - 1 - z, rz),
    );
    const share = ((grey[i] - low) / contrast - DEPTH[0]) / (DEPTH[1] - DEPTH[0]);
    return share < 0 ? 0 : share > 1 ? 1 : share;
  };
}
