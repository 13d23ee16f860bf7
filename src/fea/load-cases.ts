import type { Vec3 } from '../base/index.ts';
import { add, scale, unit } from '../math/index.ts';
import type { Region } from './regions.ts';
import type { LoadCase, Study, Support } from './study.ts';

/** Regions, supports and load cases of a known test: a study without its material. */
export type Setup = Omit<Study, 'material'>;

export const GRAVITY = 9.80665;
/** Load a talus implant was tested with in the literature, N. @source Biomater Res 2022, s40824-022-00256-8 (abstract read) */
export const TALUS_TEST_LOAD_N = 5340;
/**
 * Peak force in the ankle while walking, in body weights. @source Stauffer, Chao and Brewster 1977, Clin Orthop 127:189 (not
 * read); 3.9 in Procter and Paul 1982, J Biomech 15:627 (abstract read). The greater one is used.
 */
export const ANKLE_BODY_WEIGHTS = 5;

/** Postures of the foot under load: the tibia leans forward over the foot by this angle (backward if negative). */
export const TALUS_POSTURES = [
  { name: 'heel strike', leanDeg: -10 },
  { name: 'stance', leanDeg: 5 },
  { name: 'push-off', leanDeg: 10 },
] as const;

/** The greater of the test load and walking, N. */
export const talusLoadN = (bodyMassKg: number): number =>
  Math.max(TALUS_TEST_LOAD_N, ANKLE_BODY_WEIGHTS * bodyMassKg * GRAVITY);

export interface TalusAxes {
  readonly superior: Vec3;
  readonly anterior: Vec3;
}
export interface TalusSetupOptions {
  readonly bodyMassKg: number;
  /** Widest gap across which bones still press on each other through cartilage, mm. */
  readonly contactMm: number;
  /** Stiffness of cartilage over its thickness, N/mm³. */
  readonly nPerMm3: number;
}
export const TALUS_SETUP_DEFAULTS = {
  contactMm: 4, // twice the ankle's joint space, as CT shows it: pressure falls to nothing there
  nPerMm3: 50, // thins by half a millimetre under walking; 10 to 100 changes stress by 4 % (docs/evidence/strength.md)
} as const;

/**
 * A talus between its neighbours: the tibia presses on the dome along the leaning shank, calcaneus and navicular carry it
 * through cartilage. The full load in every posture, as in the study the load is from.
 * @requires surfaces `tibia`, `calcaneus`, `navicular`
 * @source postures P10, D5, D10 and load: Biomater Res 2022, s40824-022-00256-8 (abstract read)
 */
export function talusSetup({ superior, anterior }: TalusAxes, options: TalusSetupOptions): Setup {
  const { bodyMassKg, contactMm, nPerMm3 } = options;
  const loadN = talusLoadN(bodyMassKg);
  const facing = (surface: string): Region => ({ facing: { surface, withinMm: contactMm } });
  return {
    regions: { dome: facing('tibia'), 'subtalar facets': facing('calcaneus'), head: facing('navicular') },
    supports: ['subtalar facets', 'head'].map(
      (region): Support => ({ region, kind: 'bedding', nPerMm3, spread: 'gap' }),
    ),
    loadCases: TALUS_POSTURES.map(({ name, leanDeg }): LoadCase => {
      const lean = (leanDeg * Math.PI) / 180;
      const shank = add(scale(unit(superior), Math.cos(lean)), scale(unit(anterior), Math.sin(lean)));
      return {
        name,
        source: 'Biomater Res 2022, s40824-022-00256-8; Stauffer 1977',
        loads: [{ region: 'dome', forceN: scale(shank, -loadN), spread: 'gap' }],
      };
    }),
  };
}

export interface FourPointBending {
  /** Middle of the plate. */
  readonly centre: Vec3;
  /** Along the plate, and from the supports towards the loads. */
  readonly along: Vec3;
  readonly up: Vec3;
  readonly supportSpanMm: number;
  readonly loadSpanMm: number;
  /** Of both rollers together. */
  readonly forceN: number;
  /** Width of the strip a roller presses on, mm. */
  readonly rollerMm: number;
  /** Springs under the supports, N/mm³: stiff against the plate's sinking, soft against its turning on the strip. */
  readonly nPerMm3: number;
}

/**
 * A straight plate on two rollers, pressed by two others. Stress between the loading rollers is that of pure bending. A
 * rigid strip would clamp the plate, so supports are springs across it.
 * @source set-up after ASTM F382 (the standard was not read; spans are the user's)
 */
export function fourPointBending(test: FourPointBending): Setup {
  const { centre, supportSpanMm, loadSpanMm, forceN, rollerMm, nPerMm3 } = test;
  const along = unit(test.along);
  const up = unit(test.up);
  const strip = (offsetMm: number, side: 1 | -1): Region => ({
    slab: { at: add(centre, scale(along, offsetMm)), normal: along, halfMm: rollerMm / 2 },
    normal: { direction: scale(up, side), withinDeg: 45 },
  });
  const rollers = {
    'support A': strip(-supportSpanMm / 2, -1),
    'support B': strip(supportSpanMm / 2, -1),
    'load A': strip(-loadSpanMm / 2, 1),
    'load B': strip(loadSpanMm / 2, 1),
  };
  const half = scale(up, -forceN / 2);
  return {
    regions: rollers,
    supports: ['support A', 'support B'].flatMap((region): Support[] => [
      { region, kind: 'sliding', nPerMm3 },
      // Keeps the plate from drifting on its rollers; takes less than a hundredth of the load.
      { region, kind: 'bedding', nPerMm3: 1 },
    ]),
    loadCases: [
      {
        name: 'four-point bending',
        source: 'after ASTM F382',
        loads: [
          { region: 'load A', forceN: half },
          { region: 'load B', forceN: half },
        ],
      },
    ],
  };
}

export interface Compression {
  /** From the part's lower end to its upper. */
  readonly up: Vec3;
  readonly forceN: number;
  /** Faces within this angle of the axis are the end plates. */
  readonly withinDeg: number;
  /** What the ends stand on, N/mm³. */
  readonly nPerMm3: number;
}

/** A cage between two end plates. @source after ASTM F2077 (the standard was not read) */
export function compression({ up, forceN, withinDeg, nPerMm3 }: Compression): Setup {
  const direction = unit(up);
  return {
    regions: {
      top: { normal: { direction, withinDeg } },
      bottom: { normal: { direction: scale(direction, -1), withinDeg } },
    },
    supports: [{ region: 'bottom', kind: 'bedding', nPerMm3 }],
    loadCases: [
      {
        name: 'compression',
        source: 'after ASTM F2077',
        loads: [{ region: 'top', forceN: scale(direction, -forceN) }],
      },
    ],
  };
}
