/** Vertices often lie at voxel centres; rays shifted by these never meet one. In ray distances, far below any accuracy. */
const OFF_Y = 1.234567e-6;
const OFF_Z = 2.345671e-6;

/**
 * Calls `hit` for each ray through a triangle of points in voxel units. Ray (r, s) runs along x at y = (r + 0.5)/n − 0.5,
 * z = (s + 0.5)/n − 0.5, so n rays stand side by side in a voxel: x of the crossing, and +1 where the ray enters the solid, −1 where it
 * leaves. A ray through a shared edge hits exactly one of the two triangles, because both decide on the same numbers.
 */
export function forEachRay(
  p: Float64Array,
  a: number,
  b: number,
  c: number,
  n: number,
  rows: number,
  columns: number,
  hit: (r: number, s: number, x: number, sign: number) => void,
): void {
  const y0 = n / 2 - 0.5 + OFF_Y;
  const z0 = n / 2 - 0.5 + OFF_Z;
  const [ya, yb, yc] = [p[3 * a + 1] * n + y0, p[3 * b + 1] * n + y0, p[3 * c + 1] * n + y0];
  const [za, zb, zc] = [p[3 * a + 2] * n + z0, p[3 * b + 2] * n + z0, p[3 * c + 2] * n + z0];
  const area = (yb - ya) * (zc - za) - (yc - ya) * (zb - za);
  if (area === 0) return;
  const sign = area > 0 ? -1 : 1;
  const r1 = Math.min(rows - 1, Math.floor(Math.max(ya, yb, yc)));
  const s1 = Math.min(columns - 1, Math.floor(Math.max(za, zb, zc)));
  for (let s = Math.max(0, Math.ceil(Math.min(za, zb, zc))); s <= s1; s++)
    for (let r = Math.max(0, Math.ceil(Math.min(ya, yb, yc))); r <= r1; r++) {
      const wa = side(b, yb, zb, c, yc, zc, r, s);
      const wb = side(c, yc, zc, a, ya, za, r, s);
      const wc = side(a, ya, za, b, yb, zb, r, s);
      const inside = area > 0 ? wa.left && wb.left && wc.left : !wa.left && !wb.left && !wc.left;
      if (inside) hit(r, s, (wa.w * p[3 * a] + wb.w * p[3 * b] + wc.w * p[3 * c]) / area, sign);
    }
}

/** Twice the area of (from, to, ray), and on which side of the edge the ray is; the same bits for both directions. */
function side(i: number, yi: number, zi: number, j: number, yj: number, zj: number, r: number, s: number) {
  if (i < j) {
    const w = (yj - yi) * (s - zi) - (zj - zi) * (r - yi);
    return { w, left: w >= 0 };
  }
  const w = (yi - yj) * (s - zj) - (zi - zj) * (r - yj);
  return { w: -w, left: !(w >= 0) };
}
