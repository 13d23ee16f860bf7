/**
 * Φ, the integral of the unit Gaussian, and φ, the Gaussian itself, from a table with cubic Hermite steps. The table is
 * made with + − × ÷ only, so an edge model gives the same bits on every engine; and it is faster than a call of `exp`.
 * @accuracy 3e-10 absolute
 */
const STEPS = 64;
const REACH = 7;
const N = 2 * REACH * STEPS;
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/** exp(−y) for y ≥ 0, by halving the argument until its series is short. */
function expMinus(y: number): number {
  const z = -y / 1024;
  let e = 1 + z * (1 + (z / 2) * (1 + (z / 3) * (1 + (z / 4) * (1 + z / 5))));
  for (let i = 0; i < 10; i++) e *= e;
  return e;
}

const PHI = Float64Array.from({ length: N + 2 }, (_, i) => {
  const x = i / STEPS - REACH;
  return INVERSE_SQRT_TWO_PI * expMinus((x * x) / 2);
});

/** Φ by Simpson's rule, eight parts a step. */
const CUMULATIVE = new Float64Array(N + 2);
for (let i = 1; i < N + 2; i++) {
  const h = 1 / (8 * STEPS);
  let sum = 0;
  for (let k = 0; k <= 8; k++) {
    const x = (i - 1) / STEPS - REACH + k * h;
    const w = k === 0 || k === 8 ? 1 : k % 2 ? 4 : 2;
    sum += w * INVERSE_SQRT_TWO_PI * expMinus((x * x) / 2);
  }
  CUMULATIVE[i] = CUMULATIVE[i - 1] + (sum * h) / 3;
}

/** ∫ of the unit Gaussian from −∞ to x. */
export function gaussianIntegral(x: number): number {
  if (x <= -REACH) return 0;
  if (x >= REACH) return 1;
  const u = (x + REACH) * STEPS;
  const i = Math.floor(u);
  const f = u - i;
  const a = CUMULATIVE[i];
  const b = CUMULATIVE[i + 1];
  const da = PHI[i] / STEPS;
  const db = PHI[i + 1] / STEPS;
  const c = 3 * (b - a) - 2 * da - db;
  const d = 2 * (a - b) + da + db;
  return a + f * (da + f * (c + f * d));
}

/** The unit Gaussian at x. */
export function gaussian(x: number): number {
  if (x <= -REACH || x >= REACH) return 0;
  const u = (x + REACH) * STEPS;
  const i = Math.floor(u);
  const f = u - i;
  const xa = i / STEPS - REACH;
  const a = PHI[i];
  const b = PHI[i + 1];
  const da = (-xa * a) / STEPS;
  const db = (-(xa + 1 / STEPS) * b) / STEPS;
  const c = 3 * (b - a) - 2 * da - db;
  const d = 2 * (a - b) + da + db;
  return a + f * (da + f * (c + f * d));
}
