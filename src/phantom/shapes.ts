import type { Vec3 } from '../base/index.ts';

/** Distance to an ellipsoid about the origin to first order; exact on it. */
export function ellipsoid(x: number, y: number, z: number, rx: number, ry: number, rz: number): number {
  const [a, b, c] = [x / rx, y / ry, z / rz];
  const k0 = Math.sqrt(a * a + b * b + c * c);
  const k1 = Math.sqrt((a * a) / (rx * rx) + (b * b) / (ry * ry) + (c * c) / (rz * rz));
  return k1 > 1e-9 ? (k0 * (k0 - 1)) / k1 : -Math.min(rx, ry, rz);
}

/** Union with a fillet about `r` wide. */
export function blend(a: number, b: number, r: number): number {
  const h = Math.max(0, r - Math.abs(a - b)) / r;
  return Math.min(a, b) - (h * h * r) / 4;
}

/** What of a lies outside b, with the edge rounded about `r` wide. */
export const carve = (a: number, b: number, r: number): number => -blend(-a, b, r);

/** A rod from a to b whose radius goes linearly from ra to rb: its zero set is what it says, off it nearly a distance. */
export function rod(x: number, y: number, z: number, a: Vec3, b: Vec3, ra: number, rb: number): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const dz = b[2] - a[2];
  const along = ((x - a[0]) * dx + (y - a[1]) * dy + (z - a[2]) * dz) / (dx * dx + dy * dy + dz * dz);
  const t = Math.min(1, Math.max(0, along));
  const ex = x - a[0] - t * dx;
  const ey = y - a[1] - t * dy;
  const ez = z - a[2] - t * dz;
  return Math.sqrt(ex * ex + ey * ey + ez * ez) - (ra + t * (rb - ra));
}

/** Signed distance to a simple polygon in the plane, flat list u, v; negative inside. @cost O(corners) */
export function polygonDistance(u: number, v: number, corners: readonly number[]): number {
  let best = Number.POSITIVE_INFINITY;
  let inside = false;
  const n = corners.length;
  for (let i = 0, j = n - 2; i < n; j = i, i += 2) {
    const au = corners[i];
    const av = corners[i + 1];
    const eu = corners[j] - au;
    const ev = corners[j + 1] - av;
    const t = Math.min(1, Math.max(0, ((u - au) * eu + (v - av) * ev) / (eu * eu + ev * ev)));
    const du = u - au - t * eu;
    const dv = v - av - t * ev;
    best = Math.min(best, du * du + dv * dv);
    if (av > v !== corners[j + 1] > v && u < au + ((v - av) / ev) * eu) inside = !inside;
  }
  return inside ? -Math.sqrt(best) : Math.sqrt(best);
}
