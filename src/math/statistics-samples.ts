import { mean } from './statistics.ts';
import { studentTQuantile } from './statistics-distributions.ts';

/**
 * How a quantile lies between two ordered values. `type 7`: the default of R, NumPy and Excel. `type 6`: of SPSS, Minitab
 * and Prism, wider for small samples.
 * @source R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, Am. Stat. 50 (1996)
 */
export type QuantileType = 'type 6' | 'type 7';

export interface SampleSummary {
  readonly n: number;
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  /** Standard deviation of the sample, n − 1; NaN for one value. */
  readonly sd: number;
}

/** @requires finite values; NaN throughout where there are none */
export function summariseSample(values: readonly number[], type: QuantileType): SampleSummary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => sampleQuantile(sorted, q, type);
  return {
    n: sorted.length,
    median: at(0.5),
    q1: at(0.25),
    q3: at(0.75),
    least: sorted[0] ?? Number.NaN,
    most: sorted[sorted.length - 1] ?? Number.NaN,
    mean: mean(sorted),
    sd: deviation(sorted),
  };
}

/** Quantile of sorted values. */
export function sampleQuantile(sorted: readonly number[], q: number, type: QuantileType): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const place = type === 'type 7' ? q * (n - 1) : q * (n + 1) - 1;
  const at = Math.min(n - 1, Math.max(0, place));
  const i = Math.min(n - 2, Math.floor(at));
  return n === 1 ? sorted[0] : sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

export interface MeanInterval {
  readonly n: number;
  readonly mean: number;
  /** Ends of the confidence interval from Student's t; NaN below two values. */
  readonly low: number;
  readonly high: number;
}

/** Mean of values (say, paired differences) with its confidence interval. @param share of the interval, 0.95 */
export function meanInterval(values: readonly number[], share = 0.95): MeanInterval {
  const n = values.length;
  const m = mean(values);
  const half = n > 1 ? (studentTQuantile((1 + share) / 2, n - 1) * deviation(values)) / Math.sqrt(n) : Number.NaN;
  return { n, mean: m, low: m - half, high: m + half };
}

function deviation(values: readonly number[]): number {
  const m = mean(values);
  return Math.sqrt(values.reduce((s, x) => s + (x - m) * (x - m), 0) / (values.length - 1));
}
