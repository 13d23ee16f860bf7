import { LPS_IDENTITY, type LpsTransform } from '../../base/index.ts';
import { type Box, type Bvh, closestPoint, signedDistance } from '../../mesh/index.ts';
import type { SampledVolume } from '../penetration.ts';

/**
 * Volume inside both of two solids whose surfaces run towards each other, as fracture faces do. A box that holds it is cut
 * in eight wherever either surface may pass, down to cells of `cellMm`; there each surface is a plane across the cell, and
 * what is inside both of two opposed planes is the sum of the parts less one: faces that just touch share nothing.
 * @param aFromB where the second solid, and the box, stand in the frame of the first
 * @cost two nearest-point queries for each cell along the surface of the common part
 * @accuracy falls with the square of the cell; the difference from cells of twice the edge is stated with the result
 */
export function sharedVolume(
  a: Bvh,
  b: Bvh,
  { lo, hi }: Box,
  cellMm: number,
  { m }: LpsTransform = LPS_IDENTITY,
): SampledVolume {
  const longest = Math.max(hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2], cellMm);
  let edge = 2 * cellMm;
  while (longest > edge) edge *= 2;
  const part = (d: number, size: number) => Math.min(1, Math.max(0, 0.5 - d / size));
  let fine = 0;
  let coarse = 0;
  const visit = (x: number, y: number, z: number, size: number): void => {
    const reach = (size * Math.sqrt(3)) / 2;
    const da = signedDistance(
      a,
      m[0] * x + m[1] * y + m[2] * z + m[3],
      m[4] * x + m[5] * y + m[6] * z + m[7],
      m[8] * x + m[9] * y + m[10] * z + m[11],
    );
    if (da >= reach) return;
    const db = signedDistance(b, x, y, z);
    if (db >= reach) return;
    const whole = da <= -reach && db <= -reach;
    const share = whole ? 1 : Math.max(0, part(da, size) + part(db, size) - 1);
    const volume = share * size * size * size;
    if (whole || size === cellMm) {
      fine += volume;
      if (whole) coarse += volume;
      return;
    }
    if (size === 2 * cellMm) coarse += volume;
    const h = size / 4;
    for (let k = 0; k < 8; k++) visit(x + (k & 1 ? h : -h), y + (k & 2 ? h : -h), z + (k & 4 ? h : -h), size / 2);
  };
  visit((lo[0] + hi[0]) / 2, (lo[1] + hi[1]) / 2, (lo[2] + hi[2]) / 2, edge);
  return { mm3: fine, errorMm3: Math.abs(fine - coarse) };
}

/** Pieces whose vertices all stay farther than this from the other's surface share nothing, mm: a long edge of a triangle. */
const TOUCHING_MM = 2;

/** Box in which a surface with these vertices and `b` may overlap; null where they are apart. */
export function commonBox(points: Float64Array, b: Bvh): Box | null {
  const lo: [number, number, number] = [Infinity, Infinity, Infinity];
  const hi: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 3)
    for (let k = 0; k < 3; k++) {
      lo[k] = Math.min(lo[k], points[i + k]);
      hi[k] = Math.max(hi[k], points[i + k]);
    }
  for (let k = 0; k < 3; k++) {
    lo[k] = Math.max(lo[k], b.boxes[k]);
    hi[k] = Math.min(hi[k], b.boxes[3 + k]);
    if (lo[k] >= hi[k]) return null;
  }
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [points[i], points[i + 1], points[i + 2]];
    const near = [x, y, z].every((c, k) => c > lo[k] - TOUCHING_MM && c < hi[k] + TOUCHING_MM);
    if (near && closestPoint(b, x, y, z, TOUCHING_MM)) return { lo, hi };
  }
  return null;
}
