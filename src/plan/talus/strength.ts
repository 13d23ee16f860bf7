import { MATERIALS_DATA, talusLoadN } from '../../fea/index.ts';
import type { TalusDocument } from '../case/talus.ts';

/** By formula, beside the computed stresses. */
export interface SectionStrength {
  /** Of the solid implant, g. */
  readonly massG: number;
  /** The larger of walking and the test load, N. */
  readonly loadN: number;
  /** That load spread evenly over the smallest section, MPa. An estimate for comparison, not a proof of strength. */
  readonly meanStressMPa: number;
  /** Yield strength over that stress. */
  readonly reserve: number;
}

export function sectionStrength(
  { bodyMassKg, material }: Pick<TalusDocument, 'bodyMassKg' | 'material'>,
  volumeMm3: number,
  leastSectionMm2: number,
): SectionStrength {
  const { densityGPerCm3, yieldMPa } = MATERIALS_DATA[material];
  const loadN = talusLoadN(bodyMassKg);
  const meanStressMPa = loadN / leastSectionMm2;
  return {
    massG: (volumeMm3 / 1000) * densityGPerCm3.value,
    loadN,
    meanStressMPa,
    reserve: yieldMPa.value / meanStressMPa,
  };
}
