import { type Job, NO_JOB } from '../base/index.ts';
import { type Bvh, bounds, castRay, signedDistances } from '../mesh/index.ts';

/**
 * A body-centred cubic lattice over a solid: the corners of cubes, then their centres. Corner (i, j, k) is number
 * i + nx1·(j + ny1·k), a centre follows the same way after all corners.
 */
export interface Lattice {
  readonly cellMm: number;
  readonly origin: readonly [number, number, number];
  /** Cubes along each axis. */
  readonly size: readonly [number, number, number];
  /** Three numbers a vertex. Vertices near the surface are moved onto it by `warp`. */
  readonly positions: Float64Array;
  /** 1 inside, −1 outside, 0 on the surface. */
  readonly sign: Int8Array;
}

/** Vertices closer to the surface than this fraction of a cell lie on it. */
const ON_SURFACE = 1e-9;

/**
 * @param cellMm edge of a cube, mm; edges of the tetrahedra are this long or √3/2 of it
 * @requires a closed surface, faces outward
 */
export function createLattice(surface: Bvh, cellMm: number, job: Job = NO_JOB): Lattice {
  const { lo, hi } = bounds(surface.mesh);
  // A cell of air on every side, and the body in the middle, so that a symmetric body gets a symmetric lattice.
  const size = [0, 1, 2].map((k) => Math.ceil((hi[k] - lo[k]) / cellMm) + 2) as [number, number, number];
  const origin = [0, 1, 2].map((k) => (lo[k] + hi[k] - size[k] * cellMm) / 2) as [number, number, number];
  const [nx, ny, nz] = size;
  const corners = (nx + 1) * (ny + 1) * (nz + 1);
  const positions = new Float64Array(3 * (corners + nx * ny * nz));
  let at = 0;
  for (const [mx, my, mz, shift] of [
    [nx + 1, ny + 1, nz + 1, 0],
    [nx, ny, nz, 0.5],
  ])
    for (let k = 0; k < mz; k++)
      for (let j = 0; j < my; j++)
        for (let i = 0; i < mx; i++) {
          positions[at++] = origin[0] + cellMm * (i + shift);
          positions[at++] = origin[1] + cellMm * (j + shift);
          positions[at++] = origin[2] + cellMm * (k + shift);
        }
  // The surface crosses an edge only where both ends are nearer than the edge is long; farther away the sign stays.
  const distance = signedDistances(surface, positions, { limitMm: 1.01 * cellMm, job });
  const sign = new Int8Array(distance.length);
  for (const [from, to, row] of [
    [0, corners, nx + 1],
    [corners, sign.length, nx],
  ]) {
    let last = -1;
    for (let v = from; v < to; v++) {
      if ((v - from) % row === 0) last = -1;
      const d = distance[v];
      if (!Number.isNaN(d)) last = Math.abs(d) < ON_SURFACE * cellMm ? 0 : d < 0 ? 1 : -1;
      sign[v] = last;
    }
  }
  return { cellMm, origin, size, positions, sign };
}

/** Where the surface crosses lattice edges: by edge, three numbers each. */
export interface Cuts {
  /** Number of the cut on an edge, or −1. See `edgeSlot`. */
  readonly of: Int32Array;
  readonly points: number[];
}

/** Fourteen edges leave a vertex: six long ones, then eight short ones. An edge is stored at its lower vertex. */
const LONG = 0.24999;
const SHORT = 0.41189;
const SLOTS = 11;

/** Vertices at the other ends of the edges of v, −1 outside of the lattice: −x, +x, −y, +y, −z, +z, then the short ones. */
export function neighboursOf({ size: [nx, ny, nz] }: Pick<Lattice, 'size'>, v: number, out: Int32Array): void {
  const corners = (nx + 1) * (ny + 1) * (nz + 1);
  const centre = v >= corners;
  const [mx, my, mz] = centre ? [nx, ny, nz] : [nx + 1, ny + 1, nz + 1];
  const own = centre ? v - corners : v;
  const i = own % mx;
  const j = Math.floor(own / mx) % my;
  const k = Math.floor(own / (mx * my));
  out[0] = i > 0 ? v - 1 : -1;
  out[1] = i < mx - 1 ? v + 1 : -1;
  out[2] = j > 0 ? v - mx : -1;
  out[3] = j < my - 1 ? v + mx : -1;
  out[4] = k > 0 ? v - mx * my : -1;
  out[5] = k < mz - 1 ? v + mx * my : -1;
  for (let c = 0; c < 8; c++) {
    const [dx, dy, dz] = [c & 1, (c >> 1) & 1, c >> 2];
    if (centre) out[6 + c] = i + dx + (nx + 1) * (j + dy + (ny + 1) * (k + dz));
    else {
      const [a, b, d] = [i - 1 + dx, j - 1 + dy, k - 1 + dz];
      const inside = a >= 0 && b >= 0 && d >= 0 && a < nx && b < ny && d < nz;
      out[6 + c] = inside ? corners + a + nx * (b + ny * d) : -1;
    }
  }
}

