import { createRng } from '../base/index.ts';
import { eigenSymmetric } from '../math/index.ts';
import { applyDiagonal } from './blocks.ts';

/** A symmetric operator with the inverses of its diagonal blocks. Empty rows (fixed directions) give and take nothing. */
export interface Smoothable {
  readonly size: number;
  /** y = A·x. */
  apply(x: Float64Array, y: Float64Array): void;
  /** Inverses of the diagonal blocks, `blockSize` × `blockSize` each. */
  readonly inverse: Float64Array;
  readonly blockSize: number;
}

/** Smooths with a Chebyshev polynomial in D⁻¹A over the upper part of its spectrum. Holds its own scratch. */
export interface Smoother {
  readonly operator: Smoothable;
  readonly greatest: number;
  /** Takes r = b − A·x; adds to x and leaves r current. */
  smooth(r: Float64Array, x: Float64Array): void;
  /** The same, but r is spent: one product less. */
  smoothLast(r: Float64Array, x: Float64Array): void;
}

export const DEGREE = 2;
/** Over the estimate, which comes from below. */
const SAFETY = 1.1;
/** Errors of eigenvalues between greatest / RATIO and greatest are damped; the others are left to the coarser level. */
const RATIO = 8;
const LANCZOS_STEPS = 12;

/** Middle and half width of the part of the spectrum that is damped. */
export function chebyshevBounds(greatest: number): { theta: number; delta: number } {
  const high = SAFETY * greatest;
  const low = high / RATIO;
  return { theta: (high + low) / 2, delta: (high - low) / 2 };
}

/** @source Adams, Brezina, Hu, Tuminaro, Parallel multigrid smoothing: polynomial versus Gauss-Seidel, J Comput Phys 2003 */
export function chebyshev(operator: Smoothable): Smoother {
  const { size, inverse, blockSize } = operator;
  const greatest = greatestEigenvalue(operator);
  const { theta, delta } = chebyshevBounds(greatest);
  const step = new Float64Array(size);
  const work = new Float64Array(size);
  const run = (r: Float64Array, x: Float64Array, current: boolean) => {
    applyDiagonal(inverse, blockSize, r, step);
    for (let i = 0; i < size; i++) step[i] /= theta;
    let rho = delta / theta;
    for (let k = 1; ; k++) {
      for (let i = 0; i < size; i++) x[i] += step[i];
      if (k === DEGREE && !current) return;
      operator.apply(step, work);
      for (let i = 0; i < size; i++) r[i] -= work[i];
      if (k === DEGREE) return;
      const next = 1 / ((2 * theta) / delta - rho);
      applyDiagonal(inverse, blockSize, r, work);
      const keep = next * rho;
      const gain = (2 * next) / delta;
      for (let i = 0; i < size; i++) step[i] = keep * step[i] + gain * work[i];
      rho = next;
    }
  };
  return {
    operator,
    greatest,
    smooth: (r, x) => run(r, x, true),
    smoothLast: (r, x) => run(r, x, false),
  };
}

/**
 * Greatest eigenvalue of D⁻¹A, from below, by Lanczos (as the coefficients of conjugate gradients from a seeded start).
 * @accuracy within 3 % on the operators of this room; a power iteration needs three times the products for that
 */
export function greatestEigenvalue({ size, apply, inverse, blockSize }: Smoothable): number {
  const random = createRng(1);
  const r = new Float64Array(size);
  const z = new Float64Array(size);
  const p = new Float64Array(size);
  const q = new Float64Array(size);
  for (let i = 0; i < size; i++) p[i] = random() - 0.5;
  apply(p, r);
  applyDiagonal(inverse, blockSize, r, z);
  p.set(z);
  let rz = dot(r, z);
  const t = new Float64Array(LANCZOS_STEPS * LANCZOS_STEPS);
  let n = 0;
  let alphaBefore = 1;
  let betaBefore = 0;
  for (; n < LANCZOS_STEPS && rz > 0; n++) {
    apply(p, q);
    const alpha = rz / dot(p, q);
    t[n * LANCZOS_STEPS + n] = 1 / alpha + betaBefore / alphaBefore;
    for (let i = 0; i < size; i++) r[i] -= alpha * q[i];
    applyDiagonal(inverse, blockSize, r, z);
    const next = dot(r, z);
    const beta = next / rz;
    if (n + 1 < LANCZOS_STEPS) {
      t[n * LANCZOS_STEPS + n + 1] = Math.sqrt(beta) / alpha;
      t[(n + 1) * LANCZOS_STEPS + n] = t[n * LANCZOS_STEPS + n + 1];
    }
    for (let i = 0; i < size; i++) p[i] = z[i] + beta * p[i];
    alphaBefore = alpha;
    betaBefore = beta;
    if (next <= 1e-24 * rz) {
      n++;
      break;
    }
    rz = next;
  }
  const square: number[] = [];
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) square.push(t[i * LANCZOS_STEPS + j]);
  return n === 0 ? 1 : eigenSymmetric(square, n).values[0];
}

export function dot(a: Float64Array, b: Float64Array): number {
  // Four sums: adds do not wait for each other, and rounding is smaller.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const end = a.length - (a.length % 4);
  for (let i = 0; i < end; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (let i = end; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}
