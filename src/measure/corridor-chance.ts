import { createRng, type Vec3 } from '../base/index.ts';
import { add, frameAbout, scale, unit } from '../math/index.ts';
import { type JointSphere, segmentToPoint } from './corridor-axis.ts';

/** How far guided screws end up from their plan: medians of both, independent, the same in every direction. */
export interface Uncertainty {
  /** Median angle between planned and placed axis, degree. */
  readonly directionDeg: number;
  /** Median distance between planned and placed entry, mm. */
  readonly entryMm: number;
  readonly source: string;
}

/** Published series of guided screws, from the best to the worst. */
export const GUIDED_SCREWS: readonly Uncertainty[] = [
  {
    directionDeg: 2.8,
    entryMm: 2.6,
    source: 'threads cut by machine, cadaver pelvis, J Orthop Surg Res 2023;18 (2.77°); entry J Pers Med 2021;11:763',
  },
  { directionDeg: 5.9, entryMm: 3.6, source: 'screws in pre-contoured plates, cadaver pelvis, J Pers Med 2021;11:763' },
  {
    directionDeg: 7.6,
    entryMm: 2.6,
    source: 'infra-acetabular and column screws through guides, cadaver pelvis, J Pers Med 2021;11:763',
  },
];

export interface Chance {
  readonly chance: number;
  /** Standard error of it, from independent runs. */
  readonly standardError: number;
}

const RUNS = 16;
const POINTS = 2048;
/** Median of a Rayleigh distribution over its parameter. */
const MEDIAN = Math.sqrt(2 * Math.log(2));
/** No axis is worse than at right angles to its plan. */
const MOST_RAD = Math.PI / 2;

/**
 * The chance that a placed screw enters the joint: that its axis comes nearer to the sphere than its own radius.
 *
 * Entry and direction err independently, both normal in two dimensions with the given medians; the screw keeps its length.
 * Halton points in four dimensions, shifted at random sixteen times by a seeded generator: the same answer every time,
 * with its standard error.
 *
 * @param radiusMm half the thread, mm
 * @accuracy standard error below 0.002 (tests/analytic/measure-corridor.test.ts, against closed forms)
 * @cost 5 ms
 * @source Cranley and Patterson, Randomization of number theoretic methods for multiple integration, 1976
 */
export function jointChance(
  entryMm: Vec3,
  direction: Vec3,
  lengthMm: number,
  radiusMm: number,
  joint: JointSphere,
  { directionDeg, entryMm: medianMm }: Pick<Uncertainty, 'directionDeg' | 'entryMm'>,
): Chance {
  const [u, v, w] = frameAbout(unit(direction), Math.abs(direction[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]);
  const sigmaMm = medianMm / MEDIAN;
  const sigmaRad = (directionDeg * Math.PI) / 180 / MEDIAN;
  const near = joint.radiusMm + radiusMm;
  const rng = createRng(1);
  const runs = Array.from({ length: RUNS }, () => {
    const shift = [rng(), rng(), rng(), rng()];
    let hits = 0;
    for (let i = 0; i < POINTS; i++) {
      const r = sigmaMm * rayleigh(fraction(HALTON[4 * i] + shift[0]));
      const at = 2 * Math.PI * fraction(HALTON[4 * i + 1] + shift[1]);
      const tilt = Math.min(MOST_RAD, sigmaRad * rayleigh(fraction(HALTON[4 * i + 2] + shift[2])));
      const about = 2 * Math.PI * fraction(HALTON[4 * i + 3] + shift[3]);
      const entry = add(entryMm, add(scale(u, r * Math.cos(at)), scale(v, r * Math.sin(at))));
      const side = add(scale(u, Math.cos(about)), scale(v, Math.sin(about)));
      const turned = add(scale(w, Math.cos(tilt)), scale(side, Math.sin(tilt)));
      if (segmentToPoint(entry, turned, lengthMm, joint.centreMm) < near) hits++;
    }
    return hits / POINTS;
  });
  const chance = runs.reduce((s, x) => s + x, 0) / RUNS;
  const variance = runs.reduce((s, x) => s + (x - chance) * (x - chance), 0) / (RUNS - 1);
  return { chance, standardError: Math.sqrt(variance / RUNS) };
}

const fraction = (x: number): number => x - Math.floor(x);
const rayleigh = (x: number): number => Math.sqrt(-2 * Math.log(1 - x));

const HALTON = haltonPoints();
function haltonPoints(): Float64Array {
  const out = new Float64Array(4 * POINTS);
  for (const [k, base] of [2, 3, 5, 7].entries())
    for (let i = 0; i < POINTS; i++) {
      let digit = 1 / base;
      for (let n = i + 1; n > 0; n = Math.floor(n / base)) {
        out[4 * i + k] += digit * (n % base);
        digit /= base;
      }
    }
  return out;
}
