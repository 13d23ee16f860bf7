import type { Frame, LpsTransform, Transform, Vec3 } from '../base/index.ts';
import { cross, dot, unit } from './vec.ts';

/** B←A after A←C gives B←C. Composing in the wrong order does not compile. */
export function compose<A extends Frame, B extends Frame, C extends Frame>(
  bc: Transform<B, C>,
  ab: Transform<A, NoInfer<B>>,
): Transform<A, C> {
  const m: number[] = [];
  for (let r = 0; r < 3; r++)
    for (let c = 0; c < 4; c++) {
      let s = c === 3 ? bc.m[r * 4 + 3] : 0;
      for (let k = 0; k < 3; k++) s += bc.m[r * 4 + k] * ab.m[k * 4 + c];
      m.push(s);
    }
  return { from: ab.from, to: bc.to, m };
}

/** Determinant of the linear part: −1 for a mirror, +1 for a motion, the change of volume for an affine map. */
export function determinant({ m }: Transform): number {
  return m[0] * (m[5] * m[10] - m[6] * m[9]) - m[1] * (m[4] * m[10] - m[6] * m[8]) + m[2] * (m[4] * m[9] - m[5] * m[8]);
}

/** Inverse of any affine map with a non-zero determinant. */
export function invert<A extends Frame, B extends Frame>(t: Transform<A, B>): Transform<B, A> {
  const { m } = t;
  const d = determinant(t);
  const r = [
    (m[5] * m[10] - m[6] * m[9]) / d,
    (m[2] * m[9] - m[1] * m[10]) / d,
    (m[1] * m[6] - m[2] * m[5]) / d,
    (m[6] * m[8] - m[4] * m[10]) / d,
    (m[0] * m[10] - m[2] * m[8]) / d,
    (m[2] * m[4] - m[0] * m[6]) / d,
    (m[4] * m[9] - m[5] * m[8]) / d,
    (m[1] * m[8] - m[0] * m[9]) / d,
    (m[0] * m[5] - m[1] * m[4]) / d,
  ];
  const at = (i: number) => -(r[3 * i] * m[3] + r[3 * i + 1] * m[7] + r[3 * i + 2] * m[11]);
  return {
    from: t.to,
    to: t.from,
    m: [r[0], r[1], r[2], at(0), r[3], r[4], r[5], at(1), r[6], r[7], r[8], at(2)],
  };
}

export function apply({ m }: Transform, p: Vec3): Vec3 {
  return [
    m[0] * p[0] + m[1] * p[1] + m[2] * p[2] + m[3],
    m[4] * p[0] + m[5] * p[1] + m[6] * p[2] + m[7],
    m[8] * p[0] + m[9] * p[1] + m[10] * p[2] + m[11],
  ];
}

/** The linear part alone: for directions. */
export function applyLinear({ m }: Transform, d: Vec3): Vec3 {
  return [
    m[0] * d[0] + m[1] * d[1] + m[2] * d[2],
    m[4] * d[0] + m[5] * d[1] + m[6] * d[2],
    m[8] * d[0] + m[9] * d[1] + m[10] * d[2],
  ];
}

/** All points of a flat xyz array, into a new one. */
export function applyAll({ m }: Transform, points: Float64Array): Float64Array {
  const out = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i];
    const y = points[i + 1];
    const z = points[i + 2];
    out[i] = m[0] * x + m[1] * y + m[2] * z + m[3];
    out[i + 1] = m[4] * x + m[5] * y + m[6] * z + m[7];
    out[i + 2] = m[8] * x + m[9] * y + m[10] * z + m[11];
  }
  return out;
}

export const translation = (t: Vec3): LpsTransform => ({
  from: 'lps',
  to: 'lps',
  m: [1, 0, 0, t[0], 0, 1, 0, t[1], 0, 0, 1, t[2]],
});

/** Rotation by `angleRad` about the axis through `centre`, right-handed. */
export function rotation(axis: Vec3, angleRad: number, centre: Vec3 = [0, 0, 0]): LpsTransform {
  const [x, y, z] = unit(axis);
  const c = Math.cos(angleRad);
  const s = Math.sin(angleRad);
  const k = 1 - c;
  const r = [
    c + x * x * k,
    x * y * k - z * s,
    x * z * k + y * s,
    y * x * k + z * s,
    c + y * y * k,
    y * z * k - x * s,
    z * x * k - y * s,
    z * y * k + x * s,
    c + z * z * k,
  ];
  const t = (i: number) => centre[i] - (r[3 * i] * centre[0] + r[3 * i + 1] * centre[1] + r[3 * i + 2] * centre[2]);
  return { from: 'lps', to: 'lps', m: [r[0], r[1], r[2], t(0), r[3], r[4], r[5], t(1), r[6], r[7], r[8], t(2)] };
}

/** Reflection in the plane through `point` with unit `normal`. Determinant −1. */
export function reflection(point: Vec3, normal: Vec3): LpsTransform {
  const n = unit(normal);
  const d = 2 * dot(n, point);
  const m: number[] = [];
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) m.push((r === c ? 1 : 0) - 2 * n[r] * n[c]);
    m.push(d * n[r]);
  }
  return { from: 'lps', to: 'lps', m };
}

/** Angle of the rotation in a rigid motion, rad, in [0, π]; accurate for small angles too. */
export function rotationAngleRad({ m }: Transform): number {
  const v: Vec3 = [m[9] - m[6], m[2] - m[8], m[4] - m[1]];
  const s = Math.sqrt(dot(v, v)) / 2;
  return Math.atan2(s, (m[0] + m[5] + m[10] - 1) / 2);
}

/** A right-handed orthonormal frame whose third axis is `w`; the first leans as far as it can towards `hint`. */
export function frameAbout(w: Vec3, hint: Vec3): readonly [u: Vec3, v: Vec3, w: Vec3] {
  const c = unit(w);
  let v = cross(c, hint);
  if (dot(v, v) < 1e-12) v = cross(c, Math.abs(c[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]);
  v = unit(v);
  return [cross(v, c), v, c];
}
