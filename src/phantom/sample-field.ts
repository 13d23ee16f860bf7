import type { Vec3 } from '../base/index.ts';
import { axisGrid, createVolume, type Volume } from '../volume/index.ts';
import type { Field } from './pelvis-bones.ts';

const COARSE = 4;
/** The formulas rise at least this steeply, and at most by the inverse, where they are farther off than a few mm. */
const STEEPNESS = 0.6;

/**
 * A field on a grid of step `detailMm` in a box: every sample near its zero set, elsewhere the value of a coarser grid,
 * which has the right sign.
 * @cost one evaluation for each 64 voxels, and one for each voxel in a band of about eight steps
 */
export function sampleField(
  field: Field,
  box: { readonly lo: Vec3; readonly hi: Vec3 },
  detailMm: number,
): Volume<'mm', Float32Array> {
  const blocks = [0, 1, 2].map((k) => Math.ceil((box.hi[k] - box.lo[k]) / (detailMm * COARSE)));
  const size: Vec3 = [blocks[0] * COARSE, blocks[1] * COARSE, blocks[2] * COARSE];
  const data = new Float32Array(size[0] * size[1] * size[2]);
  const [x0, y0, z0] = box.lo;
  const half = ((COARSE - 1) / 2) * detailMm;
  const band = (half * Math.sqrt(3) + detailMm) / STEEPNESS;
  for (let bk = 0; bk < blocks[2]; bk++)
    for (let bj = 0; bj < blocks[1]; bj++)
      for (let bi = 0; bi < blocks[0]; bi++) {
        const x = x0 + bi * COARSE * detailMm;
        const y = y0 + bj * COARSE * detailMm;
        const z = z0 + bk * COARSE * detailMm;
        const middle = field(x + half, y + half, z + half);
        const near = Math.abs(middle) < band;
        for (let k = 0; k < COARSE; k++)
          for (let j = 0; j < COARSE; j++) {
            const row = ((bk * COARSE + k) * size[1] + bj * COARSE + j) * size[0] + bi * COARSE;
            for (let i = 0; i < COARSE; i++)
              data[row + i] = near ? field(x + i * detailMm, y + j * detailMm, z + k * detailMm) : middle;
          }
      }
  return createVolume(axisGrid(size, [detailMm, detailMm, detailMm], box.lo), 'mm', data);
}
