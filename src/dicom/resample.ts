/** Weights of the six-point Lagrange polynomial at `t` in [0, 1) between the third and fourth point: exact for quintics. */
function lagrange6(t: number): readonly number[] {
  const x = [t + 2, t + 1, t, t - 1, t - 2, t - 3];
  const below = [-120, 24, -12, 12, -24, 120];
  return below.map((d, i) => x.reduce((product, f, j) => (j === i ? product : product * f), 1) / d);
}

/** Weights of the cubic (or, at the ends, quadratic or linear) polynomial through uneven `nodes`, at `x`. */
export function lagrange(nodes: readonly number[], x: number): number[] {
  return nodes.map((a, i) => nodes.reduce((w, b, j) => (j === i ? w : (w * (x - b)) / (a - b)), 1));
}

const toInt16 = (x: number) => Math.max(-32768, Math.min(32767, Math.round(x)));

/**
 * Moves one plane by (du, dv) pixels into a larger plane, by six-point interpolation along rows, then along columns.
 * Whole-pixel moves copy. Outside of the source stands `fill`; at its rim the edge sample is repeated for the weights.
 * @param source nx × ny, `out` mx × my; source pixel (0, 0) lands on (du, dv)
 * @accuracy below half a grey value for detail wider than five pixels
 */
export function shiftPlane(
  source: Int16Array,
  nx: number,
  ny: number,
  du: number,
  dv: number,
  out: Int16Array,
  mx: number,
  my: number,
  fill: number,
): void {
  out.fill(fill);
  const rows = new Float64Array(ny * mx);
  const spanU = shiftLine(nx, mx, du);
  for (let y = 0; y < ny; y++)
    for (let x = spanU.from; x < spanU.to; x++) {
      let s = 0;
      for (let t = 0; t < 6; t++) {
        const i = x - spanU.whole - 3 + t;
        s += spanU.weights[t] * source[y * nx + (i < 0 ? 0 : i >= nx ? nx - 1 : i)];
      }
      rows[y * mx + x] = s;
    }
  const spanV = shiftLine(ny, my, dv);
  for (let y = spanV.from; y < spanV.to; y++)
    for (let x = spanU.from; x < spanU.to; x++) {
      let s = 0;
      for (let t = 0; t < 6; t++) {
        const j = y - spanV.whole - 3 + t;
        s += spanV.weights[t] * rows[(j < 0 ? 0 : j >= ny ? ny - 1 : j) * mx + x];
      }
      out[y * mx + x] = toInt16(s);
    }
}

/** Output x reads source x − d = (x − whole − 1) + t with t in [0, 1): the third of its six points is x − whole − 1. */
function shiftLine(n: number, m: number, d: number) {
  const whole = Math.floor(d);
  const t = 1 - (d - whole);
  const weights = t === 1 ? [0, 0, 0, 1, 0, 0] : lagrange6(t);
  // Source coordinates from −0.5 to n − 0.5 are inside.
  return { whole, weights, from: Math.max(0, Math.ceil(d - 0.5)), to: Math.min(m, Math.floor(d + n - 0.5) + 1) };
}

/**
 * Planes at uneven heights → planes at even ones, by the cubic through the two planes on either side.
 * @param planes samples of each plane; heights ascending, mm
 * @param target heights asked for, within the first and last
 */
export function evenPlanes(
  data: Int16Array,
  samples: number,
  heights: readonly number[],
  target: readonly number[],
): Int16Array {
  const out = new Int16Array(samples * target.length);
  let k = 0;
  target.forEach((z, o) => {
    while (k + 2 < heights.length && heights[k + 1] <= z) k++;
    const from = Math.max(0, k - 1);
    const to = Math.min(heights.length, k + 3);
    const weights = lagrange(heights.slice(from, to), z);
    for (let i = 0; i < samples; i++) {
      let s = 0;
      for (let n = 0; n < weights.length; n++) s += weights[n] * data[(from + n) * samples + i];
      out[o * samples + i] = toInt16(s);
    }
  });
  return out;
}
