import type { Vec3 } from '../../base/index.ts';
import { add, cross, distance, dot, scale, unit } from '../../math/index.ts';
import type { ArmCurve, ArmSection } from './types.ts';

/** An arm as it is gripped in a bending test: by its tips, turned about an axis across it. */
export interface ArmTest {
  readonly tips: readonly [Vec3, Vec3];
  /** Faces nearer to a tip than this are gripped, mm. */
  readonly gripMm: number;
  /** Looked at between these lengths along the arm, mm: a width away from what is gripped. */
  readonly fromMm: number;
  readonly toMm: number;
  /** Middle and direction of the arm there. */
  readonly ends: readonly [{ readonly at: Vec3; readonly along: Vec3 }, { readonly at: Vec3; readonly along: Vec3 }];
  /** Unit vector: the mean direction across the arm on the bone. */
  readonly axis: Vec3;
}

interface Station {
  readonly at: Vec3;
  readonly along: Vec3;
  readonly side: Vec3;
  readonly up: Vec3;
}

/** How an arm is gripped; null where it is too short to be bent, or runs back into itself. */
export function armTest(arm: ArmCurve): ArmTest | null {
  const { points: p, widthMm: gripMm, lengthMm } = arm;
  if (!(lengthMm >= 5 * gripMm)) return null;
  const last = p.length - 3;
  const tips: ArmTest['tips'] = [
    [p[0], p[1], p[2]],
    [p[last], p[last + 1], p[last + 2]],
  ];
  if (distance(tips[0], tips[1]) < 3 * gripMm) return null;
  const [fromMm, toMm] = [2 * gripMm, lengthMm - 2 * gripMm];
  let sum: Vec3 = [0, 0, 0];
  for (let mm = fromMm; mm <= toMm; mm++) sum = add(sum, stationAt(arm, mm).side);
  return {
    tips,
    gripMm,
    fromMm,
    toMm,
    ends: [stationAt(arm, fromMm), stationAt(arm, toMm)],
    axis: unit(sum),
  };
}

/**
 * By how much a couple of 1 N·mm about the axis of the test turns one end of what is looked at against the other, radians, by the sections of the
 * arm: bent out of the plane of the plate, bent in it, and twisted, as the way of the arm decides.
 * @requires sections 1 mm apart
 * @accuracy a beam; twist by 4·I·I′/(I + I′), exact for a circle and for a thin strip
 */
export function armTurn(
  arm: ArmCurve,
  sections: readonly ArmSection[],
  { axis, fromMm, toMm }: ArmTest,
  { youngMPa, poisson }: { readonly youngMPa: number; readonly poisson: number },
): number {
  const shearMPa = youngMPa / (2 * (1 + poisson));
  let turn = 0;
  for (const { atMm, bendMm4, edgeMm4 } of sections) {
    if (atMm < fromMm || atMm > toMm) continue;
    const { along, side, up } = stationAt(arm, atMm);
    const [m, e, t] = [dot(axis, side), dot(axis, up), dot(axis, along)];
    const twistMm4 = (4 * bendMm4 * edgeMm4) / (bendMm4 + edgeMm4);
    turn += (m * m) / (youngMPa * bendMm4) + (e * e) / (youngMPa * edgeMm4) + (t * t) / (shearMPa * twistMm4);
  }
  return turn;
}

/** Directions at a length along the arm: along it, across it on the bone, out of the bone. */
function stationAt({ points: p, normals: n }: ArmCurve, atMm: number): Station {
  let walked = 0;
  for (let i = 3; i < p.length; i += 3) {
    const step: Vec3 = [p[i] - p[i - 3], p[i + 1] - p[i - 2], p[i + 2] - p[i - 1]];
    const d = Math.hypot(...step);
    walked += d;
    if (walked < atMm && i + 3 < p.length) continue;
    const along = scale(step, 1 / (d || 1));
    const side = unit(cross(along, [n[i], n[i + 1], n[i + 2]]));
    const back = Math.max(0, walked - atMm);
    const at: Vec3 = [p[i] - back * along[0], p[i + 1] - back * along[1], p[i + 2] - back * along[2]];
    return { at, along, side, up: cross(side, along) };
  }
  return { at: [p[0], p[1], p[2]], along: [1, 0, 0], side: [0, 1, 0], up: [0, 0, 1] };
}
