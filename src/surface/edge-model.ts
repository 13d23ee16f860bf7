import { gaussianAt } from './normal-table.ts';

/**
 * Grey values along a line that leaves a bone at a right angle, x outward in mm:
 *
 *     spongiosa | cortex, `thickness` thick | soft tissue (| the same cortex of a neighbour, from `facing` on)
 *
 * blurred with a Gaussian of `sigma`. The surface is where the cortex ends: not where some level is crossed, which a thin
 * cortex pulls inward and a near neighbour pushes outward. What the samples do not tell (the density of a cortex too thin
 * to reach its plateau, the tissue in a gap the blur has closed) comes from a prior learnt on the whole bone.
 * @source Treece, Gee, Mayhew and Poole 2010 for fixing the cortical density; the prior in its place, and the neighbour, are ours
 */
export const SURFACE = 0;
export const THICKNESS = 1;
export const SPONGIOSA = 2;
export const SOFT = 3;
export const CORTEX = 4;
export const FACING = 5;
export const SIGMA = 6;
export const PARAMETERS = 7;

export interface Prior {
  readonly mean: Float64Array;
  /** Standard deviations; 0 holds the parameter at its mean. */
  readonly sd: Float64Array;
}

export interface EdgeFit {
  readonly theta: Float64Array;
  /** Variance of the surface position, mm². */
  varianceMm2: number;
  /** Squared residual over its expectation; about 1 where the model holds. */
  misfit: number;
}

const phi = { integral: 0, density: 0 };

/** Model value at x, and its derivatives by the parameters into `d`. */
export function edgeModel(theta: Float64Array, x: number, facing: boolean, d: Float64Array): number {
  const p = theta[SURFACE];
  const t = theta[THICKNESS];
  const s = theta[SPONGIOSA];
  const b = theta[SOFT];
  const c = theta[CORTEX];
  const k = 1 / theta[SIGMA];
  const u1 = (p - x) * k;
  const u2 = u1 - t * k;
  gaussianAt(u1, phi);
  const f1 = phi.integral;
  const g1 = (c - b) * phi.density * k;
  gaussianAt(u2, phi);
  const f2 = phi.integral;
  const g2 = (s - c) * phi.density * k;
  let value = b + (c - b) * f1 + (s - c) * f2;
  d[SURFACE] = g1 + g2;
  d[THICKNESS] = -g2;
  d[SPONGIOSA] = f2;
  d[SOFT] = 1 - f1;
  d[CORTEX] = f1 - f2;
  d[FACING] = 0;
  d[SIGMA] = -(g1 * u1 + g2 * u2);
  if (facing) {
    const u3 = (x - theta[FACING]) * k;
    const u4 = u3 - t * k;
    gaussianAt(u3, phi);
    const f3 = phi.integral;
    const g3 = (c - b) * phi.density * k;
    gaussianAt(u4, phi);
    const f4 = phi.integral;
    const g4 = (s - c) * phi.density * k;
    value += (c - b) * f3 + (s - c) * f4;
    d[THICKNESS] -= g4;
    d[SPONGIOSA] += f4;
    d[SOFT] -= f3;
    d[CORTEX] += f3 - f4;
    d[FACING] = -(g3 + g4);
    d[SIGMA] -= g3 * u3 + g4 * u4;
  }
  return value;
}

/** What a fit needs to know, in one place so that a thousand fits allocate nothing. */
export interface EdgeSamples {
  /** Positions, mm. */
  readonly xs: Float64Array;
  /** Samples, HU, and one over the standard deviation of each. */
  readonly ys: Float64Array;
  readonly precision: Float64Array;
}

/** A gain of the cost smaller than this part of it is the end. */
const LEAST_GAIN = 1e-3;
/** A step smaller than this, in standard deviations of the prior, is the end. */
const LEAST_STEP = 1e-3;
const MOST_STEPS = 12;

/** Normal equations at some parameters, and their cost. */
interface Normal {
  readonly a: Float64Array;
  readonly g: Float64Array;
  cost: number;
}

/**
 * A function that finds the most likely parameters given the samples and the prior, by Levenberg–Marquardt from
 * `fit.theta` (changed in place), over the samples `from` to `to`.
 * @cost about 5 µs a step, four to ten steps
 */
