import { OsteonError } from '../../base/index.ts';
import { SCREWS, screwType, type UsualZone, usualZones } from '../../design/index.ts';
import {
  type Axis,
  type CorridorWish,
  cortexOf,
  findCorridor,
  type MidPlane,
  type PelvicBrim,
  pelvicBrim,
} from '../../measure/index.ts';
import { type Bvh, buildBvh } from '../../mesh/index.ts';
import type { WantedScrew } from '../case/acetabulum.ts';
import type { Engines } from '../engines.ts';
import type { Param, Step } from '../step.ts';
import type { BoneMesh } from './bones.ts';
import type { ReducedBone } from './pelvis.ts';

type None = Record<string, never>;

/** Reduced bone made ready for many rays and distances. */
export interface ScrewBone {
  readonly cortex: Bvh;
  readonly fracture: Bvh | null;
  readonly line: Float64Array;
  readonly fragments: readonly { readonly name: string; readonly bvh: Bvh }[];
}

export const screwsBone: Step<{ reduced: ReducedBone }, None, ScrewBone, Engines> = {
  id: 'screws.bone',
  version: 1,
  label: 'telling cortex from fracture',
  costS: 3,
  transient: true,
  params: {},
  handler({ reduced: { fragments } }) {
    const { cortex, fracture, line } = cortexOf(fragments.map((f) => f.mesh));
    return {
      cortex: buildBvh(cortex),
      fracture: fracture.triangles.length > 0 ? buildBvh(fracture) : null,
      line,
      fragments: fragments.map(({ name, mesh }) => ({ name, bvh: buildBvh(mesh) })),
    };
  },
};

/** A place for a screw, and whether a person asked for it. */
export interface ScrewPlace {
  readonly id: string;
  readonly kind: UsualZone['kind'] | 'wanted';
  readonly wish: CorridorWish;
  readonly screw: string;
  /** From the entry to the tip, where a person gave it. */
  readonly lengthMm?: number;
}
export interface ScrewPlaces {
  /** Absent where nobody needs it and it was not found. */
  readonly brim: PelvicBrim | null;
  readonly places: readonly ScrewPlace[];
}

const SCREW: Param<string> = {
  label: 'kind of screw where the case does not name one',
  unit: '',
  default: 'cortical-3.5',
  choices: SCREWS.map((s) => s.name),
  source: 'pelvic plates take 3.5 mm cortical screws',
};
const MARGIN: Param<number> = {
  label: 'bone that stays between thread and joint',
  unit: 'mm',
  default: 2,
  min: 0,
  max: 10,
  source: 'subchondral bone; the fitted sphere lies within a millimetre of it',
};

/** The terminal line, and the places where screws are wanted or usual. */
export const screwsPlaces: Step<
  { bone: ScrewBone; reduced: ReducedBone; sacrum: BoneMesh; plane: MidPlane; wanted: readonly WantedScrew[] | null },
  { screw: string },
  ScrewPlaces,
  Engines
> = {
  id: 'screws.places',
  version: 4,
  label: 'finding places for screws',
  costS: 1,
  params: { screw: SCREW },
  handler({ bone, reduced, sacrum, plane, wanted }, { screw }) {
    const found = () => pelvicBrim(bone.cortex.mesh, sacrum.mesh, plane);
    if (wanted) return { brim: whereFound(found), places: wanted.map((w, i) => wantedPlace(w, i, screw)) };
    const brim = found();
    const places = usualZones(bone.cortex, brim, reduced.acetabulum).map(
      ({ kind, alongMm: _, ...wish }, i): ScrewPlace => ({ id: `${i + 1}`, kind, wish, screw }),
    );
    return { brim, places };
  },
};

/** Wanted screws need no brim; a plate along it does. */
function whereFound(find: () => PelvicBrim): PelvicBrim | null {
  try {
    return find();
  } catch (e) {
    if (e instanceof OsteonError && e.code === 'measure.no-brim') return null;
    throw e;
  }
}

/** Where a person points: as good as a click on a picture, mm and degree. */
const CLICK_MM = 4;
const CLICK_DEG = 20;

function wantedPlace(w: WantedScrew, i: number, screw: string): ScrewPlace {
  const wish: CorridorWish = {
    entry: { pointMm: w.entry, radiusMm: w.radiusMm ?? CLICK_MM },
    ...(w.target && { target: { pointMm: w.target, radiusMm: w.targetRadiusMm ?? CLICK_MM } }),
    ...(w.direction && { direction: w.direction }),
    ...((w.direction || w.coneDeg !== undefined) && { coneDeg: w.coneDeg ?? CLICK_DEG }),
  };
  const lengthMm = w.lengthMm === undefined ? {} : { lengthMm: w.lengthMm };
  return { id: w.id ?? `${i + 1}`, kind: 'wanted', wish, screw: w.screw ?? screw, ...lengthMm };
}

/**
 * A head seats well in a plate that lies on the bone up to this lean; long screws down a column may lean as much as a boss
 * can carry.
 */
const SEAT_DEG = 38;
const COLUMN_SEAT_DEG = 45;
/** Places that nobody asked for keep this far from fracture lines: the head stands on whole cortex, mm. */
const RIM_MM = 4;

/** Corridors of some places; groups of places are looked at side by side. */
export const screwsCorridors: Step<
  { bone: ScrewBone; reduced: ReducedBone; places: readonly ScrewPlace[] },
  { jointMarginMm: number },
  readonly (Axis | null)[],
  Engines
> = {
  id: 'screws.corridors',
  version: 4,
  label: 'searching corridors',
  costS: 3,
  params: { jointMarginMm: MARGIN },
  handler({ bone, reduced, places }, { jointMarginMm }, { job }) {
    return places.map(({ kind, wish, screw }, i) => {
      job.at(i / places.length);
      const type = screwType(screw);
      return findCorridor(bone.cortex, reduced.acetabulum, wish, {
        radiusMm: type.diameterMm / 2,
        maxLengthMm: type.lengthsMm[type.lengthsMm.length - 1],
        jointMarginMm,
        ...(kind !== 'wanted' && {
          maxTiltDeg: kind === 'column' ? COLUMN_SEAT_DEG : SEAT_DEG,
          avoid: bone.line,
          avoidMm: RIM_MM,
        }),
        job: job.part(i / places.length, (i + 1) / places.length),
      });
    });
  },
};
