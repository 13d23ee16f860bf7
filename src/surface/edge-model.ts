import { solveSpd } from '../math/index.ts';
import { gaussian, gaussianIntegral } from './normal-table.ts';

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

/** Model value at x, and its derivatives by the parameters into `d`. */
export function edgeModel(theta: Float64Array, x: number, facing: boolean, d: Float64Array): number {
  const [p, t, s, b, c] = theta;
  const k = 1 / theta[SIGMA];
  const u1 = (p - x) * k;
  const u2 = u1 - t * k;
  const f1 = gaussianIntegral(u1);
  const f2 = gaussianIntegral(u2);
  const g1 = (c - b) * gaussian(u1) * k;
  const g2 = (s - c) * gaussian(u2) * k;
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
    const f3 = gaussianIntegral(u3);
    const f4 = gaussianIntegral(u4);
    const g3 = (c - b) * gaussian(u3) * k;
    const g4 = (s - c) * gaussian(u4) * k;
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

/**
 * Most likely parameters given the samples and the prior, by Levenberg–Marquardt from `theta` (changed in place).
 * @param xs positions, mm; `ys` samples, HU; `noise` standard deviation of each sample, HU
 * @cost about a microsecond per sample and ten steps
 */
export function fitEdge(
  xs: Float64Array,
  ys: Float64Array,
  noise: Float64Array,
  from: number,
  to: number,
  facing: boolean,
  prior: Prior,
  fit: EdgeFit,
): void {
  const free: number[] = [];
  for (let j = 0; j < PARAMETERS; j++) if (prior.sd[j] > 0 && (j !== FACING || facing)) free.push(j);
  const n = free.length;
  const { theta } = fit;
  const d = new Float64Array(PARAMETERS);
  const a = new Float64Array(n * n);
  const damped = new Float64Array(n * n);
  const g = new Float64Array(n);
  const trial = new Float64Array(PARAMETERS);
  let cost = normal(true);
  let lambda = 1e-3;
  for (let step = 0; step < 12; step++) {
    damped.set(a);
    for (let j = 0; j < n; j++) damped[j * n + j] *= 1 + lambda;
    const move = solveSpd(damped, g, n);
    if (!move) break;
    trial.set(theta);
    let size = 0;
    for (let j = 0; j < n; j++) {
      theta[free[j]] += move[j];
      size = Math.max(size, Math.abs(move[j]) / prior.sd[free[j]]);
    }
    if (theta[THICKNESS] < 0.05) theta[THICKNESS] = 0.05;
    if (theta[SIGMA] < 0.15) theta[SIGMA] = 0.15;
    if (facing && theta[FACING] < theta[SURFACE] + 0.02) theta[FACING] = theta[SURFACE] + 0.02;
    const after = normal(false);
    if (after > cost) {
      theta.set(trial);
      lambda *= 10;
      if (lambda > 1e5) break;
      continue;
    }
    const gain = cost - after;
    cost = normal(true);
    lambda = Math.max(lambda / 10, 1e-7);
    if (size < 1e-3 || gain < 1e-4 * (1 + cost)) break;
  }
  fit.misfit = cost / (to - from);
  fit.varianceMm2 = inverseFirst();

  /** Cost at theta; with `system`, also the normal equations there. */
  function normal(system: boolean): number {
    let sum = 0;
    if (system) {
      a.fill(0);
      g.fill(0);
    }
    for (let i = from; i < to; i++) {
      const w = 1 / noise[i];
      const r = (ys[i] - edgeModel(theta, xs[i], facing, d)) * w;
      sum += r * r;
      if (!system) continue;
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
      if (!system) continue;
      g[j] += r * w;
      a[j * n + j] += w * w;
      for (let k = 0; k < j; k++) a[k * n + j] = a[j * n + k];
    }
    return sum;
  }

  /** The (p, p) entry of the inverse of the normal matrix. */
  function inverseFirst(): number {
    const e = new Float64Array(n);
    e[0] = 1;
    const column = solveSpd(a, e, n);
    return column ? column[0] : 1;
  }
}
