import { components, createVolume, type Volume, type VoxelArray } from '../volume/index.ts';
import { type Block, blockOf, dilate } from './block.ts';
import type { Levels } from './levels.ts';

/** Marks of the flood that tells the inside of bones from the outside. */
const OPEN = 0;
const WALL = 1;
const CLOSED = 2;
const REACHED = 3;
const NEAR = 4;

export interface SolidOptions {
  /** Part of the way from soft tissue to dense bone that counts as wall. */
  readonly wallFraction?: number;
  /** The flood does not pass gaps narrower than twice this, mm. */
  readonly gapRadiusMm?: number;
  /** Voxels that are bone whatever their grey value, 1 or 0: marrow laid open by a fracture. */
  readonly marrow?: Uint8Array;
}
export const SOLID_DEFAULTS = {
  /** Thin cortex, blurred to a quarter of its contrast, still closes its bone. */
  wallFraction: 0.25,
  /** Pores and vessels of bones are narrower than 2 mm; so are joints, which are told apart later. */
  gapRadiusMm: 1,
} as const satisfies SolidOptions;

/**
 * Bones as solid bodies: everything the outside cannot reach without passing bone, spongiosa and marrow included, 1 or 0.
 * Where the field of view cuts a bone nothing can enter, so a shaft stays full to its cut end.
 * @param ct as measured; `grey` the same lightly smoothed
 * @param padded voxels that were never measured, see `paddingOf`
 * @cost one flood, three dilations
 */
export function solidOf(
  ct: Volume<'hu'>,
  grey: Float32Array,
  padded: Uint8Array,
  levels: Levels,
  options: SolidOptions = {},
): Uint8Array {
  const block = blockOf(ct.grid);
  const { wallFraction, gapRadiusMm, marrow } = { ...SOLID_DEFAULTS, ...options };
  const { softHu, boneHu } = levels;
  const wallHu = softHu + wallFraction * (boneHu - softHu);
  const state = new Uint8Array(block.count);
  for (let i = 0; i < state.length; i++) state[i] = grey[i] > wallHu || marrow?.[i] === 1 ? WALL : OPEN;
  const bright = state.slice();
  dilate(state, block, gapRadiusMm, WALL, OPEN, CLOSED);
  for (let i = 0; i < state.length; i++) if (padded[i] !== 0 && state[i] === OPEN) state[i] = CLOSED;
  flood(state, ct, softHu - 250);
  dilate(state, block, gapRadiusMm, REACHED, CLOSED, NEAR);
  for (let i = 0; i < state.length; i++)
    state[i] = bright[i] === WALL || ((state[i] === CLOSED || state[i] === OPEN) && padded[i] === 0) ? 1 : 0;
  return state;
}

/** Turns open pieces that hold air or fat into reached ones; where none does, those that fill most of a border. */
function flood(state: Uint8Array, { data, grid }: Volume<'hu'>, airHu: number): void {
  const open = createVolume(grid, 'label', new Uint8Array(state.length));
  for (let i = 0; i < state.length; i++) open.data[i] = state[i] === OPEN ? 1 : 0;
  const { runs, count } = components(open);
  const air = new Float64Array(count + 1);
  const size = new Float64Array(count + 1);
  const nx = grid.size[0];
  for (let w = 0; w + 1 < runs.rowStart.length; w++)
    for (let r = runs.rowStart[w]; r < runs.rowStart[w + 1]; r++) {
      const label = runs.label[r];
      for (let x = runs.from[r]; x < runs.to[r]; x++) if (data[w * nx + x] < airHu) air[label]++;
      size[label] += runs.to[r] - runs.from[r];
    }
  const some = air.some((n) => n >= 1000);
  const most = size.reduce((m, n) => Math.max(m, n), 0);
  for (let w = 0; w + 1 < runs.rowStart.length; w++)
    for (let r = runs.rowStart[w]; r < runs.rowStart[w + 1]; r++) {
      const label = runs.label[r];
      if (some ? air[label] >= 1000 : size[label] >= most / 2)
        state.fill(REACHED, w * nx + runs.from[r], w * nx + runs.to[r]);
    }
}

/**
 * Voxels that were never measured: the constant a scanner writes outside its field of view, with the blurred rim of it.
 * Real air is never exactly constant over a neighbourhood.
 */
export function paddingOf(data: VoxelArray, block: Block): Uint8Array {
  const { nx, ny, nz } = block;
  const slice = nx * ny;
  const out = new Uint8Array(block.count);
  for (let z = 0; z < nz; z++)
    for (let y = 1; y + 1 < ny; y++) {
      const row = z * slice + y * nx;
      for (let x = 1; x + 1 < nx; x++) {
        const i = row + x;
        const v = data[i];
        if (v > -500) continue;
        if (data[i - 1] === v && data[i + 1] === v && data[i - nx] === v && data[i + nx] === v) out[i] = 1;
      }
    }
  dilate(out, block, 2.5, 1, 0, 2);
  return out;
}
