/** Quantile of the finite values, linear between order statistics (Hyndman and Fan type 7, the default of R and NumPy). */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileSorted(Float64Array.from(values).filter(Number.isFinite).sort(), q);
}

/** The same on values that are already sorted and finite; NaN where there are none. */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const i = Math.floor(at);
  return i + 1 < sorted.length ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[i];
}

export function mean(values: ArrayLike<number>): number {
  let s = 0;
  for (let i = 0; i < values.length; i++) s += values[i];
  return s / values.length;
}

/** Summary of a distance map, mm: signed mean is the bias, the rest is of absolute values. */
export interface DistanceSummary {
  readonly count: number;
  readonly signedMeanMm: number;
  readonly meanMm: number;
  readonly rmsMm: number;
  readonly p95Mm: number;
  readonly maxMm: number;
}

/** Weighted summary (weights: area per sample; all 1 when left out). NaN samples are left out and not counted. */
export function summarise(signedMm: ArrayLike<number>, weights?: ArrayLike<number>): DistanceSummary {
  const rows: [abs: number, weight: number][] = [];
  let total = 0;
  let signed = 0;
  let absolute = 0;
  let square = 0;
  for (let i = 0; i < signedMm.length; i++) {
    const d = signedMm[i];
    if (!Number.isFinite(d)) continue;
    const w = weights ? weights[i] : 1;
    rows.push([Math.abs(d), w]);
    total += w;
    signed += w * d;
    absolute += w * Math.abs(d);
    square += w * d * d;
  }
  rows.sort((a, b) => a[0] - b[0]);
  let run = 0;
  let p95 = Number.NaN;
  for (const [d, w] of rows) {
    run += w;
    if (run >= 0.95 * total) {
      p95 = d;
      break;
    }
  }
  const last = rows.length ? rows[rows.length - 1][0] : Number.NaN;
  return {
    count: rows.length,
    signedMeanMm: signed / total,
    meanMm: absolute / total,
    rmsMm: Math.sqrt(square / total),
    p95Mm: p95,
    maxMm: last,
  };
}
