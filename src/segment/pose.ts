import type { LpsTransform, Vec3 } from '../base/index.ts';
import { eigenSymmetric } from '../math/index.ts';

/** A similarity from the reference foot (or its mirror image) to patient LPS. */
export interface Pose {
  readonly lpsFromReference: LpsTransform;
  readonly scale: number;
  /** The reference is a left foot; a right one is its mirror image. */
  readonly mirrored: boolean;
}

/**
 * The similarity that brings points of the reference to points of the patient with the least sum of squares.
 * @requires three pairs or more, not on one line
 * @source Horn 1987, "Closed-form solution of absolute orientation using unit quaternions"
 */
export function fitPose(reference: readonly Vec3[], patient: readonly Vec3[], mirrored: boolean): Pose {
  const from = mirrored ? reference.map(([x, y, z]): Vec3 => [-x, y, z]) : reference;
  const p = meanOf(from);
  const q = meanOf(patient);
  // Sums of products of the centred coordinates, patient by reference.
  const s = new Float64Array(9);
  let spread = 0;
  for (let i = 0; i < from.length; i++)
    for (let r = 0; r < 3; r++) {
      const a = from[i][r] - p[r];
      spread += a * a;
      for (let c = 0; c < 3; c++) s[3 * r + c] += a * (patient[i][c] - q[c]);
    }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  const { values, vectors } = eigenSymmetric(
    [
      xx + yy + zz,
      yz - zy,
      zx - xz,
      xy - yx,
      yz - zy,
      xx - yy - zz,
      xy + yx,
      zx + xz,
      zx - xz,
      xy + yx,
      yy - xx - zz,
      yz + zy,
      xy - yx,
      zx + xz,
      yz + zy,
      zz - xx - yy,
    ],
    4,
  );
  const [w, x, y, z] = vectors[0];
  const scale = values[0] / spread;
  const turn = [
    w * w + x * x - y * y - z * z,
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    w * w - x * x + y * y - z * z,
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    w * w - x * x - y * y + z * z,
  ];
  const flip = mirrored ? -1 : 1;
  const m: number[] = [];
  for (let r = 0; r < 3; r++) {
    const row = [0, 1, 2].map((c) => scale * turn[3 * r + c]);
    m.push(flip * row[0], row[1], row[2], q[r] - row[0] * p[0] - row[1] * p[1] - row[2] * p[2]);
  }
  return { lpsFromReference: { from: 'lps', to: 'lps', m }, scale, mirrored };
}

function meanOf(points: readonly Vec3[]): Vec3 {
  const s = [0, 0, 0];
  for (const p of points) for (let k = 0; k < 3; k++) s[k] += p[k] / points.length;
  return [s[0], s[1], s[2]];
}
