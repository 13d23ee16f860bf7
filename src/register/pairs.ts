import type { LpsTransform } from '../base/index.ts';
import { applyAll, invert } from '../math/index.ts';
import { type Bvh, closestPoints } from '../mesh/index.ts';
import type { SurfaceSamples } from './sample.ts';

/** A surface that is asked often: its samples, and the tree that answers for the nearest point. */
export interface Surface {
  readonly samples: SurfaceSamples;
  readonly bvh: Bvh;
}

/**
 * Nearest-point pairs between two surfaces, both ways, in the fixed frame. Pair i holds a point of the moving surface,
 * the unit direction along which its distance grows, and that distance with the sign of the side it lies on.
 * `facing[i]` is 1 where both surfaces look the same way there, 0 where they do not (another wall, a cut end).
 */
export interface Pairs {
  readonly count: number;
  readonly points: Float64Array;
  readonly directions: Float64Array;
  readonly signedMm: Float64Array;
  readonly facing: Uint8Array;
}

export const createPairs = (count: number): Pairs => ({
  count,
  points: new Float64Array(3 * count),
  directions: new Float64Array(3 * count),
  signedMm: new Float64Array(count),
  facing: new Uint8Array(count),
});

/** Below this distance the line between a pair has no reliable direction and the triangle's normal stands in, mm. */
const TOUCHING_MM = 1e-6;
/** Cosine of the largest angle between the normals of a pair that still counts as the same wall: 60°. */
const FACING_COS = 0.5;

/** Fills `out` with the moving samples' pairs and then the fixed samples' pairs. @cost O((m + f) log triangles) */
export function findPairs(fixedFromMoving: LpsTransform, moving: Surface, fixed: Surface, out: Pairs): void {
  const forward = moving.samples.points.length / 3;
  pairOneWay(fixedFromMoving, moving.samples, fixed.bvh, out, 0, null);
  pairOneWay(invert(fixedFromMoving), fixed.samples, moving.bvh, out, forward, fixedFromMoving);
}

/**
 * Samples carried by `t` to the surface asked. With `back` the surface asked is the moving one: its nearest point is
 * the point of the pair, and point and direction are carried back to the fixed frame.
 */
function pairOneWay(
  t: LpsTransform,
  samples: SurfaceSamples,
  asked: Bvh,
  out: Pairs,
  first: number,
  back: LpsTransform | null,
): void {
  const { m } = t;
  const n = samples.normals;
  const f = asked.faceNormals;
  const p = applyAll(t, samples.points);
  const { points: q, triangles } = closestPoints(asked, p);
  for (let i = 0; i < p.length; i += 3) {
    const face = 3 * triangles[i / 3];
    const cos =
      f[face] * (m[0] * n[i] + m[1] * n[i + 1] + m[2] * n[i + 2]) +
      f[face + 1] * (m[4] * n[i] + m[5] * n[i + 1] + m[6] * n[i + 2]) +
      f[face + 2] * (m[8] * n[i] + m[9] * n[i + 1] + m[10] * n[i + 2]);
    let dx = p[i] - q[i];
    let dy = p[i + 1] - q[i + 1];
    let dz = p[i + 2] - q[i + 2];
    let d = Math.sqrt(dx * dx + dy * dy + dz * dz);
    if (d > TOUCHING_MM) {
      const side = dx * f[face] + dy * f[face + 1] + dz * f[face + 2] < 0 ? -1 : 1;
      dx *= side / d;
      dy *= side / d;
      dz *= side / d;
      d *= side;
    } else {
      dx = f[face];
      dy = f[face + 1];
      dz = f[face + 2];
    }
    const k = first + i / 3;
    out.facing[k] = cos > FACING_COS ? 1 : 0;
    out.signedMm[k] = back ? -d : d;
    const b = back?.m;
    out.directions[3 * k] = b ? b[0] * dx + b[1] * dy + b[2] * dz : dx;
    out.directions[3 * k + 1] = b ? b[4] * dx + b[5] * dy + b[6] * dz : dy;
    out.directions[3 * k + 2] = b ? b[8] * dx + b[9] * dy + b[10] * dz : dz;
  }
  if (back) out.points.set(applyAll(back, q), 3 * first);
  else out.points.set(p, 3 * first);
}
