/**
 * Signs of determinants, exactly: by doubles where their error bound allows, else in whole numbers. What decides
 * topology goes through here.
 * @source Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates, 1997 (the bounds)
 */
const EPS = 1.1102230246251565e-16;
const BOUND_3D = (7 + 56 * EPS) * EPS;
const BOUND_2D = (3 + 16 * EPS) * EPS;

/** Sign (−1, 0, 1) of the volume of tetrahedron abcd: positive where d lies below the side from which abc is counter-clockwise. Offsets into `p`. */
export function orient3d(p: Float64Array, a: number, b: number, c: number, d: number): number {
  const adx = p[a] - p[d];
  const ady = p[a + 1] - p[d + 1];
  const adz = p[a + 2] - p[d + 2];
  const bdx = p[b] - p[d];
  const bdy = p[b + 1] - p[d + 1];
  const bdz = p[b + 2] - p[d + 2];
  const cdx = p[c] - p[d];
  const cdy = p[c + 1] - p[d + 1];
  const cdz = p[c + 2] - p[d + 2];
  const m1 = bdx * cdy;
  const m2 = cdx * bdy;
  const m3 = cdx * ady;
  const m4 = adx * cdy;
  const m5 = adx * bdy;
  const m6 = bdx * ady;
  const det = adz * (m1 - m2) + bdz * (m3 - m4) + cdz * (m5 - m6);
  const size =
    (Math.abs(m1) + Math.abs(m2)) * Math.abs(adz) +
    (Math.abs(m3) + Math.abs(m4)) * Math.abs(bdz) +
    (Math.abs(m5) + Math.abs(m6)) * Math.abs(cdz);
  if (det > BOUND_3D * size) return 1;
  if (-det > BOUND_3D * size) return -1;
  return exact3d(p, a, b, c, d);
}

/** Sign of the area of triangle abc seen along one axis: `i` and `j` are the coordinates kept. */
export function orient2d(p: Float64Array, a: number, b: number, c: number, i: number, j: number): number {
  const left = (p[a + i] - p[c + i]) * (p[b + j] - p[c + j]);
  const right = (p[a + j] - p[c + j]) * (p[b + i] - p[c + i]);
  const det = left - right;
  const bound = BOUND_2D * (Math.abs(left) + Math.abs(right));
  if (det > bound) return 1;
  if (-det > bound) return -1;
  const [ai, aj, bi, bj, ci, cj] = wholeNumbers([p[a + i], p[a + j], p[b + i], p[b + j], p[c + i], p[c + j]]);
  return signOf((ai - ci) * (bj - cj) - (aj - cj) * (bi - ci));
}

function exact3d(p: Float64Array, a: number, b: number, c: number, d: number): number {
  const [ax, ay, az, bx, by, bz, cx, cy, cz, dx, dy, dz] = wholeNumbers(
    [a, b, c, d].flatMap((o) => [p[o], p[o + 1], p[o + 2]]),
  );
  const [ux, uy, uz] = [ax - dx, ay - dy, az - dz];
  const [vx, vy, vz] = [bx - dx, by - dy, bz - dz];
  const [wx, wy, wz] = [cx - dx, cy - dy, cz - dz];
  return signOf(uz * (vx * wy - wx * vy) + vz * (wx * uy - ux * wy) + wz * (ux * vy - vx * uy));
}

const signOf = (x: bigint): number => (x > 0n ? 1 : x < 0n ? -1 : 0);

const asNumber = new Float64Array(1);
const asBits = new BigUint64Array(asNumber.buffer);

/** Doubles as whole numbers in one common unit, a power of two. */
function wholeNumbers(values: readonly number[]): bigint[] {
  const mantissa: bigint[] = [];
  const exponent: number[] = [];
  let least = 2000;
  for (const x of values) {
    asNumber[0] = x;
    const bits = asBits[0];
    const e = Number((bits >> 52n) & 0x7ffn);
    const m = (bits & 0xfffffffffffffn) | (e > 0 ? 0x10000000000000n : 0n);
    mantissa.push(bits >> 63n ? -m : m);
    exponent.push(Math.max(e, 1));
    if (m !== 0n) least = Math.min(least, Math.max(e, 1));
  }
  return mantissa.map((m, i) => (m === 0n ? 0n : m << BigInt(exponent[i] - least)));
}
