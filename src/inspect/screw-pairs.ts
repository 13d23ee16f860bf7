import type { LpsTransform, Vec3 } from '../base/index.ts';
import { add, apply, assign, distance, dot, scale, sub, unit } from '../math/index.ts';
import type { Rod } from '../segment/index.ts';
import type { PlannedScrewFacts } from './evaluation-plan.ts';

/** A screw seen in metal, in the frame of the plan, its entry first. */
export interface SeenScrew {
  /** The end of its metal, a head left out. */
  readonly entryMm: Vec3;
  readonly direction: Vec3;
  /** Without a head. */
  readonly lengthMm: number;
  /** Height of the head; zero where none is seen. */
  readonly headMm: number;
  /** From tip to tip of the metal. */
  readonly overallMm: number;
  readonly diameterMm: number;
  /** Least distance of its metal to the joint sphere; negative: it is in the joint. */
  readonly jointMm: number;
}

/** One planned screw and what became of it. */
export interface ScrewOutcome {
  readonly id: string;
  readonly target: string;
  readonly planned: PlannedScrewFacts;
  /** Absent: no metal pairs with it. */
  readonly placed?: SeenScrew;
  readonly directionDeg?: number;
  /** Where its axis meets bone; where it meets none, the end of its metal. */
  readonly boneEntryMm?: Vec3;
  /** Between the planned and the seen entry into bone; and the part of it across the planned axis. */
  readonly entryMm?: number;
  readonly entryAcrossMm?: number;
  /** Seen less planned length, both from the top of the head, where one is seen, to the tip. */
  readonly lengthMm?: number;
}

export interface PairedScrews {
  readonly screws: readonly ScrewOutcome[];
  /** Metal that pairs with no planned screw. */
  readonly others: readonly SeenScrew[];
}

/** A screw this far from its plan is another screw: twice the widest deviation of any series of guided screws. */
const MOST_DEG = 30;
const MOST_MM = 15;

/**
 * Rods of a scan after surgery against planned screws: the pairing that deviates least in all. Which end of a paired screw
 * is its entry follows from the plan; of another one, from where its ends lie to the bone.
 * @param outsideBone signed distance to the bone in the frame of the plan, mm, negative inside
 * @param ontoBone where the axis of a screw meets bone, as near as can be to a point
 */
export function pairScrews(
  planned: readonly PlannedScrewFacts[],
  rods: readonly Rod[],
  planFromScan: LpsTransform,
  joint: { readonly centreMm: Vec3; readonly radiusMm: number },
  outsideBone: (p: Vec3) => number,
  ontoBone: (screw: SeenScrew, near: Vec3) => Vec3 | undefined = () => undefined,
): PairedScrews {
  const seen = rods.map((r) => entryFirst(seenScrew(r, planFromScan, joint), outsideBone));
  const cost = planned.map((p) => seen.map((s) => misfit(p, s)));
  const column = assign(cost);
  const screws = planned.map((p, i): ScrewOutcome => {
    const { id, target } = p;
    if (column[i] < 0) return { id, target, planned: p };
    const placed = turned(seen[column[i]], p.direction);
    const boneEntryMm = ontoBone(placed, p.entryMm) ?? placed.entryMm;
    const off = sub(boneEntryMm, p.entryMm);
    return {
      id,
      target,
      planned: p,
      placed,
      directionDeg: degrees(placed.direction, p.direction),
      boneEntryMm,
      entryMm: distance(boneEntryMm, p.entryMm),
      entryAcrossMm: distance(off, scale(p.direction, dot(off, p.direction))),
      lengthMm: placed.lengthMm + placed.headMm - p.lengthMm,
    };
  });
  return { screws, others: seen.filter((_, j) => !column.includes(j)) };
}

const degrees = (a: Vec3, b: Vec3): number => (Math.acos(Math.min(1, Math.max(-1, dot(a, b)))) * 180) / Math.PI;

function seenScrew(rod: Rod, planFromScan: LpsTransform, joint: { centreMm: Vec3; radiusMm: number }): SeenScrew {
  const [first, second] = rod.headMm;
  const [from, to] = second > first ? [rod.endsMm[1], rod.endsMm[0]] : rod.endsMm;
  const [a, b] = [apply(planFromScan, from), apply(planFromScan, to)];
  const axis = sub(b, a);
  const t = Math.min(1, Math.max(0, dot(sub(joint.centreMm, a), axis) / dot(axis, axis)));
  return {
    entryMm: a,
    direction: unit(axis),
    lengthMm: rod.lengthMm,
    headMm: Math.max(first, second),
    overallMm: rod.overallMm,
    diameterMm: rod.diameterMm,
    jointMm: distance(joint.centreMm, add(a, scale(axis, t))) - joint.radiusMm - rod.diameterMm / 2,
  };
}

/**
 * The entry has the head. Where none is seen it shows: it is the end out of the bone; of two that are, the nearer one; of
 * none, the shallower one.
 */
function entryFirst(s: SeenScrew, outsideBone: (p: Vec3) => number): SeenScrew {
  if (s.headMm > 0) return s;
  const [a, b] = [outsideBone(s.entryMm), outsideBone(add(s.entryMm, scale(s.direction, s.lengthMm)))];
  const swap = a > 0 && b > 0 ? b < a : b > a;
  return swap ? turned(s, scale(s.direction, -1)) : s;
}

/** The same screw the way round the plan goes. */
function turned(s: SeenScrew, direction: Vec3): SeenScrew {
  if (dot(s.direction, direction) >= 0) return s;
  return { ...s, entryMm: add(s.entryMm, scale(s.direction, s.lengthMm)), direction: scale(s.direction, -1) };
}

function misfit(p: PlannedScrewFacts, screw: SeenScrew): number {
  const s = turned(screw, p.direction);
  const deg = degrees(s.direction, p.direction);
  const middle = (q: { entryMm: Vec3; direction: Vec3; lengthMm: number }) =>
    add(q.entryMm, scale(q.direction, q.lengthMm / 2));
  const off = sub(middle(s), middle(p));
  const across = distance(off, scale(p.direction, dot(off, p.direction)));
  if (deg > MOST_DEG || across > MOST_MM || distance(off, [0, 0, 0]) > MOST_MM + p.lengthMm / 2)
    return Number.POSITIVE_INFINITY;
  return across + (deg / 360) * Math.PI * p.lengthMm + 0.3 * Math.abs(dot(off, p.direction));
}
