import { type Finding, OsteonError, type Vec3 } from '../../base/index.ts';
import {
  type Candidate,
  chooseScrews,
  type PlannedScrew,
  type ScrewType,
  screwType,
  stockedLength,
} from '../../design/index.ts';
import { asHounsfield } from '../../dicom/index.ts';
import { add, invert, scale } from '../../math/index.ts';
import {
  type Axis,
  alongFracture,
  type Chance,
  CORRIDOR_DEFAULTS,
  GUIDED_SCREWS,
  insideRuns,
  type JointSphere,
  jointChance,
  type Purchase,
  type RodPair,
  rodGaps,
  threadPurchase,
  toPoints,
} from '../../measure/index.ts';
import { createSampler } from '../../volume/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';
import type { ReducedBone } from './pelvis.ts';
import type { ScanVolume } from './scan.ts';
import type { ScrewBone, ScrewPlace } from './screws.ts';

/** A screw with all that is known of it. */
export interface ScrewPlan extends PlannedScrew {
  readonly kind: ScrewPlace['kind'];
  readonly tipMm: Vec3;
  /** From the entry to the far cortex or what else ends the corridor, mm. */
  readonly corridorMm: number;
  readonly end: Axis['end'];
  readonly cortexMm: number;
  readonly jointMm: number;
  /** The tip beyond the far cortex; negative inside, mm. */
  readonly beyondMm: number;
  /** On the tray: from the top of the head to the tip, mm. */
  readonly stockMm: number;
  readonly purchase: Purchase;
  /** Chance to enter the joint, for each series of `GUIDED_SCREWS`. */
  readonly chances: readonly Chance[];
  readonly lineMm: number;
  readonly inFractureMm: number;
}

export interface ScrewPlans {
  readonly screws: readonly ScrewPlan[];
  /** Gaps between screws nearer than 5 mm. */
  readonly gaps: readonly RodPair[];
  readonly considered: number;
  readonly findings: readonly Finding[];
}

interface PlanParams {
  perFragment: number;
  protrudeMm: number;
  underHeadMm: number;
  screwGapMm: number;
  chanceWarn: number;
}

/** Which corridors become screws, how long they are, what they hold, and what is wrong with them. */
export const screwsPlan: Step<
  {
    scan: ScanVolume;
    bone: ScrewBone;
    reduced: ReducedBone;
    places: readonly ScrewPlace[];
    axes: readonly (readonly (Axis | null)[])[];
  },
  PlanParams,
  ScrewPlans,
  Engines
