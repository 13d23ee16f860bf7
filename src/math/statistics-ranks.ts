import { normalCdf, studentTCdf } from './statistics-distributions.ts';

/** Ranks from 1; equal values share the mean of theirs. */
export function midranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  const ranks = new Array<number>(values.length);
  for (let i = 0; i < order.length; ) {
    let j = i + 1;
    while (j < order.length && values[order[j]] === values[order[i]]) j++;
    for (let k = i; k < j; k++) ranks[order[k]] = (i + 1 + j) / 2;
    i = j;
  }
  return ranks;
}

/** Wilcoxon's signed rank test of paired differences. */
export interface SignedRank {
  /** Differences that are not zero; zeros are left out, as Wilcoxon did. */
  readonly n: number;
  readonly zeros: number;
  /** Sums of the ranks of positive and of negative differences. */
  readonly wPlus: number;
  readonly wMinus: number;
  /** From the smaller sum, so never positive; variance corrected for ties, no continuity correction. NaN for n = 0. */
  readonly z: number;
  /** Two-sided, from the normal distribution. */
  readonly pAsymptotic: number;
  /** Two-sided, from all 2^n ways the signs can fall on these very ranks (ties included). NaN above `EXACT_PAIRS`. */
  readonly pExact: number;
}

/** Up to this many pairs the exact distribution is counted. */
export const EXACT_PAIRS = 200;

/**
 * @source F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945); tie correction as in
 * W. J. Conover, Practical Nonparametric Statistics, 3rd ed., 5.7
 * @cost exact: O(n³) additions
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const d = differences.filter((x) => x !== 0);
  const n = d.length;
  const zeros = differences.length - n;
  if (n === 0) return { n, zeros, wPlus: 0, wMinus: 0, z: Number.NaN, pAsymptotic: 1, pExact: 1 };
  const ranks = midranks(d.map(Math.abs));
  const wPlus = ranks.reduce((s, r, i) => s + (d[i] > 0 ? r : 0), 0);
  const wMinus = (n * (n + 1)) / 2 - wPlus;
  let variance = (n * (n + 1) * (2 * n + 1)) / 24;
  for (const size of tieSizes(ranks)) variance -= (size * size * size - size) / 48;
  const w = Math.min(wPlus, wMinus);
  const z = (w - (n * (n + 1)) / 4) / Math.sqrt(variance);
  return {
    n,
    zeros,
    wPlus,
    wMinus,
    z,
    pAsymptotic: Math.min(1, 2 * normalCdf(z)),
    pExact: n <= EXACT_PAIRS ? exactTail(ranks, w) : Number.NaN,
  };
}

function tieSizes(ranks: readonly number[]): number[] {
  const count = new Map<number, number>();
  for (const r of ranks) count.set(r, (count.get(r) ?? 0) + 1);
  return [...count.values()];
}

/** Twice the chance that the rank sum is w or less, each rank counted or not with chance one half. */
function exactTail(ranks: readonly number[], w: number): number {
  const doubled = ranks.map((r) => Math.round(2 * r));
  const total = doubled.reduce((a, b) => a + b, 0);
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let reach = 0;
  for (const r of doubled) {
    // Downwards, so that each rank counts once.
    reach += r;
    for (let s = reach; s >= 0; s--) chance[s] = (chance[s] + (s >= r ? chance[s - r] : 0)) / 2;
  }
  let tail = 0;
  for (let s = 0; s <= Math.round(2 * w); s++) tail += chance[s];
  return Math.min(1, 2 * tail);
}

/** Rank correlation. */
export interface RankCorrelation {
  readonly n: number;
  /** Pearson's correlation of the midranks. NaN where one side does not vary. */
  readonly rho: number;
  /** Two-sided, from t with n − 2 degrees of freedom. */
  readonly pAsymptotic: number;
  /** Two-sided, from all n! orders. NaN above `EXACT_ORDERS` pairs. */
  readonly pExact: number;
}

/** Up to this many pairs all orders are counted. */
export const EXACT_ORDERS = 11;

/** @source C. Spearman, The proof and measurement of association between two things, Am. J. Psychol. 15 (1904) */
export function spearman(x: readonly number[], y: readonly number[]): RankCorrelation {
  const n = x.length;
  const centred = (v: readonly number[]) => midranks(v).map((r) => r - (n + 1) / 2);
  const [a, b] = [centred(x), centred(y)];
  const dot = (p: readonly number[], q: readonly number[]) => p.reduce((s, v, i) => s + v * q[i], 0);
  const size = Math.sqrt(dot(a, a) * dot(b, b));
  if (n < 3 || size === 0) return { n, rho: Number.NaN, pAsymptotic: Number.NaN, pExact: Number.NaN };
  const rho = Math.min(1, Math.max(-1, dot(a, b) / size));
  const t = Math.abs(rho) === 1 ? Number.POSITIVE_INFINITY : Math.abs(rho) * Math.sqrt((n - 2) / (1 - rho * rho));
  return {
    n,
    rho,
    pAsymptotic: t === Number.POSITIVE_INFINITY ? 0 : 2 * studentTCdf(-t, n - 2),
    pExact: n <= EXACT_ORDERS ? exactOrders(a, b, Math.abs(dot(a, b))) : Number.NaN,
  };
}

/**
 * Share of the orders of b whose product with a is as far from zero as `seen`: the distribution of the product is built
 * subset by subset of b. Midranks are halves, so doubled ones are whole and products fall on few values.
 * @cost n · 2^n · n³/1.5 additions: 60 ms for 11 pairs
 */
function exactOrders(a: readonly number[], b: readonly number[], seen: number): number {
  const n = a.length;
  const [u, v] = [a, b].map((side) => side.map((r) => Math.round(2 * r)));
  // No sum of some of the products goes further than this.
  const half = u.reduce((s, x) => s + Math.abs(x), 0) * (n - 1);
  const width = 2 * half + 1;
  let layer = new Map<number, Float64Array>([[0, start(width, half)]]);
  for (let i = 0; i < n; i++) {
    const next = new Map<number, Float64Array>();
    for (const [mask, ways] of layer)
      for (let j = 0; j < n; j++) {
        if ((mask >> j) & 1) continue;
        const key = mask | (1 << j);
        const to = next.get(key) ?? new Float64Array(width);
        next.set(key, to);
        const shift = u[i] * v[j];
        for (let s = Math.max(0, -shift); s < Math.min(width, width - shift); s++) to[s + shift] += ways[s];
      }
    layer = next;
  }
  const [ways] = layer.values();
  const bound = Math.round(4 * seen);
  let hits = 0;
  let all = 0;
  ways.forEach((count, s) => {
    all += count;
    if (Math.abs(s - half) >= bound) hits += count;
  });
  return hits / all;
}

function start(width: number, at: number): Float64Array {
  const ways = new Float64Array(width);
  ways[at] = 1;
  return ways;
}
