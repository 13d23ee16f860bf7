import type { Finding, Job, LpsTransform } from '../../base/index.ts';
import { NO_JOB } from '../../base/index.ts';
import { apply, compose, distance, invert, rotationAngleRad } from '../../math/index.ts';
import { facingRegion } from '../../measure/index.ts';
import { centroid, transformMesh } from '../../mesh/index.ts';
import { type Alignment, alignSurfaces } from '../../register/index.ts';
import { type Hindfoot, treesOf } from './bones.ts';

export interface Placement {
  /** Healthy calcaneus, mirrored, onto the affected one. */
  readonly calcaneus: Alignment;
  /** Healthy talus, mirrored, onto what is preserved of the affected one; null where that was not asked for or failed. */
  readonly seat: Alignment | null;
  /** Carries the healthy side's bones to the affected side, by the calcaneus. Determinant −1. */
  readonly lpsFromHealthy: LpsTransform;
  /** Carries the healthy talus to the implant's place: the seat where there is one, else the calcaneus' place. */
  readonly lpsFromHealthyTalus: LpsTransform;
  /** How far seat and calcaneus place the talus apart: at its centroid, mm, and turned, degrees; 0 without a seat. */
  readonly seatShiftMm: number;
  readonly seatTurnDeg: number;
  readonly findings: readonly Finding[];
}

export interface PlaceOptions {
  /** Seat the talus by its own preserved facets after the calcaneus has placed it. */
  readonly seat: boolean;
  /** What lies nearer than this to calcaneus or navicular, and faces it, counts as their facet, mm. */
  readonly seatReachMm: number;
  /** A seat farther from the calcaneus' place than this is refused, mm and degrees. */
  readonly seatMaxShiftMm: number;
  readonly seatMaxTurnDeg: number;
}

/**
 * Where the healthy talus belongs on the affected side: mirrored, calcaneus on calcaneus; then seated on the facets of the
 * affected talus that face calcaneus and navicular. Those facets survive a collapse of the dome, and feet are not held the
 * same way in the scanner: the subtalar joint of one person commonly differs by a few degrees from left to right.
 * @throws register.no-overlap
 * @accuracy docs/evidence/talus-implant.md
 */
export function placeTalus(affected: Hindfoot, healthy: Hindfoot, o: PlaceOptions, job: Job = NO_JOB): Placement {
  const calcaneus = alignSurfaces(healthy.calcaneus, affected.calcaneus, { mirror: true }, job.part(0, 0.5));
  const lpsFromHealthy = calcaneus.lpsFromMoving;
  const findings = calcaneus.findings.map((f) => ({ ...f, text: `calcaneus: ${f.text}` }));
  const unseated = { calcaneus, lpsFromHealthy, lpsFromHealthyTalus: lpsFromHealthy, seatShiftMm: 0, seatTurnDeg: 0 };
  if (!o.seat) return { ...unseated, seat: null, findings };
  const facets = (bones: Hindfoot) =>
    facingRegion(bones.talus, treesOf(bones, ['calcaneus', 'navicular']), { maxMm: o.seatReachMm });
  const seat = alignSurfaces(
    healthy.talus,
    affected.talus,
    { mirror: true, initial: lpsFromHealthy, movingRegion: facets(healthy), fixedRegion: facets(affected) },
    job.part(0.5, 1),
  );
  const centre = centroid(transformMesh(lpsFromHealthy, healthy.talus));
  const apart = compose(seat.lpsFromMoving, invert(lpsFromHealthy));
  const seatShiftMm = distance(apply(apart, centre), centre);
  const seatTurnDeg = (rotationAngleRad(apart) * 180) / Math.PI;
  const facts = { seatShiftMm, seatTurnDeg, sdMm: seat.sdMm };
  if (seatShiftMm > o.seatMaxShiftMm || seatTurnDeg > o.seatMaxTurnDeg) {
    findings.push({
      level: 'warning',
      code: 'talus.seat-refused',
      text: 'the preserved facets of the affected talus would place the implant far from where the calcaneus places it; the calcaneus was followed',
      facts,
      hint: 'Look at the overlay of both; the facets may be damaged.',
    });
    return { ...unseated, seat: null, findings };
  }
  findings.push({
    level: 'note',
    code: 'talus.seat',
    text: 'the implant is seated by the facets of the affected talus; the calcaneus alone would place it a little elsewhere',
    facts,
  });
  return {
    calcaneus,
    seat,
    lpsFromHealthy,
    lpsFromHealthyTalus: seat.lpsFromMoving,
    seatShiftMm,
    seatTurnDeg,
    findings,
  };
}
