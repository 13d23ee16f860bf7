import { TALUS_PARAMS } from '../../src/design/index.ts';
import { mattaGrade } from '../../src/inspect/index.ts';
import type { LiveRelation } from '../../src/measure/index.ts';
import { labelOfName } from './bodies.ts';
import type { BodyReading, HeldScrew } from './live.ts';

export type Tone = 'good' | 'warn' | 'bad';

/** One number beside the hand. */
export interface Reading {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
  readonly tone?: Tone;
}
/** What belongs to one neighbour. */
export interface ReadingGroup {
  readonly id: string;
  readonly title: string;
  readonly readings: readonly Reading[];
}

/** Cartilage thinner than this between socket and head is no joint, mm; below nothing bone meets bone. */
const THIN_MM = 1;
/** Bone that stays between thread and joint, and between two threads, in a run, mm. */
const MARGIN_MM = 2;
/** A tip may stand out of the far cortex by this; beyond the second a run blocks, mm. */
const PROTRUDE_MM = [1, 2] as const;

const mm = (name: string, v: number, tone?: Tone): Reading => ({
  name,
  value: (Math.abs(v) < 0.05 ? 0 : v).toFixed(1),
  unit: 'mm',
  ...(tone && { tone }),
});
const above = (v: number, bad: number, warn: number): Tone => (v < bad ? 'bad' : v < warn ? 'warn' : 'good');

/** Matta's limits: up to 1 mm good, up to 3 mm a warning. */
const GRADES = { anatomical: 'good', imperfect: 'warn', poor: 'bad' } as const;
const displaced = (v: number): Tone => GRADES[mattaGrade({ gapMm: v, stepMm: 0 })];

/** Figures of a body under the hand, nearest neighbour first. */
export function bodyReadings({ body, relations, fracture }: BodyReading): ReadingGroup[] {
  const groups = Object.entries(relations)
    .filter(([, r]) => r.gapMm !== null)
    .sort(([, a], [, b]) => a.gapMm! - b.gapMm!)
    .map(([id, r]): ReadingGroup => {
      const line = fracture?.space.find((s) => (s.a === body && s.b === id) || (s.a === id && s.b === body));
      return {
        id,
        title: labelOfName(id),
        readings: [
          ...(line
            ? [mm('gap', line.gapMm, displaced(line.gapMm)), mm('step-off', line.stepMm, displaced(line.stepMm))]
            : []),
          ...(fracture ? overlapOf(r) : besideOf(r)),
        ],
      };
    });
  const head = fracture?.head.find((h) => h.piece === body);
  if (!head) return groups;
  const space: ReadingGroup = {
    id: 'joint',
    title: 'Joint space to the head',
    readings: [mm('median', head.medianMm), mm('least', head.leastMm, above(head.leastMm, 0, THIN_MM))],
  };
  return [space, ...groups];
}

/** Room, or volume in common, of two fragments. */
function overlapOf({ gapMm, depthMm, overlapMm3 }: LiveRelation): Reading[] {
  if (depthMm === 0) return [mm('apart', gapMm!)];
  const { gapWarnMm, penetrationBlockMm } = LIMITS;
  const tone = depthMm > 2 * penetrationBlockMm ? 'bad' : depthMm > gapWarnMm ? 'warn' : 'good';
  return [{ name: 'overlap', value: overlapMm3.toFixed(0), unit: 'mm³', tone }];
}

/** Room and joint space of an implant or a whole bone. */
function besideOf({ gapMm, depthMm, overlapMm3, jointMm, jointLeastMm }: LiveRelation): Reading[] {
  const { gapWarnMm, penetrationBlockMm } = LIMITS;
  const tone: Tone = depthMm > penetrationBlockMm ? 'bad' : gapMm! < gapWarnMm ? 'warn' : 'good';
  return [
    mm('least gap', gapMm!, tone),
    ...(depthMm > 0 ? [{ name: 'overlap', value: overlapMm3.toFixed(0), unit: 'mm³', tone }] : []),
    ...(jointMm === null
      ? []
      : [mm('joint space', jointMm), mm('narrowest', jointLeastMm!, above(jointLeastMm!, 0, gapWarnMm))]),
  ];
}
const LIMITS = {
  gapWarnMm: TALUS_PARAMS.gapWarnMm.default,
  penetrationBlockMm: TALUS_PARAMS.penetrationBlockMm.default,
};

/** Figures of a screw under the hand. */
export function screwReadings(s: HeldScrew): ReadingGroup[] {
  const long: Reading = { name: 'length', value: s.lengthMm.toFixed(0), unit: 'mm' };
  if (!s.axis) {
    const why = s.tiltDeg > FLAT_DEG ? `leans ${s.tiltDeg.toFixed(0)}° from the bone` : 'does not go into bone';
    return [
      { id: s.id, title: `Screw ${s.id}`, readings: [long, { name: 'axis', value: why, unit: '', tone: 'bad' }] },
    ];
  }
  const diameterMm = 2 * (s.axis.cortexMm - s.threadMm!);
  const [out, block] = PROTRUDE_MM;
  const beyond: Tone = s.beyondMm! > block ? 'bad' : s.beyondMm! > out ? 'warn' : 'good';
  return [
    {
      id: s.id,
      title: /^screw/.test(s.id) ? labelOfName(s.id) : `Screw ${s.id}`,
      readings: [
        long,
        { name: 'in bone', value: s.inBoneMm.toFixed(1), unit: 'mm' },
        mm('thread to cortex', s.threadMm!, above(s.threadMm!, 0, 1)),
        mm(s.beyondMm! > 0 ? 'tip beyond' : 'tip within', Math.abs(s.beyondMm!), beyond),
        ...(s.jointMm === null ? [] : [mm('thread to joint', s.jointMm, above(s.jointMm, 0, MARGIN_MM))]),
        ...(s.nearest ? [mm(`to ${s.nearest.id}`, s.nearest.gapMm, above(s.nearest.gapMm, 0, MARGIN_MM))] : []),
        ...(s.lineMm === null
          ? []
          : [mm('entry to fracture', s.lineMm, s.lineMm < diameterMm / 2 + 1 ? 'warn' : 'good')]),
        ...(s.inFractureMm
          ? [
              mm(
                'in fracture',
                s.inFractureMm,
                s.inFractureMm > Math.max(4 * diameterMm, 0.4 * s.inBoneMm) ? 'warn' : 'good',
              ),
            ]
          : []),
      ],
    },
  ];
}
/** Flatter than this a drill slips off. */
const FLAT_DEG = 70;

/** The same for the ear: what is out of its limit first, at most two neighbours. */
export const spoken = (groups: readonly ReadingGroup[]): string =>
  groups
    .slice(0, 2)
    .map(
      ({ title, readings }) =>
        `${title}: ${readings
          .map((r) => `${r.name} ${r.value} ${r.unit}${r.tone === 'bad' ? ', out of its limit' : ''}`)
          .join(', ')}`,
    )
    .join('. ');