> = {
  id: 'screws.plan',
  version: 4,
  label: 'choosing screws',
  costS: 4,
  params: {
    perFragment: {
      label: 'screws in each fragment, where they are chosen automatically',
      unit: '',
      default: 3,
      min: 1,
      max: 8,
      source: 'six to seven screws a plate in the acetabular series; three hold a fragment',
    },
    protrudeMm: {
      label: 'a tip may stand out of the far cortex by this',
      unit: 'mm',
      default: 1,
      min: 0,
      max: 2,
      source: 'a full turn of thread in the far cortex; 2 mm is the most that is asked of a plan',
    },
    underHeadMm: {
      label: 'plate and stand-off between the top of the head and the bone, for the length on the tray',
      unit: 'mm',
      default: 3.2,
      min: 0,
      max: 12,
      source: 'thickness and stand-off of the plate of the case; the head is flush with its outer side',
    },
    screwGapMm: {
      label: 'bone that stays between two threads',
      unit: 'mm',
      default: 2,
      min: 0,
      max: 10,
      source: 'about a thread radius on either side',
    },
    chanceWarn: {
      label: 'chance to enter the joint, with guides as published, from which a person should look',
      unit: '',
      default: 0.1,
      min: 0,
      max: 1,
      source: 'this program: one in ten',
    },
  },
  handler({ scan, bone, reduced, places, axes }, p, { job }) {
    const joint = reduced.acetabulum;
    const found = axes.flat().flatMap((axis, i) => (axis ? [{ place: places[i], axis }] : []));
    const missing = places.filter((place, i) => place.kind === 'wanted' && !axes.flat()[i]);
    if (missing.length > 0)
      throw new OsteonError(
        'design.no-corridor',
        {
          screw: missing.map((m) => m.id).join(', '),
          entryMm: missing[0].wish.entry.pointMm.map((x) => x.toFixed(1)).join(' '),
        },
        'Move its entry, widen its zone or cone, or take a thinner screw',
      );
    const judged = found.map(({ place, axis }): Candidate => candidateOf(place, axis, bone, joint));
    job.at(0.4);
    const automatic = found.every(({ place }) => place.kind !== 'wanted');
    const radiusMm = Math.max(0, ...found.map(({ place }) => screwType(place.screw).diameterMm / 2));
    const chosen = automatic
      ? chooseScrews(
          judged,
          reduced.fragments.map((f) => f.name),
          {
            perFragment: p.perFragment,
            gapMm: p.screwGapMm,
            radiusMm,
          },
        )
      : found.map((_, i) => i);
    const sampler = createSampler(asHounsfield(scan.volume));
    job.at(0.5);
    const placed = bone.fragments.map(({ name, bvh }) => ({
      name,
      bvh,
      imagedFromReduced: invert(reduced.fragments.find((f) => f.name === name)!.reducedFromImaged),
    }));
    const screws = sorted(chosen, found, automatic).flatMap((i, n): ScrewPlan[] => {
      const { place, axis } = found[i];
      const lengths = lengthsOf(axis, place, p);
      if (!lengths) return [];
      const r = screwType(place.screw).diameterMm / 2;
      const purchase = threadPurchase(placed, sampler, axis.entryMm, axis.direction, lengths.lengthMm, r);
      return [
        {
          id: automatic ? `${n + 1}` : place.id,
          kind: place.kind,
          entryMm: axis.entryMm,
          direction: axis.direction,
          tipMm: add(axis.entryMm, scale(axis.direction, lengths.lengthMm)),
          ...lengths,
          screw: screwType(place.screw),
          target: purchase.fragments.at(-1)?.name ?? '',
          corridorMm: axis.lengthMm,
          end: axis.end,
          cortexMm: axis.cortexMm,
          jointMm: axis.jointMm,
          purchase,
          chances: GUIDED_SCREWS.map((u) => jointChance(axis.entryMm, axis.direction, lengths.lengthMm, r, joint, u)),
          lineMm: judged[i].lineMm,
          inFractureMm: judged[i].inFractureMm,
        },
      ];
    });
    const rods = screws.map((s) => ({ ...s, radiusMm: s.screw.diameterMm / 2 }));
    const gaps = rodGaps(rods).filter((g) => g.gapMm < NEAR_MM);
    return { screws, gaps, considered: places.length, findings: findingsOf(screws, gaps, reduced, p) };
  },
};

/** Gaps wider than this are of no interest, mm. */
const NEAR_MM = 5;
/** The series a plan is judged by: screws in pre-contoured plates. */
const TYPICAL = GUIDED_SCREWS[1];

function candidateOf(place: ScrewPlace, axis: Axis, bone: ScrewBone, joint: JointSphere): Candidate {
  const radiusMm = screwType(place.screw).diameterMm / 2;
  const { entryMm, direction, lengthMm } = axis;
  return {
    axis,
    chance: jointChance(entryMm, direction, lengthMm, radiusMm, joint, TYPICAL).chance,
    holds: bone.fragments.map(({ name, bvh }) => ({
      name,
      lengthMm: insideRuns(bvh, entryMm, direction, lengthMm).reduce((sum, [a, b]) => sum + b - a, 0),
    })),
    lineMm: toPoints(entryMm, bone.line),
    inFractureMm: bone.fracture ? alongFracture(bone.fracture, { id: '', entryMm, direction, lengthMm, radiusMm }) : 0,
  };
}

/** Automatic screws are numbered along the bone, from the front to the back; wanted ones keep their order. */
function sorted(chosen: readonly number[], found: readonly { readonly axis: Axis }[], automatic: boolean): number[] {
  if (!automatic) return [...chosen];
  return [...chosen].sort((a, b) => found[a].axis.entryMm[1] - found[b].axis.entryMm[1] || a - b);
}

