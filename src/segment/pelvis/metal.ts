import type { Finding } from '../../base/index.ts';
import { boxOf, createVolume, crop, gaussian, growBox, spacingMm, type Volume, voxelMm3 } from '../../volume/index.ts';
import { blockOf, dilate } from '../block.ts';
import type { Levels } from '../levels.ts';

export interface MetalOptions {
  /** No bone reaches this, HU; titanium goes over the end of a scale of 12 bits. */
  readonly metalHu?: number;
  /** What blur makes of the rim of metal is left out too, mm. */
  readonly rimMm?: number;
  /** What lies this near fills in, mm (width of a Gaussian). */
  readonly fillMm?: number;
  /** Less is noise, or enamel of a tooth, mm³. */
  readonly leastMm3?: number;
}
export const METAL_DEFAULTS = {
  metalHu: 2300,
  rimMm: 1.5,
  fillMm: 2,
  leastMm3: 20,
} as const satisfies Required<MetalOptions>;

export interface WithoutMetal {
  readonly ct: Volume<'hu'>;
  readonly metalMm3: number;
  readonly findings: readonly Finding[];
}

/** Dark streaks beside metal are no air, HU below soft tissue. */
const DARKEST = 150;

/**
 * The scan with its metal filled in by what lies around: marrow in a bone, soft tissue outside; so a screw does not carry
 * its bone out with it, and no hole is left where it goes in. Streaks stay, but dark ones no longer look like air.
 * @returns the same volume where there is no metal
 * @cost two Gaussians and a pass over the box of the metal
 */
export function fillMetal(ct: Volume<'hu'>, { softHu, boneHu }: Levels, options: MetalOptions = {}): WithoutMetal {
  const { metalHu, rimMm, fillMm, leastMm3 } = { ...METAL_DEFAULTS, ...options };
  const metal = createVolume(ct.grid, 'label', new Uint8Array(ct.data.length));
  let voxels = 0;
  for (let i = 0; i < ct.data.length; i++)
    if (ct.data[i] >= metalHu) {
      metal.data[i] = 1;
      voxels++;
    }
  const metalMm3 = voxels * voxelMm3(ct.grid);
  if (metalMm3 < leastMm3) return { ct, metalMm3: 0, findings: [] };
  const by = spacingMm(ct.grid).map((s) => Math.ceil((rimMm + 3 * fillMm) / s));
  const box = growBox(boxOf(metal, 1)!, [by[0], by[1], by[2]], ct.grid.size);
  const near = crop(ct, box);
  const mask = crop(metal, box);
  dilate(mask.data, blockOf(mask.grid), rimMm, 1, 0, 2);
  const top = 1.5 * boneHu;
  const weight = createVolume(near.grid, 'fraction', new Float32Array(mask.data.length));
  const value = createVolume(near.grid, 'hu', new Float32Array(mask.data.length));
  for (let i = 0; i < value.data.length; i++)
    if (mask.data[i] === 0) {
      weight.data[i] = 1;
      value.data[i] = Math.max(softHu - DARKEST, Math.min(top, near.data[i]));
    }
  const sum = gaussian(value, fillMm, { truncate: 3 }).data;
  const share = gaussian(weight, fillMm, { truncate: 3 }).data;
  const data = new Int16Array(ct.data);
  const [nx, ny] = ct.grid.size;
  let i = 0;
  for (let z = box.lo[2]; z < box.hi[2]; z++)
    for (let y = box.lo[1]; y < box.hi[1]; y++)
      for (let x = box.lo[0]; x < box.hi[0]; x++, i++) {
        const o = (z * ny + y) * nx + x;
        if (mask.data[i] !== 0) data[o] = share[i] > 1e-3 ? sum[i] / share[i] : top;
        else if (share[i] < 0.99 && data[o] < softHu - DARKEST) data[o] = softHu - DARKEST;
      }
  return {
    ct: createVolume(ct.grid, 'hu', data),
    metalMm3,
    findings: [
      {
        level: 'note',
        code: 'segment.metal',
        text: `${(metalMm3 / 1000).toFixed(1)} ml of metal in view: bone beside it is less sure`,
        facts: { metalMm3: Math.round(metalMm3) },
      },
    ],
  };
}
