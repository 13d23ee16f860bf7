import type { Finding, Vec3 } from '../../base/index.ts';
import { distance } from '../../math/index.ts';
import { buildBvh, closestPoint } from '../../mesh/index.ts';
import type { PlateValues } from './params.ts';
import type { Plate, PlateHole, PlateScrew } from './types.ts';

/** What was met on the way and is not in the plate itself. */
export interface PlateFacts {
  readonly dropped: readonly number[];
  readonly off: readonly { readonly screw: PlateScrew; readonly distanceMm: number }[];
  readonly joint?: { readonly centreMm: Vec3; readonly radiusMm: number };
}

/** The bone side may lie this far from its surface, root mean square, mm. */
const RMS_LIMIT_MM = 0.1;
/** A screw that leans more than this gives a seat that holds its head on one side. */
const TILT_LIMIT_DEG = 40;
/** Centre lines may end this far from the plate before a part of it is missing, mm. */
const LOST_MM = 1;
/** A head may stand out by this much before a person should look, mm. */
const PROUD_MM = 2;

/** What a person must read about a plate: blockers first in weight, notes for the record. */
export function plateFindings(plate: Omit<Plate, 'findings'>, v: PlateValues, facts: PlateFacts): Finding[] {
  return [...bodyFindings(plate, v, facts), ...holeFindings(plate, v, facts)];
}

/** Length of the centre lines over which there is no plate. */
function lostLengthMm({ curves, blank }: Pick<Plate, 'curves' | 'blank'>, standOffMm: number): number {
  const bvh = buildBvh(blank);
  let lost = 0;
  for (const { points: p, thicknessMm } of curves)
    for (let i = 0; i + 3 < p.length; i += 3) {
      const [a, b]: [Vec3, Vec3] = [
        [p[i], p[i + 1], p[i + 2]],
        [p[i + 3], p[i + 4], p[i + 5]],
      ];
      if (!closestPoint(bvh, ...a, standOffMm + thicknessMm)) lost += distance(a, b);
    }
  return lost;
}

function bodyFindings(plate: Omit<Plate, 'findings'>, v: PlateValues, { dropped, joint }: PlateFacts): Finding[] {
  const { boneSide: b, insertion: i } = plate;
  const out: Finding[] = [];
  const add = (level: Finding['level'], code: string, text: string, f: Finding['facts'], hint?: string) =>
    out.push({ level, code, text, ...(f && { facts: f }), ...(hint && { hint }) });
  if (plate.overlapPairs > 0 || plate.overlapMm3 > 0)
    add('blocker', 'plate.overlaps-bone', 'the plate cuts into the bone', {
      pairs: plate.overlapPairs,
      volumeMm3: plate.overlapMm3,
    });
  if (b.rmsMm > RMS_LIMIT_MM)
    add('blocker', 'plate.bone-side', 'the bone side does not lie on its surface', {
      rmsMm: b.rmsMm,
      limitMm: RMS_LIMIT_MM,
    });
  if (b.bridgedFraction > 0.001)
    add('note', 'plate.bridged', 'hollows of the bone under the plate are bridged', {
      areaMm2: b.bridgedFraction * b.areaMm2,
      areaFraction: b.bridgedFraction,
      depthMm: b.bridgedDepthMm,
      ballRadiusMm: v.bridgeRadiusMm,
    });
  const lostMm = lostLengthMm(plate, v.standOffMm);
  const loose = { pieces: dropped.length, volumeMm3: dropped.reduce((s, x) => s + x, 0) };
  if (lostMm > LOST_MM)
    add(
      'blocker',
      'plate.in-pieces',
      'parts of the network do not join the rest',
      { ...loose, lengthMm: lostMm },
      'Let the arms share a point.',
    );
  else if (dropped.length > 0)
    add(
      'note',
      'plate.in-pieces',
      'shells that carry no part of the network, as in fracture gaps, were left out',
      loose,
    );
  if (plate.wallMm < v.minWallMm - 1e-3)
    add('warning', 'plate.thin', 'the plate is thinner than its least wall somewhere', {
      wallMm: plate.wallMm,
      limitMm: v.minWallMm,
    });
  if (!i.fits)
    add(
      'warning',
      'plate.insertion',
      'the plate does not go straight through the incision in any direction',
      { alongMm: i.alongMm, windowMm: i.windowMm, acrossMm: i.acrossMm, openingMm: v.openingMm },
      'Plan a longer incision or two windows, or shorten the plate.',
    );
  if (joint) {
    const deep = joint.radiusMm - leastDistance(plate.body.positions, joint.centreMm);
    if (deep > 0) add('blocker', 'plate.in-joint', 'the plate reaches into the joint', { depthMm: deep });
  }
  return out;
}

function leastDistance(p: Float64Array, [x, y, z]: Vec3): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < p.length; i += 3) least = Math.min(least, Math.hypot(p[i] - x, p[i + 1] - y, p[i + 2] - z));
  return least;
}

function holeFindings(plate: Omit<Plate, 'findings'>, v: PlateValues, { off }: PlateFacts): Finding[] {
  const out: Finding[] = [];
  for (const { screw, distanceMm } of off)
    out.push({
      level: 'note',
      code: 'plate.screw-beside',
      text: 'a screw lies beside the plate and gets no hole',
      facts: { screw: screw.id, distanceMm },
    });
  for (const h of plate.holes) {
    if (h.tiltDeg > TILT_LIMIT_DEG)
      out.push({
        level: 'warning',
        code: 'plate.screw-oblique',
        text: 'a screw leans so much that its seat holds the head on one side only',
        facts: { screw: h.screwId, tiltDeg: h.tiltDeg, limitDeg: TILT_LIMIT_DEG },
      });
    if (h.raised || h.widened)
      out.push({
        level: 'note',
        code: 'plate.boss',
        text: 'the plate is made larger around a hole',
        facts: { screw: h.screwId, widened: h.widened ? 'yes' : 'no', raised: h.raised ? 'yes' : 'no' },
      });
    if (h.headProudMm > PROUD_MM)
      out.push({
        level: 'warning',
        code: 'plate.head-proud',
        text: 'a screw head stands out of the plate',
        facts: { screw: h.screwId, proudMm: h.headProudMm },
      });
  }
  for (const [i, a] of plate.holes.entries())
    for (const b of plate.holes.slice(i + 1)) {
      const wallMm = wallBetween(a, b);
      if (wallMm < v.minWallMm)
        out.push({
          level: wallMm < 0 ? 'blocker' : 'warning',
          code: 'plate.holes-too-close',
          text: 'two holes leave too little metal between them',
          facts: { screws: `${a.screwId}, ${b.screwId}`, wallMm, limitMm: v.minWallMm },
        });
    }
  return out;
}

/** Metal between two seats where they lie, mm; negative where they run into each other. */
function wallBetween(a: PlateHole, b: PlateHole): number {
  let least = Number.POSITIVE_INFINITY;
  const at = (h: PlateHole, s: number): Vec3 => {
    const z = h.boneSideMm + s * (Math.max(h.outerSideMm, h.seatTopMm) - h.boneSideMm);
    return [0, 1, 2].map((k) => h.entryMm[k] + z * h.outward[k]) as unknown as Vec3;
  };
  for (let i = 0; i <= 4; i++)
    for (let j = 0; j <= 4; j++) {
      const [p, q] = [at(a, i / 4), at(b, j / 4)];
      const radii =
        (i > 1 ? a.seatDiameterMm : a.holeDiameterMm) / 2 + (j > 1 ? b.seatDiameterMm : b.holeDiameterMm) / 2;
      least = Math.min(least, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) - radii);
    }
  return least;
}
