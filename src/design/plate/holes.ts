import type { Vec3 } from '../../base/index.ts';
import type { RoundSurface } from '../../io/index.ts';
import { frameAbout, scale } from '../../math/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import { createHeight, type Ground, heightAt } from './ground.ts';
import { LATHE_REF, latheSolid } from './lathe.ts';
import type { PlateValues } from './params.ts';
import type { PlateHole, PlateScrew } from './types.ts';

/** A hole as planned, with what the body needs to carry it. */
export interface PlannedHole {
  readonly hole: PlateHole;
  /** Radius of the metal around the axis, mm. */
  readonly bossRadiusMm: number;
  readonly holeRadiusMm: number;
  readonly seatRadiusMm: number;
  /** Top of the boss along the axis where the plate is thickened, mm; null where it is not. */
  readonly bossTopMm: number | null;
  /** Greatest height of the boss above the bone, mm. */
  readonly tallMm: number;
  /** Normal of the bone at the entry. */
  readonly normal: Vec3;
  /** A point of the bone under the hole. */
  readonly foot: Vec3;
}

/** Places around a circle at which walls are looked at. */
const AROUND = 24;
/** Part of a seat's depth that may be open to one side, as in plates of series. */
const OPEN_FRACTION = 0.6;
/** The tool goes this far past the plate at either side, mm. */
const PAST_MM = 3;
/** Points on the quarter of a round seat: chord error 5 µm for a head of 8 mm. */
const SEAT_STEPS = 14;

/**
 * Where the seat of a screw lies in a plate of this thickness: the head flush with the outer side where the plate is
 * thick enough, else as deep as the least wall under the seat lets it; a boss carries the seat where it stands out.
 * @requires `screw.direction` of unit length, more into the bone than along it
 */
export function planHole(
  screw: PlateScrew,
  ground: Ground,
  thicknessMm: number,
  edgeMm: number,
  v: PlateValues,
): PlannedHole {
  const outward = scale(screw.direction, -1);
  const h = createHeight();
  const height = (x: number, y: number, z: number) => heightAt(ground, x, y, z, h).mm;
  const onAxis = (z: number) =>
    height(screw.entryMm[0] + z * outward[0], screw.entryMm[1] + z * outward[1], screw.entryMm[2] + z * outward[2]);
  const cos = () => Math.max(0.2, h.gx * outward[0] + h.gy * outward[1] + h.gz * outward[2]);
  const reach = (level: number): number => {
    let z = 0;
    for (let i = 0; i < 30; i++) {
      const off = level - onAxis(z);
      if (Math.abs(off) < 1e-4) break;
      z += off / cos();
    }
    return z;
  };
  const s = v.standOffMm;
  const boneSide = reach(s);
  const foot: Vec3 = [h.x, h.y, h.z];
  const normal: Vec3 = [h.gx, h.gy, h.gz];
  const tilt = cos();
  const outer = reach(s + thicknessMm);
  const holeR = (screw.screw.diameterMm + v.holeClearanceMm) / 2;
  const seatR = Math.max(screw.screw.headDiameterMm / 2 + v.holeClearanceMm / 4, holeR + 0.2);
  const seat = v.seatSpherical >= 0.5 ? 'spherical' : 'conical';
  const depth =
    seat === 'spherical'
      ? Math.sqrt(seatR * seatR - holeR * holeR)
      : (seatR - holeR) / Math.tan((v.seatConeDeg * Math.PI) / 360);
  const [a, b] = frameAbout(outward, LATHE_REF);
  /** Least or greatest height of a circle about the axis above the bone side. */
  const around = (radius: number, z: number, pick: (p: number, q: number) => number, start: number) => {
    let out = start;
    for (let i = 0; i < AROUND; i++) {
      const c = radius * Math.cos((2 * Math.PI * i) / AROUND);
      const d = radius * Math.sin((2 * Math.PI * i) / AROUND);
      const p = [0, 1, 2].map((k) => screw.entryMm[k] + z * outward[k] + c * a[k] + d * b[k]);
      out = pick(out, height(p[0], p[1], p[2]) - s);
    }
    return out;
  };
  let seatTop = boneSide + v.minWallMm / tilt + depth;
  const wall = () =>
    Math.min(
      around(holeR, seatTop - depth, Math.min, Infinity),
      around((holeR + seatR) / 2, seatTop - depth / 2, Math.min, Infinity),
      around(seatR, seatTop, Math.min, Infinity),
    );
  for (let i = 0; i < 40; i++) {
    const lack = v.minWallMm - wall();
    if (lack <= 0) break;
    seatTop += lack / tilt + 1e-4;
  }
  seatTop = Math.max(seatTop, outer - screw.screw.headHeightMm + depth);
  // Where more than this of the seat stands out of the plate on one side, it would hold the head on the other only.
  const raised = around(seatR, seatTop, Math.max, -Infinity) - thicknessMm > OPEN_FRACTION * depth;
  const bossRadiusMm = seatR + v.bossWallMm;
  return {
    hole: {
      screwId: screw.id,
      entryMm: screw.entryMm,
      outward,
      holeDiameterMm: 2 * holeR,
      seat,
      seatDiameterMm: 2 * seatR,
      boneSideMm: boneSide,
      outerSideMm: outer,
      seatTopMm: seatTop,
      seatBottomMm: seatTop - depth,
      headTopMm: seatTop - depth + screw.screw.headHeightMm,
      headProudMm: seatTop - depth + screw.screw.headHeightMm - (raised ? Math.max(outer, seatTop) : outer),
      raised,
      widened: bossRadiusMm > edgeMm,
      wallUnderSeatMm: wall(),
      tiltDeg: (Math.acos(Math.min(1, tilt)) * 180) / Math.PI,
    },
    bossRadiusMm,
    holeRadiusMm: holeR,
    seatRadiusMm: seatR,
    bossTopMm: raised ? seatTop : null,
    tallMm: raised ? s + around(bossRadiusMm, seatTop, Math.max, -Infinity) : 0,
    normal,
    foot,
  };
}