/**
 * The slot of the edge from v to its neighbour number n. Long edges belong to their lower end, short ones to the centre.
 * Seen from a corner, the centre at offset c sees that corner at the opposite offset.
 */
export function edgeSlot(v: number, n: number, other: number, centre: boolean): number {
  if (n < 6) return n % 2 === 1 ? SLOTS * v + (n >> 1) : SLOTS * other + (n >> 1);
  return centre ? SLOTS * v + n - 3 : SLOTS * other + (13 - n) + 3;
}

/** Finds where the surface crosses every edge whose ends lie on different sides. */
export function cutEdges(surface: Bvh, lattice: Lattice, job: Job = NO_JOB): Cuts {
  const { positions: p, sign, size } = lattice;
  const corners = (size[0] + 1) * (size[1] + 1) * (size[2] + 1);
  const of = new Int32Array(SLOTS * sign.length).fill(-1);
  const points: number[] = [];
  const near = new Int32Array(14);
  for (let v = 0; v < sign.length; v++) {
    if (v % 1000 === 0) job.at(v / sign.length);
    if (sign[v] !== 1) continue;
    neighboursOf(lattice, v, near);
    for (let n = 0; n < 14; n++) {
      const w = near[n];
      if (w < 0 || sign[w] !== -1) continue;
      const d = [p[3 * w] - p[3 * v], p[3 * w + 1] - p[3 * v + 1], p[3 * w + 2] - p[3 * v + 2]] as const;
      const long = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
      const hit = castRay(surface, [p[3 * v], p[3 * v + 1], p[3 * v + 2]], d, long);
      // A surface met exactly at an end may be missed: the end is then as good.
      const t = Math.min(1 - ON_SURFACE, Math.max(ON_SURFACE, hit ? hit.distanceMm / long : 1));
      of[edgeSlot(v, n, w, v >= corners)] = points.length / 3;
      points.push(p[3 * v] + t * d[0], p[3 * v + 1] + t * d[1], p[3 * v + 2] + t * d[2]);
    }
  }
  job.at(1);
  return { of, points };
}

/**
 * Moves every vertex that has a cut too close to it onto the nearest such cut: what is left of the cut edges is long enough
 * for the guarantee on dihedral angles.
 * @source Labelle and Shewchuk, Isosurface stuffing, ACM Trans Graph 2007 (the fractions are theirs)
 */
export function warp(lattice: Lattice, { of, points }: Cuts): Lattice {
  const { size, cellMm } = lattice;
  const corners = (size[0] + 1) * (size[1] + 1) * (size[2] + 1);
  const positions = lattice.positions.slice();
  const sign = lattice.sign.slice();
  const p = lattice.positions;
  const near = new Int32Array(14);
  const longLimit = LONG * cellMm;
  const shortLimit = SHORT * (Math.sqrt(3) / 2) * cellMm;
  for (let v = 0; v < sign.length; v++) {
    if (sign[v] === 0) continue;
    neighboursOf(lattice, v, near);
    let best = Number.POSITIVE_INFINITY;
    let target = -1;
    for (let n = 0; n < 14; n++) {
      const w = near[n];
      if (w < 0 || sign[w] !== -sign[v]) continue;
      const cut = of[edgeSlot(v, n, w, v >= corners)];
      const x = points[3 * cut] - p[3 * v];
      const y = points[3 * cut + 1] - p[3 * v + 1];
      const z = points[3 * cut + 2] - p[3 * v + 2];
      const d = Math.sqrt(x * x + y * y + z * z);
      if (d < (n < 6 ? longLimit : shortLimit) && d < best) {
        best = d;
        target = cut;
      }
    }
    if (target < 0) continue;
    for (let k = 0; k < 3; k++) positions[3 * v + k] = points[3 * target + k];
    sign[v] = 0;
  }
  return { ...lattice, positions, sign };
}
