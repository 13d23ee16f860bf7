import { distance, scale, sub } from '../../math/index.ts';
import { type Axis, segmentDistance } from '../../measure/index.ts';

/** A corridor that was found, with what decides whether it is used. */
export interface Candidate {
  readonly axis: Axis;
  /** Chance that the placed screw enters the joint. */
  readonly chance: number;
  /** Length of the axis in each fragment, mm. */
  readonly holds: readonly { readonly name: string; readonly lengthMm: number }[];
  /** From the entry to the nearest fracture line, mm. */
  readonly lineMm: number;
  /** Length of the axis that runs in a fracture, mm. */
  readonly inFractureMm: number;
}

export interface ChooseOptions {
  /** Screws in each fragment, where there is room. */
  readonly perFragment: number;
  /** Half the thread, mm. */
  readonly radiusMm: number;
  /** Bone between two threads, mm. */
  readonly gapMm: number;
  /** Between the middles of two heads, mm. */
  readonly headsMm: number;
  /** Outside the bone axes keep this apart for `reachMm`, so that two drill sleeves do not meet, mm. */
  readonly sleevesMm: number;
  readonly reachMm: number;
}

export const CHOOSE_DEFAULTS: ChooseOptions = {
  perFragment: 3, // three screws hold a plate end in plates for the pelvis; six to seven a plate in the series
  radiusMm: 1.75,
  gapMm: 2,
  headsMm: 12, // twice the head of a 3.5 mm screw
  sleevesMm: 8, // two sleeves of a 2.5 mm drill with walls of 2 mm, and a slit
  reachMm: 22, // plate, wall of the guide and sleeve
};

/** Thread that holds a fragment, mm: two cortices of thin bone. */
const HOLD_MM = 8;
/** An entry nearer than this to a fracture line breaks its rim out, mm. */
const RIM_MM = 4;
/** Clearance beyond this is no reason to prefer an axis, mm. */
const CLEAR_MM = 4;

/**
 * From many corridors the screws of a plate: fragment by fragment in turn the best one that holds it and keeps away from
 * those chosen before, until each has its number or nothing is left. Same candidates, same choice.
 * @returns indices into `candidates`, in the order of choice
 */
export function chooseScrews(
  candidates: readonly Candidate[],
  fragments: readonly string[],
  options: Partial<ChooseOptions> = {},
): number[] {
  const o = { ...CHOOSE_DEFAULTS, ...options };
  const order = candidates.map((c, i) => ({ i, worth: worthOf(c, o) })).sort((a, b) => b.worth - a.worth || a.i - b.i);
  const chosen: number[] = [];
  for (let round = 0; round < o.perFragment; round++)
    for (const fragment of fragments) {
      const held = chosen.filter((i) => holds(candidates[i], fragment)).length;
      if (held > round) continue;
      const next = order.find(
        ({ i }) =>
          !chosen.includes(i) &&
          holds(candidates[i], fragment) &&
          chosen.every((j) => apart(candidates[i].axis, candidates[j].axis, o)),
      );
      if (next) chosen.push(next.i);
    }
  return chosen;
}

/** A long screw passes fragments that it does not hold: this part of its thread lies in those it does. */
const HOLD_SHARE = 0.3;

function holds({ axis, holds: parts }: Candidate, fragment: string): boolean {
  const least = Math.max(HOLD_MM, HOLD_SHARE * axis.lengthMm);
  return parts.some((h) => h.name === fragment && h.lengthMm >= least);
}

/** Clearance and length in millimetres; risk to the joint and to the rim of a fracture taken off. */
function worthOf({ axis, chance, lineMm, inFractureMm }: Candidate, { radiusMm }: ChooseOptions): number {
  const clear = Math.min(CLEAR_MM, axis.cortexMm - radiusMm, axis.jointMm - radiusMm);
  const rim = Math.max(0, RIM_MM - lineMm);
  const along = Math.max(0, inFractureMm - 6 * radiusMm);
  return clear + 0.02 * axis.lengthMm - 40 * chance - rim - along;
}

function apart(a: Axis, b: Axis, { radiusMm, gapMm, headsMm, sleevesMm, reachMm }: ChooseOptions): boolean {
  const outside = ({ entryMm, direction }: Axis) => ({
    entryMm: sub(entryMm, scale(direction, reachMm)),
    direction,
    lengthMm: reachMm,
  });
  return (
    distance(a.entryMm, b.entryMm) >= headsMm &&
    segmentDistance(a, b) >= 2 * radiusMm + gapMm &&
    segmentDistance(outside(a), outside(b)) >= sleevesMm
  );
}
