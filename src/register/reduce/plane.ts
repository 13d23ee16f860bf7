import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { apply, compose, dot, eigenSymmetric, reflection, rotationAngleRad, scale, sub } from '../../math/index.ts';

export interface MirrorPlane {
  readonly pointMm: Vec3;
  /** Unit normal, towards the patient's left. */
  readonly normal: Vec3;
}

/** A mirror image that was found between two surfaces, with points of the surface it starts from (flat xyz, LPS mm). */
export interface MirrorPair {
  readonly lpsFromLps: LpsTransform;
  readonly points: Float64Array;
}

/**
 * The plane whose reflection comes nearest, in the least squares, to the mirror images found: of one hip bone on the other,
 * of the sacrum on itself. With p → q for all points, the sum of |δ|² − (n·δ)² + 4 (n·m − d)² over δ = q − p and
 * m = (p + q) / 2 is least at an eigenvector.
 * @requires at least one pair with points that do not all lie in the plane
 * @source own derivation: reflect p, subtract q, and split along n
 */
export function fitMirrorPlane(pairs: readonly MirrorPair[]): MirrorPlane {
  const middles: Vec3[] = [];
  const gaps: Vec3[] = [];
  const weights: number[] = [];
  for (const { lpsFromLps, points } of pairs)
    for (let i = 0; i < points.length; i += 3) {
      const p: Vec3 = [points[i], points[i + 1], points[i + 2]];
      const q = apply(lpsFromLps, p);
      gaps.push(sub(q, p));
      middles.push(scale([p[0] + q[0], p[1] + q[1], p[2] + q[2]], 0.5));
      weights.push(1 / points.length);
    }
  const total = weights.reduce((s, w) => s + w, 0);
  const centre = [0, 1, 2].map((k) => middles.reduce((s, m, i) => s + weights[i] * m[k], 0) / total);
  const matrix = new Array<number>(9).fill(0);
  for (let i = 0; i < gaps.length; i++) {
    const m = sub(middles[i], centre as unknown as Vec3);
    for (let r = 0; r < 3; r++)
      for (let c = 0; c < 3; c++) matrix[3 * r + c] += weights[i] * (gaps[i][r] * gaps[i][c] - 4 * m[r] * m[c]);
  }
  const n = eigenSymmetric(matrix, 3).vectors[0] as unknown as Vec3;
  return { pointMm: centre as unknown as Vec3, normal: n[0] < 0 ? scale(n, -1) : n };
}

/** How a mirror image that was found differs from the reflection in a plane, at a point of the surface it starts from. */
export function offPlane(found: LpsTransform, { pointMm, normal }: MirrorPlane, at: Vec3) {
  const mirrored = reflection(pointMm, normal);
  const rest = compose(found, mirrored);
  const q = apply(mirrored, at);
  const d = sub(apply(rest, q), q);
  return { shiftMm: Math.sqrt(dot(d, d)), turnDeg: (rotationAngleRad(rest) * 180) / Math.PI };
}
