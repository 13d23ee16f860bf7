import { type Finding, OsteonError } from '../base/index.ts';
import { thresholdComponents, type Volume, type VoxelBox, voxelMm3 } from '../volume/index.ts';
import { requireHu } from './presets.ts';

export interface MetalOptions {
  /** Brighter than this is metal wherever it lies. */
  readonly thresholdHu: number;
  /** Smaller pieces are noise, mm³. */
  readonly smallestMm3: number;
}
export const METAL_DEFAULTS: MetalOptions = {
  /** The densest cortical bone of an adult ends near 1900 HU; noise on top. */
  thresholdHu: 2200,
  smallestMm3: 3,
};

export interface Metal {
  readonly thresholdHu: number;
  /** Box around all metal, half-open. */
  readonly box: VoxelBox;
  readonly pieces: number;
  /** Of what is brighter than the threshold: with blooming too much, in streaks too little. */
  readonly volumeMm3: number;
  /** The scale ends here: values of metal are cut off. Absent where the scale is wide enough. */
  readonly clippedAtHu?: number;
  /** Share of the metal's voxels at the end of the scale. */
  readonly clippedFraction: number;
  readonly findings: readonly Finding[];
}

/** A value that so large a share of the metal has is the end of the scale, not a measurement. */
const CLIPPED_SHARE = 0.05;
/** Ends of the usual scales: 12 bits with the offsets in use, and one wide one. */
const SCALE_ENDS = [3071, 3070, 3095, 4095, 32767];

/**
 * Metal by its brightness, and whether the scale of the scan was wide enough for it.
 * @throws dicom.modality; metal.none where nothing is brighter than the threshold
 * @cost one pass over the scan
 */
export function segmentMetal(ct: Volume, options: Partial<MetalOptions> = {}): Metal {
  requireHu(ct);
  const o = { ...METAL_DEFAULTS, ...options };
  const found = thresholdComponents(ct, o.thresholdHu, Number.POSITIVE_INFINITY, { connectivity: 26 });
  const least = Math.max(2, o.smallestMm3 / voxelMm3(ct.grid));
  const lo = [...ct.grid.size];
  const hi = [0, 0, 0];
  let pieces = 0;
  let voxels = 0;
  for (let c = 1; c <= found.count && found.voxels[c] >= least; c++) {
    pieces++;
    voxels += found.voxels[c];
    for (let k = 0; k < 3; k++) {
      lo[k] = Math.min(lo[k], found.boxes[6 * c + k]);
      hi[k] = Math.max(hi[k], found.boxes[6 * c + 3 + k]);
    }
  }
  if (pieces === 0)
    throw new OsteonError(
      'metal.none',
      { thresholdHu: o.thresholdHu },
      'Is this the scan after surgery? A scan reconstructed with metal artefact reduction may need a lower threshold',
    );
  const end = endOfScale(ct.data);
  const share = end.count / voxels;
  const clipped = SCALE_ENDS.includes(end.value) ? share > 0.005 : share > CLIPPED_SHARE;
  return {
    thresholdHu: o.thresholdHu,
    box: { lo: [lo[0], lo[1], lo[2]], hi: [hi[0], hi[1], hi[2]] },
    pieces,
    volumeMm3: voxels * voxelMm3(ct.grid),
    ...(clipped && { clippedAtHu: end.value }),
    clippedFraction: clipped ? share : 0,
    findings: clipped
      ? [
          {
            level: 'note',
            code: 'metal.clipped',
            text: 'The scale of the scan ends below the brightness of metal; its edges look wider than they are',
            facts: { clippedAtHu: end.value, percentOfMetal: Math.round(100 * share) },
            hint: 'Ask for an extended CT scale (16 bits) where the scanner offers it',
          },
        ]
      : [],
  };
}

function endOfScale(data: Volume['data']): { value: number; count: number } {
  let value = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < value) continue;
    if (data[i] > value) {
      value = data[i];
      count = 0;
    }
    count++;
  }
  return { value, count };
}