export function createEdgeFitter({ xs, ys, precision }: EdgeSamples, prior: Prior) {
  const M = PARAMETERS;
  const make = (): Normal => ({ a: new Float64Array(M * M), g: new Float64Array(M), cost: 0 });
  let here = make();
  let there = make();
  const d = new Float64Array(M);
  const free = new Int32Array(M);
  const l = new Float64Array(M * M);
  const move = new Float64Array(M);
  const before = new Float64Array(M);
  let n = 0;

  /** Normal equations at theta; of `a` only the lower half. */
  function measure(theta: Float64Array, from: number, to: number, facing: boolean, out: Normal): void {
    const { a, g } = out;
    a.fill(0);
    g.fill(0);
    let sum = 0;
    for (let i = from; i < to; i++) {
      const w = precision[i];
      const r = (ys[i] - edgeModel(theta, xs[i], facing, d)) * w;
      sum += r * r;
      for (let j = 0; j < n; j++) {
        const dj = d[free[j]] * w;
        g[j] += dj * r;
        for (let k = 0; k <= j; k++) a[j * n + k] += dj * d[free[k]] * w;
      }
    }
    for (let j = 0; j < n; j++) {
      const w = 1 / prior.sd[free[j]];
      const r = (prior.mean[free[j]] - theta[free[j]]) * w;
      sum += r * r;
      g[j] += r * w;
      a[j * n + j] += w * w;
    }
    out.cost = sum;
  }

  /** Cholesky of the lower half of `a` with its diagonal `raised`; false where it is not positive definite. */
  function factor(a: Float64Array, raised: number): boolean {
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        let s = a[i * n + j];
        if (i === j) s *= raised;
        for (let k = 0; k < j; k++) s -= l[i * n + k] * l[j * n + k];
        if (i !== j) l[i * n + j] = s / l[j * n + j];
        else if (s > 1e-14 * a[i * n + i]) l[i * n + i] = Math.sqrt(s);
        else return false;
      }
    return true;
  }

  /** Solves with the factor, right side and result in `x`. */
  function solve(x: Float64Array): void {
    for (let i = 0; i < n; i++) {
      let s = x[i];
      for (let k = 0; k < i; k++) s -= l[i * n + k] * x[k];
      x[i] = s / l[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let s = x[i];
      for (let k = i + 1; k < n; k++) s -= l[k * n + i] * x[k];
      x[i] = s / l[i * n + i];
    }
  }

  return (from: number, to: number, facing: boolean, fit: EdgeFit): void => {
    const { theta } = fit;
    n = 0;
    for (let j = 0; j < M; j++) if (prior.sd[j] > 0 && (j !== FACING || facing)) free[n++] = j;
    measure(theta, from, to, facing, here);
    let lambda = 1e-3;
    for (let step = 0; step < MOST_STEPS; step++) {
      if (!factor(here.a, 1 + lambda)) break;
      move.set(here.g);
      solve(move);
      before.set(theta);
      let size = 0;
      for (let j = 0; j < n; j++) {
        theta[free[j]] += move[j];
        size = Math.max(size, Math.abs(move[j]) / prior.sd[free[j]]);
      }
      if (theta[THICKNESS] < 0.05) theta[THICKNESS] = 0.05;
      if (theta[SIGMA] < 0.15) theta[SIGMA] = 0.15;
      if (facing && theta[FACING] < theta[SURFACE] + 0.02) theta[FACING] = theta[SURFACE] + 0.02;
      measure(theta, from, to, facing, there);
      if (there.cost > here.cost) {
        theta.set(before);
        lambda *= 10;
        if (lambda > 1e5) break;
        continue;
      }
      const gain = here.cost - there.cost;
      [here, there] = [there, here];
      lambda = Math.max(lambda / 10, 1e-7);
      if (size < LEAST_STEP || gain < LEAST_GAIN * (1 + here.cost)) break;
    }
    fit.misfit = here.cost / (to - from);
    fit.varianceMm2 = 1;
    if (!factor(here.a, 1)) return;
    // The (p, p) entry of the inverse of the normal matrix.
    move.fill(0);
    move[0] = 1;
    solve(move);
    fit.varianceMm2 = move[0];
  };
}
