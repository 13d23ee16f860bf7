import { OsteonError } from '../base/index.ts';
import type { Volume } from '../volume/index.ts';

/** What this scan calls soft tissue and dense bone. Works for clinical Hounsfield units and for cone-beam greys alike. */
export interface Levels {
  /** Between soft tissue and bone, by Otsu's criterion. */
  readonly splitHu: number;
  /** Median of what is neither air nor bone. */
  readonly softHu: number;
  /** Dense cortical bone: 90 % quantile above the split. */
  readonly boneHu: number;
}

const LOW = -1024;
const HIGH = 3071;
const BIN = 8;
const BINS = Math.ceil((HIGH - LOW + 1) / BIN);
/** Lung and air lie below; fat, also in cone-beam scans, above. */
const AIR_HU = -350;
/** Compact bone and metal read more than this; they fill a few hundredths of a body, a fifth of a narrow view of an ankle. */
const BRIGHT_HU = 600;
const MOST_BRIGHT = 0.35;

/**
 * Levels from the histogram of the scan, air left out.
 * @throws segment.no-bone where there is no second population above soft tissue; segment.values where more is bright than
 * bone can be: stored values without their rescale
 * @source Otsu 1979, "A threshold selection method from gray-level histograms"
 * @cost one pass
 */
export function measureLevels({ data }: Volume<'hu'>): Levels {
  const counts = new Float64Array(BINS);
  let bright = 0;
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    if (v > BRIGHT_HU) bright++;
    if (v > AIR_HU) counts[Math.min(BINS - 1, ((v - LOW) / BIN) | 0)]++;
  }
  if (bright > MOST_BRIGHT * data.length)
    throw new OsteonError(
      'segment.values',
      { aboveHu: BRIGHT_HU, percent: Math.round((100 * bright) / data.length) },
      'No body holds as much bone: the rescale is missing or wrong. Export the series again, in HU',
    );
  const split = otsu(counts);
  const softHu = quantileOf(counts, 0, split, 0.5);
  const boneHu = quantileOf(counts, split, BINS, 0.9);
  const splitHu = LOW + split * BIN;
  if (!(boneHu - softHu > 250)) throw new OsteonError('segment.no-bone', { softHu, boneHu });
  return { splitHu, softHu, boneHu };
}

/** The bin that starts the upper of two classes with the largest variance between them. */
function otsu(counts: Float64Array): number {
  let total = 0;
  let sum = 0;
  for (let b = 0; b < BINS; b++) {
    total += counts[b];
    sum += b * counts[b];
  }
  let best = 0;
  let bestBetween = -1;
  for (let b = 0, below = 0, sumBelow = 0; b < BINS; b++) {
    const above = total - below;
    if (below > 0 && above > 0) {
      const d = sumBelow / below - (sum - sumBelow) / above;
      const between = below * above * d * d;
      if (between > bestBetween) {
        bestBetween = between;
        best = b;
      }
    }
    below += counts[b];
    sumBelow += b * counts[b];
  }
  return best;
}

function quantileOf(counts: Float64Array, from: number, to: number, q: number): number {
  let total = 0;
  for (let b = from; b < to; b++) total += counts[b];
  for (let b = from, seen = 0; b < to; b++) {
    seen += counts[b];
    if (seen >= q * total && counts[b] > 0) return LOW + (b + 0.5) * BIN;
  }
  return Number.NaN;
}
