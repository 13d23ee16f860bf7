import { type Finding, type Job, NO_JOB, type Vec3 } from '../base/index.ts';
import { add, apply, cross, distance, dot, norm, quantile, scale, sub } from '../math/index.ts';
import { crop, type Grid, growBox, spacingMm, type Volume } from '../volume/index.ts';
import { METAL_DEFAULTS, type Metal, type MetalOptions, segmentMetal } from './metal.ts';
import { ridges } from './ridges.ts';
import { fitRod, type SeenRod } from './rod-fit.ts';
import { brightness, createProbe, type Probe } from './rod-profile.ts';
import { type StraightRidge, straightRidges } from './straight.ts';

export interface RodOptions extends MetalOptions {
  /** Diameters that can be there, mm. */
  readonly diametersMm: readonly number[];
  readonly shortestMm: number;
  /** Rods are looked for as far as this from the brightest metal: streaks can darken a rod below bone. */
  readonly aroundMm: number;
  readonly job?: Job;
}
export const ROD_DEFAULTS = {
  ...METAL_DEFAULTS,
  diametersMm: [3.5, 4.5, 6.5, 7.3],
  shortestMm: 10,
  aroundMm: 45,
} as const satisfies RodOptions;

/** A straight piece of metal, LPS mm. */
export interface Rod {
  /**
   * Ends of the axis, a head left out; with round ends the middles of the roundings. Which one is the entry the metal does
   * not say where no head shows.
   */
  readonly endsMm: readonly [Vec3, Vec3];
  /** Unit, from the first end to the second. */
  readonly direction: Vec3;
  /** Between the ends of the axis. */
  readonly lengthMm: number;
  /** Height of a head on either end; zero where none is seen. */
  readonly headMm: readonly [number, number];
  /** From tip to tip of the metal, a head included. */
  readonly overallMm: number;
  /** The diameter out of those that can be there which fits best. */
  readonly diameterMm: number;
  /** Between the places where brightness is half way from the core to the surroundings. */
  readonly seenDiameterMm: number;
  /** Of the middles of its cross-sections about the axis. */
  readonly spreadMm: number;
  readonly contrastHu: number;
}

export interface FoundRods {
  readonly rods: readonly Rod[];
  readonly metal: Metal;
  readonly ends: 'flat' | 'round';
  /** Median of seen less nominal diameter, over the rods that streaks have darkened least. */
  readonly bloomingMm: number;
  readonly findings: readonly Finding[];
}

/**
 * No tissue gets darker by so much within 0.8 mm: bone of 1200 HU against soft tissue, through the blur of a CT, falls by
 * 600. The ends of metal fall by more than 1200, in the worst streaks too.
 */
const METAL_FALL_HU = 750;
/** The core of a rod stands out from its surroundings on this share of its length. */
const SEEN = 0.8;
const LEAST_PEAK_HU = 1200;
/** The brightest side is darker than the core by this share of what the mean side is. */
const ROUND_CONTRAST = 0.3;
/** Bone beside a rod stands out of what else is beside it by less; a plate that the rod is the edge of by more. */
const BESIDE_HU = 1400;
/**
 * The steepest fall at a bent edge lies inside it, by half the variance of the blur times the curvature: 0.1 mm on a rod
 * of 3.5 mm in a usual CT, twice that at a round end, nothing at a flat one.
 */
const BLUR_SIGMA_MM = 0.6;
/** The middle of a round end lies this share of the radius farther out than its rim, as far as a scan shows it. */
const ROUND_SHARE = 0.12;

/**
 * Every straight rod of metal in a CT: bright ridges, straight lines among them, then axis, ends and diameter of each from
 * its edges. Rods may touch or cross each other; streaks may darken them to the grey of bone. What ends as softly as
 * tissue does is no metal.
 * @returns strongest first
 * @requires grid axes at right angles @throws dicom.modality, metal.none
 * @cost 3 CPU s for 16 million voxels around nine screws
 * @accuracy docs/evidence/evaluation.md
 */
export function findRods(ct: Volume, options: Partial<RodOptions> = {}): FoundRods {
  const o = { ...ROD_DEFAULTS, job: NO_JOB, ...options };
  const metal = segmentMetal(ct, o);
  o.job.at(0.05);
  const margin = spacingMm(ct.grid).map((h) => Math.ceil(o.aroundMm / h)) as unknown as Vec3;
  const block = crop(ct, growBox(metal.box, margin, ct.grid.size));
  const probe = createProbe(block);
  const seen: Seen[] = [];
  for (const radius of new Set(o.diametersMm.map((d) => scaleOf(d / 2)))) {
    const sigma = radius / 1.75;
    const lines = straightRidges(ridges(block, sigma, 60 / (sigma * sigma)), block.grid, {
      shortestMm: o.shortestMm - 1,
    });
    o.job.at(0.4);
    // What a finer scale has found a coarser one sees less well.
    const known = [...seen];
    for (const line of lines) {
      if (known.some(({ rod }) => liesIn(rod, line)) || !shines(probe, line)) continue;
      const first = fitRod(probe, line, radius);
      if (!first) continue;
      const cut = metal.clippedAtHu !== undefined && first.coreHu > metal.clippedAtHu - 50;
      const nominal = nearest(o.diametersMm, 2 * first.radiusMm - (cut ? CLIPPED_MORE_MM : 0));
      const rod = Math.abs(nominal / 2 - radius) < 0.1 * radius ? first : fitRod(probe, line, nominal / 2);
      if (rod && isMetal(rod, nominal, o.shortestMm)) seen.push({ rod, nominal });
    }
  }
  o.job.at(0.95);
  const kept = withoutTwins(seen);
  const round = quantile(
    kept.flatMap(({ rod, nominal }) => rod.roundMm.map((m) => m / (nominal / 2))),
    0.5,
  );
  const ends = round > ROUND_SHARE ? 'round' : 'flat';
  const rods = kept.map((s) => rodOf(s, block.grid, ends));
  const brightest = kept.reduce((m, { rod }) => Math.max(m, rod.coreHu), 0);
  const bloomingMm = quantile(
    kept.filter(({ rod }) => rod.coreHu >= UNTOUCHED * brightest).map((k) => 2 * k.rod.halfRadiusMm - k.nominal),
    0.5,
  );
  o.job.at(1);
  return { rods, metal, ends, bloomingMm, findings: metal.findings };
}

