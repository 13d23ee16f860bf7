import { type Job, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { boxOf, cropOrPad, growBox, uncrop } from './boxes.ts';
import { distanceInMask, distanceToMask } from './distance.ts';
import { createVolume, crop, type Grid, spacingMm, type Volume, type VoxelBox } from './volume.ts';

type Mask = Volume<'label', Uint8Array>;
interface MorphologyOptions {
  readonly job?: Job;
}

/**
 * Every voxel within `radiusMm` of the mask (values of 1 or more), centre to centre: a true ball at any spacing.
 * @cost one distance transform over the box of the mask and the radius around it, whatever the radius
 * @throws param.range for a radius below 0
 */
export function dilate(mask: Volume, radiusMm: number, options: MorphologyOptions = {}): Mask {
  const reach = reachOf(mask.grid, radiusMm);
  const box = boxOf(mask);
  return box
    ? inBox(mask, growBox(box, reach, mask.grid.size), (part) => near(part, radiusMm, options.job))
    : empty(mask.grid);
}

/** The voxels of the mask further than `radiusMm` from everything outside it. The rim of the grid is not outside. */
export function erode(mask: Volume, radiusMm: number, options: MorphologyOptions = {}): Mask {
  reachOf(mask.grid, radiusMm);
  const box = boxOf(mask);
  return box
    ? inBox(mask, growBox(box, [1, 1, 1], mask.grid.size), (part) => deep(part, radiusMm, options.job))
    : empty(mask.grid);
}

/** Erode, then dilate: what a ball inside the mask can touch. Removes spikes and bridges thinner than the ball. */
export function open(mask: Volume, radiusMm: number, options: MorphologyOptions = {}): Mask {
  const { job = NO_JOB } = options;
  return dilate(erode(mask, radiusMm, { job: job.part(0, 0.5) }), radiusMm, { job: job.part(0.5, 1) });
}

/** Dilate, then erode: what no ball outside the mask can touch. Closes gaps narrower than the ball. Space goes on beyond the grid. */
export function close(mask: Volume, radiusMm: number, options: MorphologyOptions = {}): Mask {
  const { job = NO_JOB } = options;
  const [rx, ry, rz] = reachOf(mask.grid, radiusMm);
  const box = boxOf(mask);
  if (!box) return empty(mask.grid);
  const wide = growBox(box, [rx + 1, ry + 1, rz + 1]);
  const dilated = near(cropOrPad(mask, wide), radiusMm, job.part(0, 0.5));
  return uncrop(deep(dilated, radiusMm, job.part(0.5, 1)), mask.grid, wide.lo);
}

/** Squared distances carry the rounding of float32: a voxel on the sphere belongs to the ball. */
const ROUNDING = 1 + 1e-6;

function near(mask: Volume, radiusMm: number, job: Job = NO_JOB): Mask {
  const limit2 = radiusMm * radiusMm * ROUNDING;
  const { data } = distanceToMask(mask, { limitMm: radiusMm * 1.01 + 1e-6, squared: true, job });
  const out = new Uint8Array(data.length);
  for (let o = 0; o < data.length; o++) out[o] = data[o] <= limit2 ? 1 : 0;
  return createVolume(mask.grid, 'label', out);
}

function deep(mask: Volume, radiusMm: number, job: Job = NO_JOB): Mask {
  const limit2 = radiusMm * radiusMm * ROUNDING;
  const { data } = distanceInMask(mask, { limitMm: radiusMm * 1.01 + 1e-6, squared: true, job });
  const out = new Uint8Array(data.length);
  for (let o = 0; o < data.length; o++) out[o] = data[o] > limit2 ? 1 : 0;
  return createVolume(mask.grid, 'label', out);
}

const inBox = (mask: Volume, box: VoxelBox, work: (part: Volume) => Mask): Mask =>
  uncrop(work(crop(mask, box)), mask.grid, box.lo);

const empty = (grid: Grid): Mask =>
  createVolume(grid, 'label', new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]));

function reachOf(grid: Grid, radiusMm: number): Vec3 {
  if (!(radiusMm >= 0 && radiusMm < Number.POSITIVE_INFINITY)) throw new OsteonError('param.range', { radiusMm });
  const [sx, sy, sz] = spacingMm(grid);
  return [Math.ceil(radiusMm / sx), Math.ceil(radiusMm / sy), Math.ceil(radiusMm / sz)];
}
