import type { Mesh } from './mesh.ts';

/**
 * Sums of squared distances from planes, one sum a vertex: ten numbers (the symmetric matrix xx xy xz yy yz zz, the
 * vector x y z, the constant) about a common origin, and the area that went in, mm². A sum over a triangle's corners
 * holds its plane, weighted by its area.
 * @source Garland and Heckbert, Surface simplification using quadric error metrics, 1997
 */
export interface Quadrics {
  readonly sums: Float64Array;
  readonly areas: Float64Array;
  /** The first vertex: keeps the constants small. */
  readonly origin: readonly [number, number, number];
}

const SIZE = 10;

/** Every triangle's plane at each of its corners. */
export function quadricsOf({ positions: p, triangles: t }: Mesh, vertices: number): Quadrics {
  const sums = new Float64Array(SIZE * vertices);
  const areas = new Float64Array(vertices);
  const [ox, oy, oz] = [p[0], p[1], p[2]];
  for (let i = 0; i < t.length; i += 3) {
    const a = 3 * t[i];
    const b = 3 * t[i + 1];
    const c = 3 * t[i + 2];
    const ux = p[b] - p[a];
    const uy = p[b + 1] - p[a + 1];
    const uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a];
    const vy = p[c + 1] - p[a + 1];
    const vz = p[c + 2] - p[a + 2];
    let x = uy * vz - uz * vy;
    let y = uz * vx - ux * vz;
    let z = ux * vy - uy * vx;
    const twice = Math.sqrt(x * x + y * y + z * z);
    if (twice === 0) continue;
    x /= twice;
    y /= twice;
    z /= twice;
    const area = twice / 2;
    const d = -(x * (p[a] - ox) + y * (p[a + 1] - oy) + z * (p[a + 2] - oz));
    for (let k = 0; k < 3; k++) {
      const o = SIZE * t[i + k];
      sums[o] += area * x * x;
      sums[o + 1] += area * x * y;
      sums[o + 2] += area * x * z;
      sums[o + 3] += area * y * y;
      sums[o + 4] += area * y * z;
      sums[o + 5] += area * z * z;
      sums[o + 6] += area * x * d;
      sums[o + 7] += area * y * d;
      sums[o + 8] += area * z * d;
      sums[o + 9] += area * d * d;
      areas[t[i + k]] += area;
    }
  }
  return { sums, areas, origin: [ox, oy, oz] };
}

/** Adds the sum at vertex `from` to that at `to`. */
export function mergeQuadrics({ sums, areas }: Quadrics, from: number, to: number): void {
  for (let k = 0; k < SIZE; k++) sums[SIZE * to + k] += sums[SIZE * from + k];
  areas[to] += areas[from];
}

/** Pull towards the middle of the edge, as a part of the trace: keeps flat and round places solvable and evenly meshed. */
const PULL = 1e-4;

/**
 * The point that serves the planes of both ends best, into `out` as x, y, z and the mean square of its distances from
 * them (mm²); the sum itself, mm⁴, is returned.
 */
export function bestPoint(
  { sums: q, areas, origin: [ox, oy, oz] }: Quadrics,
  p: Float64Array,
  a: number,
  b: number,
  out: Float64Array,
): number {
  const i = SIZE * a;
  const j = SIZE * b;
  const xx = q[i] + q[j];
  const xy = q[i + 1] + q[j + 1];
  const xz = q[i + 2] + q[j + 2];
  const yy = q[i + 3] + q[j + 3];
  const yz = q[i + 4] + q[j + 4];
  const zz = q[i + 5] + q[j + 5];
  const x = q[i + 6] + q[j + 6];
  const y = q[i + 7] + q[j + 7];
  const z = q[i + 8] + q[j + 8];
  const one = q[i + 9] + q[j + 9];
  const mx = (p[3 * a] + p[3 * b]) / 2 - ox;
  const my = (p[3 * a + 1] + p[3 * b + 1]) / 2 - oy;
  const mz = (p[3 * a + 2] + p[3 * b + 2]) / 2 - oz;
  const e = PULL * (xx + yy + zz) + Number.MIN_VALUE;
  const exx = xx + e;
  const eyy = yy + e;
  const ezz = zz + e;
  // How far the gradient at the middle is from zero; the answer is measured from the middle.
  const gx = -(xx * mx + xy * my + xz * mz + x);
  const gy = -(xy * mx + yy * my + yz * mz + y);
  const gz = -(xz * mx + yz * my + zz * mz + z);
  const c00 = eyy * ezz - yz * yz;
  const c01 = xz * yz - xy * ezz;
  const c02 = xy * yz - xz * eyy;
  const det = exx * c00 + xy * c01 + xz * c02;
  let dx = 0;
  let dy = 0;
  let dz = 0;
  if (det > 0) {
    const c11 = exx * ezz - xz * xz;
    const c12 = xy * xz - exx * yz;
    const c22 = exx * eyy - xy * xy;
    dx = (c00 * gx + c01 * gy + c02 * gz) / det;
    dy = (c01 * gx + c11 * gy + c12 * gz) / det;
    dz = (c02 * gx + c12 * gy + c22 * gz) / det;
    // Once more on what is left: takes the pull out where the planes hold the point, leaves it where they do not.
    const rx = gx - (xx * dx + xy * dy + xz * dz);
    const ry = gy - (xy * dx + yy * dy + yz * dz);
    const rz = gz - (xz * dx + yz * dy + zz * dz);
    dx += (c00 * rx + c01 * ry + c02 * rz) / det;
    dy += (c01 * rx + c11 * ry + c12 * rz) / det;
    dz += (c02 * rx + c12 * ry + c22 * rz) / det;
  }
  const px = mx + dx;
  const py = my + dy;
  const pz = mz + dz;
  const sum =
    px * (xx * px + 2 * (xy * py + xz * pz + x)) + py * (yy * py + 2 * (yz * pz + y)) + pz * (zz * pz + 2 * z) + one;
  out[0] = px + ox;
  out[1] = py + oy;
  out[2] = pz + oz;
  const positive = sum > 0 ? sum : 0;
  out[3] = positive / (areas[a] + areas[b]);
  return positive;
}

/** Mean square of the distances of a point from the planes of two vertices, mm². */
export function meanSquareAt({ sums: q, areas, origin }: Quadrics, a: number, b: number, at: Float64Array): number {
  const i = SIZE * a;
  const j = SIZE * b;
  const x = at[0] - origin[0];
  const y = at[1] - origin[1];
  const z = at[2] - origin[2];
  const sum =
    x * ((q[i] + q[j]) * x + 2 * ((q[i + 1] + q[j + 1]) * y + (q[i + 2] + q[j + 2]) * z + q[i + 6] + q[j + 6])) +
    y * ((q[i + 3] + q[j + 3]) * y + 2 * ((q[i + 4] + q[j + 4]) * z + q[i + 7] + q[j + 7])) +
    z * ((q[i + 5] + q[j + 5]) * z + 2 * (q[i + 8] + q[j + 8])) +
    q[i + 9] +
    q[j + 9];
  return Math.max(0, sum) / (areas[a] + areas[b]);
}
