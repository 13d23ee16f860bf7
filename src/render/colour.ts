import { OsteonError } from '../base/index.ts';
import type { Rgb } from './image.ts';

/** 256 colours in a row, three bytes each: a table, so that it can be stored, compared and drawn as a bar. */
export interface ColourMap {
  readonly name: string;
  readonly rgb: Uint8Array;
}

/** A colour map over a range of values: what a surface is painted with and what its colour bar shows. */
export interface ColourScale {
  readonly map: ColourMap;
  readonly lo: number;
  readonly hi: number;
}

/** @requires at least two anchors, spread evenly from 0 to 1 */
export function mapOfAnchors(name: string, anchors: readonly Rgb[]): ColourMap {
  const rgb = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const t = (i / 255) * (anchors.length - 1);
    const k = Math.min(anchors.length - 2, Math.floor(t));
    for (let c = 0; c < 3; c++)
      rgb[3 * i + c] = Math.round(anchors[k][c] + (t - k) * (anchors[k + 1][c] - anchors[k][c]));
  }
  return { name, rgb };
}

// Polynomials in t for red, green, blue; fitted to viridis of Smith and van der Walt (CC0) by M. Zucker (CC0), error < 2 %.
const VIRIDIS_FIT = [
  [
    0.2777273272234177, 0.1050930431085774, -0.3308618287255563, -4.634230498983486, 6.228269936347081,
    4.776384997670288,
  ],
  [
    0.005407344544966578, 1.404613529898575, 0.214847559468213, -5.799100973351585, 14.17993336680509,
    -13.74514537774601,
  ],
  [
    0.3340998053353061, 1.384590162594685, 0.09509516302823659, -19.33244095627987, 56.69055260068105,
    -65.35303263337234,
  ],
];
const VIRIDIS_LAST = [-5.435455855934631, 4.645852612178535, 26.3124352495832];

/** Dark blue, green, yellow: even steps of value look even, also without colour vision and in grey print. */
export const VIRIDIS: ColourMap = /* @__PURE__ */ viridis();
function viridis(): ColourMap {
  const rgb = new Uint8Array(768);
  for (let i = 0; i < 256; i++)
    for (let c = 0; c < 3; c++) {
      let v = VIRIDIS_LAST[c];
      for (let k = 5; k >= 0; k--) v = v * (i / 255) + VIRIDIS_FIT[c][k];
      rgb[3 * i + c] = Math.round(255 * Math.min(1, Math.max(0, v)));
    }
  return { name: 'viridis', rgb };
}

/** Blue below zero, white at zero, red above: for signed distances, over a range that is symmetric about zero. */
export const DIVERGING: ColourMap = /* @__PURE__ */ mapOfAnchors('blue-white-red', [
  [14, 48, 112],
  [38, 104, 176],
  [98, 162, 208],
  [178, 212, 234],
  [246, 246, 246],
  [250, 200, 172],
  [234, 136, 104],
  [202, 62, 62],
  [118, 8, 36],
]);

/** Red where things touch, through yellow to deep blue where they are apart: for gaps and joint space, from 0 up. */
export const CLEARANCE: ColourMap = /* @__PURE__ */ mapOfAnchors('clearance', [
  [150, 16, 30],
  [222, 84, 46],
  [248, 170, 84],
  [252, 228, 150],
  [206, 232, 206],
  [126, 194, 206],
  [62, 132, 186],
  [44, 66, 134],
]);

export const GREY: ColourMap = /* @__PURE__ */ mapOfAnchors('grey', [
  [0, 0, 0],
  [255, 255, 255],
]);

/** Colour of one value; outside the range the end's colour, NaN grey. */
export function colourOf({ map, lo, hi }: ColourScale, value: number): Rgb {
  const t = (value - lo) / (hi - lo);
  if (Number.isNaN(t)) return [150, 150, 150];
  const i = 3 * Math.min(255, Math.max(0, Math.floor(t * 256)));
  return [map.rgb[i], map.rgb[i + 1], map.rgb[i + 2]];
}

/** @throws param.range unless lo < hi, both finite */
export function requireScale({ lo, hi }: ColourScale): void {
  if (!(Number.isFinite(lo) && Number.isFinite(hi) && lo < hi))
    throw new OsteonError('param.range', { what: 'colour scale', lo, hi });
}

/** Ivory, the colour of a bone without a name. */
export const BONE: Rgb = [232, 221, 200];

/** Twelve hues that stay apart under the common kinds of colour blindness; after Okabe and Ito 2008, and Tol 2021 "muted". */
export const PALETTE: readonly Rgb[] = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [86, 180, 233],
  [213, 94, 0],
  [240, 228, 66],
  [136, 34, 85],
  [153, 153, 51],
  [51, 34, 136],
  [17, 119, 51],
  [221, 204, 119],
];

const BY_BONE: Readonly<Record<string, number>> = {
  talus: 5,
  calcaneus: 0,
  tibia: 1,
  fibula: 2,
  navicular: 3,
  cuboid: 4,
  'cuneiform-medial': 6,
  'cuneiform-intermediate': 8,
  'cuneiform-lateral': 10,
  'metatarsal-1': 9,
  'metatarsal-2': 7,
  'metatarsal-3': 11,
  'metatarsal-4': 4,
  'metatarsal-5': 6,
  ilium: 0,
  'anterior-column': 1,
  'posterior-column': 2,
  'fragment-4': 3,
  'fragment-5': 7,
  'fragment-6': 8,
  'fragment-7': 9,
  'fragment-8': 10,
  'fragment-9': 5,
  'hip-bone': 4,
  sacrum: 6,
  femur: 11,
};

/** The colour a bone has in every picture: by its name without the side, `left-talus` as `talus`; others by `index`. */
export function boneColour(name: string, index = 0): Rgb {
  const bare = name.replace(/^(left|right)-/, '');
  return PALETTE[(Object.hasOwn(BY_BONE, bare) ? BY_BONE[bare] : index) % PALETTE.length];
}

/** A step from `a` towards `b`, t in [0, 1]. */
export const mixColours = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + t * (b[0] - a[0]),
  a[1] + t * (b[1] - a[1]),
  a[2] + t * (b[2] - a[2]),
];