/** In bone and on the tray. A tip ends before the joint, or at the far cortex with what it may stand out of it. */
function lengthsOf(
  axis: Axis,
  place: ScrewPlace,
  { protrudeMm, underHeadMm }: Pick<PlanParams, 'protrudeMm' | 'underHeadMm'>,
): { lengthMm: number; stockMm: number; beyondMm: number } | null {
  const type: ScrewType = screwType(place.screw);
  const most = axis.end === 'far-cortex' ? axis.lengthMm + protrudeMm : axis.lengthMm;
  // Without a plate the head itself stands on the bone.
  const outsideMm = Math.max(underHeadMm, type.headHeightMm);
  const stockMm = stockedLength(type, outsideMm + (place.lengthMm ?? most));
  if (stockMm === undefined || stockMm - outsideMm < CORRIDOR_DEFAULTS.minLengthMm / 2) return null;
  const lengthMm = stockMm - outsideMm;
  return { lengthMm, stockMm, beyondMm: lengthMm - axis.lengthMm };
}

function findingsOf(
  screws: readonly ScrewPlan[],
  gaps: readonly RodPair[],
  { fragments }: ReducedBone,
  p: PlanParams,
): Finding[] {
  const out: Finding[] = [];
  for (const { name } of fragments) {
    const holding = screws.filter((s) => s.purchase.fragments.some((f) => f.name === name && f.lengthMm >= 8)).length;
    if (holding >= 2 || screws.length === 0) continue;
    out.push({
      level: 'warning',
      code: 'screws.loose-fragment',
      text: `${name} is held by ${holding === 0 ? 'no screw' : 'one screw'}`,
      facts: { screws: holding },
      hint: 'Add screws in the case: screws: [{ entry: [x, y, z], … }]',
    });
  }
  for (const { a, b, gapMm } of gaps.filter((g) => g.gapMm < p.screwGapMm))
    out.push({
      level: gapMm < 0 ? 'blocker' : 'warning',
      code: 'screws.conflict',
      text: gapMm < 0 ? `Screws ${a} and ${b} run into each other` : `Screws ${a} and ${b} are close to each other`,
      facts: { gapMm },
      hint: 'Move one of them',
    });
  for (const s of screws) {
    const facts = { screw: s.id };
    if (s.jointMm < s.screw.diameterMm / 2)
      out.push({
        level: 'blocker',
        code: 'screws.joint',
        text: `Screw ${s.id} enters the joint`,
        facts: { ...facts, jointMm: s.jointMm },
        hint: 'Move its entry or make it shorter',
      });
    if (s.beyondMm > 2)
      out.push({
        level: 'blocker',
        code: 'screws.far-cortex',
        text: `Screw ${s.id} stands out of the far cortex`,
        facts: { ...facts, beyondMm: s.beyondMm },
        hint: 'Make it shorter',
      });
    if (s.chances[1].chance > p.chanceWarn)
      out.push({
        level: 'warning',
        code: 'screws.joint-chance',
        text: `Screw ${s.id} may enter the joint when placed as guided screws are`,
        facts: { ...facts, chance: s.chances[1].chance, directionDeg: TYPICAL.directionDeg, entryMm: TYPICAL.entryMm },
        hint: 'Plan it farther from the joint, or check it under fluoroscopy',
      });
    if (s.lineMm < s.screw.diameterMm / 2 + 1)
      out.push({
        level: 'warning',
        code: 'screws.fracture-line',
        text: `Screw ${s.id} enters at a fracture line`,
        facts: { ...facts, lineMm: s.lineMm },
        hint: 'Move its entry',
      });
    if (s.inFractureMm > Math.max(4 * s.screw.diameterMm, 0.4 * s.lengthMm))
      out.push({
        level: 'warning',
        code: 'screws.in-fracture',
        text: `Screw ${s.id} runs along a fracture`,
        facts: { ...facts, inFractureMm: s.inFractureMm },
        hint: 'Turn it across the fracture',
      });
  }
  return out;
}
