import { type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { bounds, type Mesh } from '../mesh/index.ts';
import { axisGrid } from '../volume/index.ts';
import { isoSurface } from './iso-surface.ts';
import { signedDistanceVolume } from './signed-distance.ts';

export interface OffsetOptions {
  /** Spacing of the distance field, mm: details below it are lost. */
  readonly spacingMm?: number;
  readonly job?: Job;
}
/** Finer than any voxel of a clinical scan, and a talus still takes about a second. */
export const OFFSET_DEFAULTS = { spacingMm: 0.4 };

/** Beyond this many voxels the field would not fit the memory of a small machine. */
const MOST_VOXELS = 4e8;

/**
 * The surface at a constant distance from a closed mesh: outward for positive `offsetMm`, inward for negative. Through
 * the distance field, so the result is closed and manifold, fillets outer corners when growing, and loses parts thinner
 * than twice the offset when shrinking. No triangles where nothing is left.
 * @requires closed mesh, wound outward
 * @cost O(volume of the box / spacing³)
 * @accuracy on smooth parts about spacing²/(8R) for a radius R, inward: a sphere of 20 mm grown by 1 mm within 0.1 % of volume
 * @throws mesh.empty, param.range
 */
export function offsetMesh(mesh: Mesh, offsetMm: number, options: OffsetOptions = {}): Mesh {
  const { spacingMm: h, job } = { ...OFFSET_DEFAULTS, job: NO_JOB, ...options };
  if (!Number.isFinite(offsetMm) || !(h > 0)) throw new OsteonError('param.range', { offsetMm, spacingMm: h });
  const { lo, hi } = bounds(mesh);
  const pad = Math.max(0, offsetMm) + 2 * h;
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k] + 2 * pad) / h) + 1) as [number, number, number];
  if (size[0] * size[1] * size[2] > MOST_VOXELS)
    throw new OsteonError('param.range', { spacingMm: h, voxels: size[0] * size[1] * size[2] }, 'use a larger spacing');
  const grid = axisGrid(size, [h, h, h], [lo[0] - pad, lo[1] - pad, lo[2] - pad]);
  const field = signedDistanceVolume(mesh, grid, Math.abs(offsetMm) + 2 * h, { job });
  return isoSurface(field, offsetMm, { solid: 'below' });
}
