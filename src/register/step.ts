import type { Vec3 } from '../base/index.ts';
import { quantile, solveSpd } from '../math/index.ts';
import type { Pairs } from './pairs.ts';

/** Tukey's constant: 95 % as precise as least squares on clean Gaussian noise. Huber and Ronchetti, Robust Statistics. */
const TUKEY = 4.685;
/** Turns the median of absolute values into a standard deviation. */
const MAD_TO_SD = 1.4826;
/** The spread is never taken below this: finer than any scan or printer, and it keeps exact copies solvable, mm. */
const LEAST_SD_MM = 1e-4;

/** Robust standard deviation of the pairs that face each other, mm; NaN where there are none. */
export function spreadMm({ count, signedMm, facing }: Pairs): number {
  const d = new Float64Array(count);
  for (let i = 0; i < count; i++) d[i] = facing[i] ? Math.abs(signedMm[i]) : Number.NaN;
  return Math.max(LEAST_SD_MM, MAD_TO_SD * quantile(d, 0.5));
}

/** Tukey's weights into `out`: 1 for a perfect pair, falling to 0 at 4.685 standard deviations. @returns their sum */
export function tukeyWeights({ count, signedMm, facing }: Pairs, sdMm: number, out: Float64Array): number {
  const limit = TUKEY * sdMm;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const u = signedMm[i] / limit;
    const k = facing[i] && u > -1 && u < 1 ? 1 - u * u : 0;
    out[i] = k * k;
    sum += out[i];
  }
  return sum;
}

/** Normal equations of one Gauss–Newton step: `a` is 6×6 row-major (rotation about `centre`, then shift), `b` 6. */
export interface Normal {
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/** Sums over the pairs with index in `only` (all when left out). Fixed order, so equal bits on every run. */
export function normalEquations(pairs: Pairs, weights: Float64Array, centre: Vec3, only?: Uint32Array): Normal {
  const { count, points: p, directions: n, signedMm } = pairs;
  const a = new Float64Array(36);
  const b = new Float64Array(6);
  const j = new Float64Array(6);
  const size = only ? only.length : count;
  for (let s = 0; s < size; s++) {
    const i = only ? only[s] : s;
    const w = weights[i];
    if (w === 0) continue;
    const x = p[3 * i] - centre[0];
    const y = p[3 * i + 1] - centre[1];
    const z = p[3 * i + 2] - centre[2];
    const nx = n[3 * i];
    const ny = n[3 * i + 1];
    const nz = n[3 * i + 2];
    j[0] = y * nz - z * ny;
    j[1] = z * nx - x * nz;
    j[2] = x * ny - y * nx;
    j[3] = nx;
    j[4] = ny;
    j[5] = nz;
    for (let r = 0; r < 6; r++) {
      const wr = w * j[r];
      b[r] -= wr * signedMm[i];
      for (let c = r; c < 6; c++) a[6 * r + c] += wr * j[c];
    }
  }
  for (let r = 1; r < 6; r++) for (let c = 0; c < r; c++) a[6 * r + c] = a[6 * c + r];
  return { a, b };
}

/**
 * The step, with a trace of damping so that a shape which is free to turn (a sphere) simply does not turn.
 * @returns twist (rotation vector rad, shift mm)
 */
export function solveStep({ a, b }: Normal, radiusMm: number, damping = 1e-9): Float64Array {
  const damped = a.slice();
  const shift = (a[21] + a[28] + a[35]) / 3;
  for (let k = 0; k < 6; k++) damped[7 * k] += damping * shift * (k < 3 ? radiusMm * radiusMm : 1);
  return solveSpd(damped, b, 6) ?? new Float64Array(6);
}
