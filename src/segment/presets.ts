import { OsteonError } from '../base/index.ts';
import { createVolume, type Volume } from '../volume/index.ts';

/** A range of Hounsfield units that stands for a tissue; both ends belong to it. */
export interface Preset {
  readonly name: string;
  readonly lowHu: number;
  readonly highHu: number;
}

/**
 * The ranges that segmentation programs have shared for twenty years. They hold for clinical CT; a cone-beam scan's
 * numbers are not Hounsfield units, so the separation of bones measures its own levels (`measureLevels`) instead.
 * @source InVesalius, `invesalius/presets.py`; the same numbers as the classic presets of Mimics
 */
export const PRESETS = [
  { name: 'bone', lowHu: 226, highHu: 3071 },
  { name: 'compact-bone-adult', lowHu: 662, highHu: 1988 },
  { name: 'compact-bone-child', lowHu: 586, highHu: 2198 },
  { name: 'spongial-bone-adult', lowHu: 148, highHu: 661 },
  { name: 'spongial-bone-child', lowHu: 156, highHu: 585 },
  { name: 'enamel-adult', lowHu: 1553, highHu: 2850 },
  { name: 'enamel-child', lowHu: 2042, highHu: 3071 },
  { name: 'soft-tissue', lowHu: -700, highHu: 225 },
  { name: 'muscle', lowHu: -5, highHu: 135 },
  { name: 'fat', lowHu: -205, highHu: -51 },
  { name: 'skin', lowHu: -718, highHu: -177 },
] as const satisfies readonly Preset[];

export type PresetName = (typeof PRESETS)[number]['name'];

/** @throws param.unknown */
export function presetOf(name: string): Preset {
  const preset = PRESETS.find((p) => p.name === name);
  if (!preset) throw new OsteonError('param.unknown', { preset: name }, PRESETS.map((p) => p.name).join(', '));
  return preset;
}

/** Hounsfield units mean something in CT only. @throws dicom.modality */
export function requireHu(volume: Volume): asserts volume is Volume<'hu'> {
  if (volume.quantity !== 'hu')
    throw new OsteonError(
      'dicom.modality',
      { needed: 'CT', got: volume.quantity },
      'Ranges in Hounsfield units mean nothing on MR; segment it by other means',
    );
}

/**
 * Mask (0 or 1) of a preset or of a range of one's own.
 * @throws dicom.modality for anything but CT; param.range for an empty range
 * @cost one pass
 */
export function presetMask(ct: Volume, preset: Preset | PresetName): Volume<'label', Uint8Array> {
  requireHu(ct);
  const { lowHu, highHu } = typeof preset === 'string' ? presetOf(preset) : preset;
  if (!(lowHu <= highHu)) throw new OsteonError('param.range', { lowHu, highHu }, 'The lower end comes first');
  const mask = new Uint8Array(ct.data.length);
  for (let i = 0; i < mask.length; i++) mask[i] = ct.data[i] >= lowHu && ct.data[i] <= highHu ? 1 : 0;
  return createVolume(ct.grid, 'label', mask);
}
