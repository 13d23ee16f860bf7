import { OsteonError } from '../base/index.ts';

/** Answers by formula, beside the mesh: for a first look, and to see whether a mesh answer can be right. */

function positive(values: Readonly<Record<string, number>>): void {
  for (const [param, value] of Object.entries(values))
    if (!(value > 0) || !Number.isFinite(value)) throw new OsteonError('param.range', { param, value, min: 0 });
}

/** Mean stress over the smallest section, and what is left to a strength. */
export function sectionStress(
  loadN: number,
  areaMm2: number,
  strengthMPa: number,
): { stressMPa: number; factor: number } {
  positive({ loadN, areaMm2, strengthMPa });
  return { stressMPa: loadN / areaMm2, factor: (strengthMPa * areaMm2) / loadN };
}

/** The smallest section that carries a load with a margin, mm²: the "minimum for material strength". */
export function leastSectionMm2(loadN: number, strengthMPa: number, factor: number): number {
  positive({ loadN, strengthMPa, factor });
  return (loadN * factor) / strengthMPa;
}

export interface PlateBending {
  readonly widthMm: number;
  readonly thickMm: number;
  readonly supportSpanMm: number;
  readonly loadSpanMm: number;
  /** Both rollers together. */
  readonly forceN: number;
  readonly youngMPa: number;
}

/**
 * A plate of uniform rectangular section in four-point bending: stress of the outer fibre between the loading rollers, and
 * how far those rollers sink.
 * @source Euler-Bernoulli beam; shear is left out (below 1 % for spans of ten thicknesses and more)
 */
export function plateFourPoint(p: PlateBending): { stressMPa: number; deflectionMm: number; stiffnessNPerMm: number } {
  const { widthMm, thickMm, supportSpanMm, loadSpanMm, forceN, youngMPa } = p;
  positive({ widthMm, thickMm, supportSpanMm, loadSpanMm, forceN, youngMPa });
  const arm = (supportSpanMm - loadSpanMm) / 2;
  if (!(arm > 0)) throw new OsteonError('param.range', { param: 'loadSpanMm', value: loadSpanMm, max: supportSpanMm });
  const inertia = (widthMm * thickMm * thickMm * thickMm) / 12;
  const moment = (forceN / 2) * arm;
  const deflectionMm = ((forceN / 2) * arm * arm * (3 * supportSpanMm - 4 * arm)) / (6 * youngMPa * inertia);
  return { stressMPa: (moment * thickMm) / 2 / inertia, deflectionMm, stiffnessNPerMm: forceN / deflectionMm };
}

/** Length factor of a strut by how its ends are held. @source Euler 1757 */
export const STRUT_ENDS = { pinned: 1, fixed: 0.5, 'fixed-pinned': 0.699156, 'fixed-free': 2 } as const;

export interface Strut {
  readonly lengthMm: number;
  /** Least second moment of area of its section, mm⁴. */
  readonly inertiaMm4: number;
  readonly areaMm2: number;
  readonly ends: keyof typeof STRUT_ENDS;
  readonly youngMPa: number;
  readonly yieldMPa: number;
}

/**
 * The load under which a strut gives way: Euler where it is slender, Johnson's parabola where it is stout.
 * @source Euler 1757; Johnson 1893
 */
export function strutLoadN({ lengthMm, inertiaMm4, areaMm2, ends, youngMPa, yieldMPa }: Strut): {
  loadN: number;
  slenderness: number;
  law: 'Euler' | 'Johnson';
} {
  positive({ lengthMm, inertiaMm4, areaMm2, youngMPa, yieldMPa });
  const slenderness = (STRUT_ENDS[ends] * lengthMm) / Math.sqrt(inertiaMm4 / areaMm2);
  const meet = Math.PI * Math.sqrt((2 * youngMPa) / yieldMPa);
  const euler = (Math.PI * Math.PI * youngMPa) / (slenderness * slenderness);
  if (slenderness >= meet) return { loadN: euler * areaMm2, slenderness, law: 'Euler' };
  const share = slenderness / meet;
  return { loadN: yieldMPa * (1 - (share * share) / 2) * areaMm2, slenderness, law: 'Johnson' };
}

export interface ScrewPullOut {
  /** Length of thread in the bone, mm. */
  readonly lengthMm: number;
  readonly outerDiameterMm: number;
  readonly coreDiameterMm: number;
  readonly pitchMm: number;
  /** Shear strength of the bone, MPa. */
  readonly shearMPa: number;
}

/**
 * Force that strips a screw out of bone: shear strength × cylinder of the thread × thread shape factor 0.5 + 0.57735·d/p.
 * @source Chapman 1996, J Biomech Eng 118:391, as used by ASTM F543 (not read)
 */
export function screwPullOutN(s: ScrewPullOut): number {
  const { lengthMm, outerDiameterMm, coreDiameterMm, pitchMm, shearMPa } = s;
  positive({ lengthMm, outerDiameterMm, coreDiameterMm, pitchMm, shearMPa });
  if (coreDiameterMm >= outerDiameterMm)
    throw new OsteonError('param.range', { param: 'coreDiameterMm', value: coreDiameterMm, max: outerDiameterMm });
  const depth = (outerDiameterMm - coreDiameterMm) / 2;
  return shearMPa * Math.PI * lengthMm * outerDiameterMm * (0.5 + (0.57735 * depth) / pitchMm);
}