interface Seen {
  readonly rod: SeenRod;
  readonly nominal: number;
}

/** Streaks have taken little from a rod that is nearly as bright as the brightest one. */
const UNTOUCHED = 0.9;
/** So much wider looks a rod whose core is off the scale. */
const CLIPPED_MORE_MM = 0.35;

/** Two scales of search are enough for everything between 2.7 and 8 mm. */
const scaleOf = (radius: number): number => (radius < 2.6 ? 1.75 : 3.4);

const nearest = (list: readonly number[], x: number): number =>
  list.reduce((best, d) => (Math.abs(d - x) < Math.abs(best - x) ? d : best));

const isMetal = (rod: SeenRod, nominal: number, shortestMm: number): boolean =>
  rod.endFallHu > METAL_FALL_HU &&
  rod.seen > SEEN &&
  rod.peakHu > LEAST_PEAK_HU &&
  rod.roundHu > ROUND_CONTRAST * rod.contrastHu &&
  rod.contrastHu - rod.roundHu < BESIDE_HU &&
  rod.to - rod.from > shortestMm &&
  Math.abs(2 * rod.radiusMm - nominal) < 0.3 * nominal;

/** Two lines can lead to one rod: of those that lie in each other the longer one stays. */
function withoutTwins(seen: readonly Seen[]): Seen[] {
  const order = [...seen].sort((a, b) => b.rod.contrastHu - a.rod.contrastHu);
  const kept: Seen[] = [];
  for (const s of order) {
    const at = kept.findIndex((k) => sameRod(k.rod, s.rod));
    if (at < 0) kept.push(s);
    else if (s.rod.to - s.rod.from > kept[at].rod.to - kept[at].rod.from + 1) kept[at] = s;
  }
  return kept;
}

/** Metal is brighter than bone somewhere along it, at its ends at least; most ridges are edges of bone. */
function shines(p: Probe, { from, to }: StraightRidge): boolean {
  const length = distance(from, to);
  const along = scale(sub(to, from), 1 / length);
  for (let s = -BEYOND_MM; s <= length + BEYOND_MM; s += 0.5) {
    const at = add(from, scale(along, s));
    if (brightness(p, at[0], at[1], at[2]) > LEAST_PEAK_HU) return true;
  }
  return false;
}
const BEYOND_MM = 4;

function liesIn(rod: SeenRod, { from, to }: StraightRidge): boolean {
  const middle = scale(add(from, to), 0.5);
  const s = dot(sub(middle, rod.axis.origin), rod.axis.along);
  return s > rod.from && s < rod.to && distance(middle, placeOn(rod, s)) < 1.5 * rod.radiusMm;
}

const placeOn = ({ axis }: SeenRod, s: number): Vec3 => add(axis.origin, scale(axis.along, s));

function sameRod(a: SeenRod, b: SeenRod): boolean {
  if (norm(cross(a.axis.along, b.axis.along)) > 0.15) return false;
  const middle = placeOn(b, (b.from + b.to) / 2);
  const s = dot(sub(middle, a.axis.origin), a.axis.along);
  return s > a.from - 2 && s < a.to + 2 && distance(middle, placeOn(a, s)) < Math.max(a.radiusMm, b.radiusMm);
}

function rodOf({ rod, nominal }: Seen, grid: Grid, ends: 'flat' | 'round'): Rod {
  const spacing = spacingMm(grid);
  const lps = (p: Vec3) => apply(grid.lpsFromVoxel, [p[0] / spacing[0], p[1] / spacing[1], p[2] / spacing[2]]);
  const radius = nominal / 2;
  const bend = (0.5 * BLUR_SIGMA_MM * BLUR_SIGMA_MM) / radius;
  // What a cut-off scale adds across the axis it adds along it.
  const wide = rod.radiusMm - radius + bend;
  const tip = ends === 'round' ? wide - 2 * bend : wide;
  const inward = tip + (ends === 'round' ? radius : 0);
  const headMm = rod.headMm.map((h) => (h > 0 ? h - 2 * wide : 0)) as unknown as [number, number];
  const [from, to] = headMm.map((h) => (h > 0 ? wide + h : inward));
  const [a, b] = [lps(placeOn(rod, rod.from + from)), lps(placeOn(rod, rod.to - to))];
  const lengthMm = distance(a, b);
  return {
    endsMm: [a, b],
    direction: scale(sub(b, a), 1 / lengthMm),
    lengthMm,
    headMm,
    overallMm: rod.to - rod.from - 2 * tip,
    diameterMm: nominal,
    seenDiameterMm: 2 * rod.halfRadiusMm,
    spreadMm: rod.straightMm,
    contrastHu: rod.contrastHu,
  };
}
