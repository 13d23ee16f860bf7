import type { LpsTransform, Vec3 } from '../base/index.ts';
import { compose, rotation, translation } from '../math/index.ts';

/** The motion that turns by the rotation vector (rad) about `centre` and then shifts: x = (turn, shift). */
export function motionFromTwist(x: ArrayLike<number>, centre: Vec3): LpsTransform {
  const angle = Math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
  const shift = translation([x[3], x[4], x[5]]);
  return angle === 0 ? shift : compose(shift, rotation([x[0], x[1], x[2]], angle, centre));
}

/** Removes the rounding that a chain of products leaves in a rotation (Gram and Schmidt on the rows). */
export function orthonormalised({ from, to, m }: LpsTransform): LpsTransform {
  const a = normalised(m[0], m[1], m[2]);
  const k = a[0] * m[4] + a[1] * m[5] + a[2] * m[6];
  const b = normalised(m[4] - k * a[0], m[5] - k * a[1], m[6] - k * a[2]);
  const c = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  return { from, to, m: [...a, m[3], ...b, m[7], ...c, m[11]] };
}

function normalised(x: number, y: number, z: number): [number, number, number] {
  const s = 1 / Math.sqrt(x * x + y * y + z * z);
  return [x * s, y * s, z * s];
}

/** How far the motion carries the worst of the points (flat xyz), mm. */
export function largestShiftMm({ m }: LpsTransform, points: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i];
    const y = points[i + 1];
    const z = points[i + 2];
    const dx = m[0] * x + m[1] * y + m[2] * z + m[3] - x;
    const dy = m[4] * x + m[5] * y + m[6] * z + m[7] - y;
    const dz = m[8] * x + m[9] * y + m[10] * z + m[11] - z;
    worst = Math.max(worst, dx * dx + dy * dy + dz * dz);
  }
  return Math.sqrt(worst);
}
