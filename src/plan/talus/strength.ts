import type { CaseDocument, Material } from '../case/case.ts';

export interface MaterialFacts {
  readonly densityGPerCm3: number;
  readonly yieldMPa: number;
  readonly source: string;
}

/** Least values of the standards, so that an estimate made with them is on the safe side. */
export const MATERIAL_FACTS: Readonly<Record<Material, MaterialFacts>> = {
  'Ti-6Al-4V ELI': { densityGPerCm3: 4.43, yieldMPa: 795, source: 'ASTM F3001, powder bed fusion' },
  'Co-28Cr-6Mo': { densityGPerCm3: 8.3, yieldMPa: 450, source: 'ASTM F75, cast; sintered parts are stronger' },
};

/** Peak force in the ankle while walking, in body weights. Source: Stauffer, Chao and Brewster 1977, Clin Orthop 127:189. */
export const ANKLE_BODY_WEIGHTS = 5;
/** The load the talus is tested with in the literature, N. Source: Biomater Res 2022, 40824-022-00256-8. */
export const TEST_LOAD_N = 5340;
const GRAVITY = 9.80665;

export interface Strength {
  /** Of the solid implant, g. */
  readonly massG: number;
  /** The larger of walking and the test load, N. */
  readonly loadN: number;
  /** That load spread evenly over the smallest section, MPa. An estimate for comparison, not a proof of strength. */
  readonly meanStressMPa: number;
  /** Yield strength over that stress. */
  readonly reserve: number;
}

export function strengthOf(
  { bodyMassKg, material }: Pick<CaseDocument, 'bodyMassKg' | 'material'>,
  volumeMm3: number,
  leastSectionMm2: number,
): Strength {
  const { densityGPerCm3, yieldMPa } = MATERIAL_FACTS[material];
  const loadN = Math.max(TEST_LOAD_N, ANKLE_BODY_WEIGHTS * bodyMassKg * GRAVITY);
  const meanStressMPa = loadN / leastSectionMm2;
  return { massG: (volumeMm3 / 1000) * densityGPerCm3, loadN, meanStressMPa, reserve: yieldMPa / meanStressMPa };
}
