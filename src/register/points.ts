import { type LpsTransform, OsteonError } from '../base/index.ts';
import { apply, compose, eigenSymmetric, reflection } from '../math/index.ts';

export interface PointFitOptions {
  /** Fit a mirror image (determinant −1) instead of a motion. */
  readonly mirror?: boolean;
  /** One weight ≥ 0 per pair; all 1 when left out. */
  readonly weights?: ArrayLike<number>;
}

export interface PointFit {
  readonly lpsFromMoving: LpsTransform;
  /** Weighted root mean square of the remaining distances, mm. */
  readonly rmsMm: number;
  /** Remaining distance of each pair, mm. */
  readonly residualsMm: Float64Array;
}

/**
 * The motion (or mirror image) that brings point pairs together with the least weighted sum of squares.
 * @requires flat xyz arrays of equal length, LPS mm
 * @throws register.few-points for fewer than three pairs with weight, or pairs on one line
 * @cost O(n)
 * @accuracy exact to rounding for exact pairs
 * @source Horn 1987, J Opt Soc Am A 4:629: unit quaternion of the largest eigenvalue
 */
export function fitPoints(from: ArrayLike<number>, to: ArrayLike<number>, options: PointFitOptions = {}): PointFit {
  const { mirror = false, weights } = options;
  const n = from.length / 3;
  if (n < 3 || from.length !== to.length)
    throw new OsteonError('register.few-points', { pairs: n, other: to.length / 3 });
  const cf = weightedCentre(from, weights);
  const ct = weightedCentre(to, weights);
  const flip = mirror ? -1 : 1;
  const s = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let spread = 0;
  for (let i = 0; i < n; i++) {
    const w = weights ? weights[i] : 1;
    const a = [flip * (from[3 * i] - cf[0]), from[3 * i + 1] - cf[1], from[3 * i + 2] - cf[2]];
    spread += w * (a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
    for (let r = 0; r < 3; r++) for (let c = 0; c < 3; c++) s[3 * r + c] += w * a[r] * (to[3 * i + c] - ct[c]);
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  const q4 = [
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ].flat();
  const { values, vectors } = eigenSymmetric(q4, 4);
  if (!(values[0] - values[1] > 1e-12 * spread))
    throw new OsteonError('register.few-points', { pairs: n }, 'The points lie on one line.');
  const motion = rotationOf(vectors[0], [flip * cf[0], cf[1], cf[2]], ct);
  const lpsFromMoving = mirror ? compose(motion, reflection([0, 0, 0], [1, 0, 0])) : motion;
  return { lpsFromMoving, ...residuals(lpsFromMoving, from, to, weights) };
}

function weightedCentre(p: ArrayLike<number>, weights?: ArrayLike<number>): [number, number, number] {
  const c: [number, number, number] = [0, 0, 0];
  let total = 0;
  for (let i = 0; i < p.length / 3; i++) {
    const w = weights ? weights[i] : 1;
    total += w;
    for (let k = 0; k < 3; k++) c[k] += w * p[3 * i + k];
  }
  if (!(total > 0)) throw new OsteonError('register.few-points', { pairs: 0 });
  return [c[0] / total, c[1] / total, c[2] / total];
}

/** The motion that turns by the unit quaternion (w, x, y, z) and brings `centre` to `target`. */
function rotationOf(
  [w, x, y, z]: readonly number[],
  centre: readonly number[],
  target: readonly number[],
): LpsTransform {
  const r = [
    w * w + x * x - y * y - z * z,
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (y * x + w * z),
    w * w - x * x + y * y - z * z,
    2 * (y * z - w * x),
    2 * (z * x - w * y),
    2 * (z * y + w * x),
    w * w - x * x - y * y + z * z,
  ];
  const t = (i: number) => target[i] - (r[3 * i] * centre[0] + r[3 * i + 1] * centre[1] + r[3 * i + 2] * centre[2]);
  return { from: 'lps', to: 'lps', m: [r[0], r[1], r[2], t(0), r[3], r[4], r[5], t(1), r[6], r[7], r[8], t(2)] };
}

function residuals(t: LpsTransform, from: ArrayLike<number>, to: ArrayLike<number>, weights?: ArrayLike<number>) {
  const residualsMm = new Float64Array(from.length / 3);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < residualsMm.length; i++) {
    const p = apply(t, [from[3 * i], from[3 * i + 1], from[3 * i + 2]]);
    const w = weights ? weights[i] : 1;
    const [dx, dy, dz] = [p[0] - to[3 * i], p[1] - to[3 * i + 1], p[2] - to[3 * i + 2]];
    const d2 = dx * dx + dy * dy + dz * dz;
    residualsMm[i] = Math.sqrt(d2);
    sum += w * d2;
    total += w;
  }
  return { rmsMm: Math.sqrt(sum / total), residualsMm };
}