/** What a drill and a countersink take away: hole, seat and the way of the head to it. */
export function holeTool({ hole, holeRadiusMm, seatRadiusMm }: PlannedHole): Mesh {
  const { seatTopMm, seatBottomMm, boneSideMm, outerSideMm, tiltDeg } = hole;
  const slope = Math.tan((Math.min(70, tiltDeg) * Math.PI) / 180) * seatRadiusMm;
  const low = boneSideMm - slope - PAST_MM;
  const high = Math.max(seatTopMm, outerSideMm) + slope + PAST_MM;
  const profile: [number, number][] = [
    [holeRadiusMm, low],
    [holeRadiusMm, seatBottomMm],
  ];
  if (hole.seat === 'spherical') {
    const from = Math.acos(holeRadiusMm / seatRadiusMm);
    for (let i = 1; i < SEAT_STEPS; i++) {
      const angle = from * (1 - i / SEAT_STEPS);
      profile.push([seatRadiusMm * Math.cos(angle), seatTopMm - seatRadiusMm * Math.sin(angle)]);
    }
  }
  profile.push([seatRadiusMm, seatTopMm], [seatRadiusMm, high]);
  return latheSolid(profile, hole.entryMm, hole.outward);
}

/** The true surfaces of a hole, for files that can hold them: the hole, its seat, and the way of the head to it. */
export function holeSurfaces(hole: PlateHole): RoundSurface[] {
  const { entryMm, outward, screwId, holeDiameterMm, seatDiameterMm, seatTopMm, seatBottomMm } = hole;
  const [seam] = frameAbout(outward, LATHE_REF);
  const depth = seatTopMm - seatBottomMm;
  const at = (z: number): Vec3 => [0, 1, 2].map((k) => entryMm[k] + z * outward[k]) as unknown as Vec3;
  const shared = { axis: outward, seam };
  const top = { ...shared, centreMm: at(seatTopMm), radiusMm: seatDiameterMm / 2 };
  const name = `seat of screw ${screwId}`;
  return [
    {
      ...shared,
      kind: 'cylinder',
      name: `hole of screw ${screwId}`,
      centreMm: at(seatBottomMm),
      radiusMm: holeDiameterMm / 2,
      fromMm: -REACH_MM,
      toMm: 0,
    },
    hole.seat === 'spherical'
      ? { ...top, kind: 'sphere', name, fromMm: -depth, toMm: 0 }
      : { ...top, kind: 'cone', name, slope: (seatDiameterMm - holeDiameterMm) / 2 / depth, fromMm: -depth, toMm: 0 },
    { ...top, kind: 'cylinder', name: `way to screw ${screwId}`, fromMm: 0, toMm: REACH_MM },
  ];
}

/** The wall a screw bears on, hole and seat, a little beyond the plate at either side. */
export function holeWall(hole: PlateHole): Mesh {
  const [holeR, seatR] = [hole.holeDiameterMm / 2, hole.seatDiameterMm / 2];
  return latheSolid(
    [
      [holeR, hole.boneSideMm - 1],
      [holeR, hole.seatBottomMm],
      [seatR, hole.seatTopMm],
      [seatR, hole.seatTopMm + 1],
    ],
    hole.entryMm,
    hole.outward,
  );
}

/** No plate is thicker along an axis, mm. */
const REACH_MM = 40;
