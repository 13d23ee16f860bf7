import type { Transform, Vec3 } from '../base/index.ts';
import { type Process, settingOf } from './process.ts';

export interface OrientOptions {
  /** Faces flatter than this above the plate need support, °. */
  readonly overhangDeg: number;
  /** Articular faces, which get none, may be as flat as this, °; they build rough. */
  readonly leastOverhangDeg: number;
  /** Patches narrower than this carry themselves at any angle, mm. */
  readonly bridgeMm: number;
  readonly layerMm: number;
  readonly plateGapMm: number;
  /** Tallest part, mm. */
  readonly maxHeightMm: number;
  /** Directions looked at first, evenly over the sphere. */
  readonly directions: number;
  /** Two of the best are at least this far apart, °. */
  readonly apartDeg: number;
  readonly best: number;
  readonly weights: OrientWeights;
}

/** What a share of one counts. Own choice: support and what it roughens first, then time, then stair steps. */
export interface OrientWeights {
  /** Supported area over all area. */
  readonly support: number;
  /** Height over the diagonal of the box. */
  readonly height: number;
  /** Articular area flatter than `overhangDeg` over articular area. */
  readonly rough: number;
  /** How far articular faces look towards the plate on average: 0 all up, ½ upright, 1 all down. */
  readonly towards: number;
  /** Mean stair step on articular faces over the layer. */
  readonly stair: number;
  /** Height over width, tenths. */
  readonly slender: number;
}

export const ORIENT_DEFAULTS: OrientOptions = {
  overhangDeg: 45,
  leastOverhangDeg: 35,
  bridgeMm: 1,
  layerMm: 0.03,
  plateGapMm: 3,
  maxHeightMm: 325,
  directions: 2000, // 5° apart; the best are refined to 0.1°
  apartDeg: 6,
  best: 5,
  weights: { support: 1, height: 0.35, rough: 2, towards: 0.5, stair: 0.1, slender: 0.1 },
};

/** The orientation's share of a process. @throws param.missing for a process without layers */
export function orientOptionsOf(process: Process): Partial<OrientOptions> {
  const { settings } = process;
  return {
    overhangDeg: settingOf(process, 'overhangDeg'),
    leastOverhangDeg: settingOf(process, 'leastOverhangDeg'),
    bridgeMm: settings.bridgeMm?.value ?? 0,
    layerMm: settingOf(process, 'layerMm'),
    plateGapMm: settings.plateGapMm?.value ?? 0,
    maxHeightMm: settingOf(process, 'buildZMm') - (settings.plateGapMm?.value ?? 0),
  };
}

/** One way to stand a part on the plate, and what it costs. */
export interface Orientation {
  /** Direction of the part that points up, unit. */
  readonly up: Vec3;
  /** Stands the part on the plate, at its gap, its box over the origin. */
  readonly plateFromLps: Transform<'lps', 'plate'>;
  readonly heightMm: number;
  /** Area that needs support, articular faces not counted, mm². */
  readonly supportMm2: number;
  /** Articular area that looks down, mm². */
  readonly articularDownMm2: number;
  /** Articular area flatter than `overhangDeg`: built without support, rough, mm². */
  readonly articularRoughMm2: number;
  /** Flattest articular face that looks down and is no small patch, ° above the plate; 90 where none looks down. */
  readonly articularFlattestDeg: number;
  /** Mean stair step on articular faces, mm: layer · cos of the slope. */
  readonly stairMm: number;
  /** Height over the width of the mean section. */
  readonly slenderRatio: number;
  /** Articular area flatter than `leastOverhangDeg` in patches too wide to carry themselves, mm²: above 0 it is barred. */
  readonly articularTooFlatMm2: number;
  /** Sum of the weighted shares: less is better. */
  readonly cost: number;
  /** The weighted shares, most expensive first. */
  readonly why: readonly { readonly what: keyof OrientWeights; readonly cost: number }[];
}
