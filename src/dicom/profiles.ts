import type { Finding } from '../base/index.ts';
import type { SeriesSummary } from './types.ts';

/** One number of a protocol. `must` blocks (a person may override with a reason), `should` warns. */
export interface Rule {
  readonly fact: 'pixelMm' | 'sliceStepMm' | 'kVp';
  readonly level: 'must' | 'should';
  readonly least?: number;
  readonly most: number;
}

/** What a workflow asks of a scan. */
export interface Profile {
  readonly name: string;
  readonly source: string;
  readonly modality: 'CT';
  readonly rules: readonly Rule[];
  /** Both feet, up to the shank: judged on the voxels by `checkView`. */
  readonly view: 'both-feet' | null;
}

export const PROFILES = {
  foot: {
    name: 'foot',
    source:
      'Total talus replacement protocol 1.5.1: pixel 0.5 mm or less, slice spacing 1.25 mm or less, 100 to 140 kVp',
    modality: 'CT',
    rules: [
      { fact: 'pixelMm', level: 'must', most: 0.5 },
      { fact: 'sliceStepMm', level: 'must', most: 1.25 },
      // Slices above 1 mm degrade models of articular surfaces.
      { fact: 'sliceStepMm', level: 'should', most: 1 },
      { fact: 'kVp', level: 'must', least: 100, most: 140 },
    ],
    view: 'both-feet',
  },
  pelvis: {
    name: 'pelvis',
    source: 'Acetabular plate study, methods: slices 1 mm or less, resolution 0.5 to 0.6 mm',
    modality: 'CT',
    rules: [
      { fact: 'sliceStepMm', level: 'must', most: 1 },
      { fact: 'pixelMm', level: 'should', most: 0.6 },
      { fact: 'pixelMm', level: 'must', most: 1 },
      { fact: 'kVp', level: 'should', least: 100, most: 140 },
    ],
    view: null,
  },
  cranium: {
    name: 'cranium',
    source: 'Cranial implant practice: thin slices of 1 mm or less, pixel 0.6 mm or less; 1.25 mm slices at most',
    modality: 'CT',
    rules: [
      { fact: 'sliceStepMm', level: 'must', most: 1.25 },
      { fact: 'sliceStepMm', level: 'should', most: 1 },
      { fact: 'pixelMm', level: 'should', most: 0.6 },
      { fact: 'kVp', level: 'should', least: 100, most: 140 },
    ],
    view: null,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

const NAMES: Readonly<Record<Rule['fact'], readonly [name: string, unit: string]>> = {
  pixelMm: ['pixel', ' mm'],
  sliceStepMm: ['slice spacing', ' mm'],
  kVp: ['tube voltage', ' kVp'],
};

/**
 * A series against a protocol: each number that is off is one finding. Limits are inclusive and compared exactly; the
 * pixel is the larger side, the slice step the greatest one, measured from positions. A fact the header does not state
 * is a warning. Cone-beam devices are held to the same voltage, and are a warning of their own (`dicom.cone-beam`).
 * @returns the series' own findings and those of the protocol; `verdictOf` gives pass, warn or block
 */
export function checkProfile(summary: SeriesSummary, profile: Profile): Finding[] {
  const out: Finding[] = [...summary.findings];
  if (summary.modality !== profile.modality && !(summary.modality === 'XA' && summary.isConeBeam))
    out.push({
      level: 'blocker',
      code: 'dicom.modality',
      text: `The ${profile.name} profile needs CT; this series is ${summary.modality || 'of no stated modality'}`,
      hint: 'Choose the CT series',
    });
  if (summary.kind !== 'volume' || !summary.geometry) {
    out.push({ level: 'blocker', code: 'dicom.geometry', text: `The series is no stack of slices (${summary.kind})` });
    return out;
  }
  const blocked = new Set<string>();
  for (const rule of profile.rules) {
    if (blocked.has(rule.fact)) continue;
    const finding = checkRule(rule, factOf(summary, rule.fact), profile);
    if (!finding) continue;
    blocked.add(rule.fact);
    out.push(finding);
  }
  return out;
}

function factOf({ geometry: g, kVp }: SeriesSummary, fact: Rule['fact']): number | null {
  if (fact === 'kVp') return kVp;
  if (fact === 'pixelMm') return Math.max(g!.spacingMm[0], g!.spacingMm[1]);
  return g!.isEven ? g!.spacingMm[2] : g!.stepMm[1];
}

function checkRule({ fact, level, least, most }: Rule, value: number | null, profile: Profile): Finding | null {
  const [name, unit] = NAMES[fact];
  const asked = least === undefined ? `${most}${unit} or less` : `${least} to ${most}${unit}`;
  if (value === null)
    return {
      level: 'warning',
      code: 'dicom.protocol',
      text: `The header does not state the ${name}; ${asked} is asked for`,
    };
  if (value <= most && value >= (least ?? Number.NEGATIVE_INFINITY)) return null;
  return {
    level: level === 'must' ? 'blocker' : 'warning',
    code: 'dicom.protocol',
    text: `The ${name} is ${value}${unit}; the ${profile.name} profile ${level === 'must' ? 'asks' : 'advises'} ${asked}`,
    facts: { [fact]: value, limit: value > most ? most : least! },
    hint: level === 'must' ? 'Scan again to the protocol, or override with a reason' : '',
  };
}
