import { createVolume, gaussian, type Volume } from '../../volume/index.ts';
import { blockOf, dilate } from '../block.ts';
import type { Levels } from '../levels.ts';

export interface MarrowOptions {
  /** Part of the way from soft tissue to dense bone that spongiosa reaches once noise and texture are averaged out. */
  readonly fraction?: number;
  /** Width of that average, mm. */
  readonly sigmaMm?: number;
  /** Cortex counts no more than this part, so that it does not fill the gaps beside it. */
  readonly topFraction?: number;
  /** The average reaches beyond the bone, and is taken back by this, mm. */
  readonly rimMm?: number;
}
export const MARROW_DEFAULTS = {
  /** Muscle with contrast medium stays below; marrow of the old, which is fat, too: that is found by its cortex alone. */
  fraction: 0.1,
  sigmaMm: 1,
  topFraction: 0.3,
  rimMm: 1,
} as const satisfies Required<MarrowOptions>;

/**
 * Voxels that are bone by their mean grey value, 1 or 0. A fracture lays marrow open: no cortex keeps the outside from it.
 * @cost one Gaussian; 5 bytes a voxel, of which 1 stays
 */
export function marrowOf(ct: Volume<'hu'>, { softHu, boneHu }: Levels, options: MarrowOptions = {}): Uint8Array {
  const { fraction, sigmaMm, topFraction, rimMm } = { ...MARROW_DEFAULTS, ...options };
  const top = softHu + topFraction * (boneHu - softHu);
  const least = softHu + fraction * (boneHu - softHu);
  const low = new Float32Array(ct.data.length);
  for (let i = 0; i < low.length; i++) low[i] = ct.data[i] < top ? ct.data[i] : top;
  const mean = gaussian(createVolume(ct.grid, 'hu', low), sigmaMm, { truncate: 3 }).data;
  const marrow = new Uint8Array(mean.length);
  for (let i = 0; i < mean.length; i++) marrow[i] = mean[i] > least ? 1 : 0;
  dilate(marrow, blockOf(ct.grid), rimMm, 0, 1, 2);
  for (let i = 0; i < marrow.length; i++) if (marrow[i] === 2) marrow[i] = 0;
  return marrow;
}
