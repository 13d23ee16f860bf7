import { type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { applyAll, determinant } from '../math/index.ts';
import { flipWinding, type Mesh } from '../mesh/index.ts';
import type { Volume, VoxelBox } from '../volume/index.ts';
import { GrowingF64, GrowingU32 } from './growing.ts';
import { AMBIGUOUS_FACES, type CellCase, cellCase, FACE_CORNERS } from './marching-table.ts';

export interface IsoSurfaceOptions {
  /** Which side is solid. `mm` volumes are negative inside, so their solid side is `below`. */
  readonly solid?: 'above' | 'below';
  /** Part of the grid to walk; its border is closed like the border of the grid. Default: all of it. */
  readonly box?: VoxelBox;
  readonly job?: Job;
}

/**
 * Surface where a volume crosses `level`, by marching cubes: vertices on grid edges at the linear crossing, ambiguous
 * faces read as the bilinear patch in them (asymptotic decider), so thin gaps and bridges come out as the samples say.
 * Samples equal to the level count as solid. Where the solid reaches the border, a flat cap half a voxel outside the
 * last centres closes it.
 * @returns LPS mm, closed, manifold, faces outward on any grid (oblique, anisotropic, left-handed); no triangles where
 * nothing is solid
 * @cost O(samples) with a small constant, O(triangles); memory is the mesh plus four slices
 * @accuracy the linear crossing; the level itself is the caller's claim
 * @throws param.range where the box leaves the grid or the level is not finite
 */
export function isoSurface(volume: Volume, level: number, options: IsoSurfaceOptions = {}): Mesh {
  const { size, lpsFromVoxel } = volume.grid;
  const { solid = 'above', box = { lo: [0, 0, 0], hi: size }, job = NO_JOB } = options;
  if (!Number.isFinite(level)) throw new OsteonError('param.range', { level });
  if (box.lo.some((x, i) => x < 0 || x > box.hi[i] || box.hi[i] > size[i]))
    throw new OsteonError('param.range', { what: 'box of the iso-surface' });
  const voxel = march(volume, level, solid === 'above' ? 1 : -1, box, job);
  return {
    positions: applyAll(lpsFromVoxel, voxel.positions),
    triangles: determinant(lpsFromVoxel) < 0 ? flipWinding(voxel.triangles) : voxel.triangles,
  };
}

/** A crossing this near to a sample is moved off it by this much of an edge, so that no triangle has equal corners. */
const NEAREST = 1e-4;

/** Most vertices and triangles that one cell can make, rounded up. */
const CELL_VERTICES = 16;
const CELL_TRIANGLES = 16;

function march(volume: Volume, level: number, sign: number, { lo, hi }: VoxelBox, job: Job): Mesh {
  const { data } = volume;
  const [sx, sy] = volume.grid.size;
  // One more sample on every side; the box is [1, n-2] in these coordinates.
  const nx = hi[0] - lo[0] + 2;
  const ny = hi[1] - lo[1] + 2;
  const nz = hi[2] - lo[2] + 2;
  const positions = new GrowingF64(1 << 14);
  const triangles = new GrowingU32(1 << 15);

  const value = (x: number, y: number, z: number): number =>
    x > 0 && y > 0 && z > 0 && x < nx - 1 && y < ny - 1 && z < nz - 1
      ? sign * (data[(z - 1 + lo[2]) * sx * sy + (y - 1 + lo[1]) * sx + (x - 1 + lo[0])] - level)
      : Number.NEGATIVE_INFINITY;

  // One bit a sample, 1 where solid: 32 cells of a row are looked at together. A word of zeros ends each row.
  const words = ((nx + 31) >> 5) + 1;
  const line = new Float64Array(nx - 2);
  const classify = (z: number, out: Int32Array) => {
    out.fill(0);
    if (z === 0 || z === nz - 1) return;
    for (let y = 1; y < ny - 1; y++) {
      const from = (z - 1 + lo[2]) * sx * sy + (y - 1 + lo[1]) * sx + lo[0];
      line.set(data.subarray(from, from + nx - 2));
      if (sign > 0) bitsAbove(line, level, out, y * words);
      else bitsBelow(line, level, out, y * words);
    }
  };
  let below = new Int32Array(ny * words);
  let above = new Int32Array(ny * words);

  // The vertex on each edge of the two slices, five planes: x and y edges of slice z and of slice z + 1, and the z edges
  // between them. What was written before the slice in question is out of date: numbers only grow, so its first vertex
  // tells. `where` and `since` say, for the twelve edges of a cell, which entry and which first vertex.
  const plane = nx * ny;
  const onEdge = new Int32Array(5 * plane).fill(-1);
  const where = new Int32Array(12);
  const since = new Int32Array(12);
  const turnPlanes = (z: number, first0: number, first1: number) => {
    for (let e = 0; e < 12; e++) {
      const axis = e >> 2;
      const u = e & 1;
      const v = (e >> 1) & 1;
      const slice = axis === 2 ? 4 : 2 * ((z + v) & 1) + axis;
      where[e] = slice * plane + (axis === 0 ? u * nx : axis === 1 ? u : v * nx + u);
      since[e] = axis === 2 || v === 1 ? first1 : first0;
    }
  };
  const cases: (CellCase | undefined)[] = new Array(1 << 14).fill(undefined);
  const ids = new Int32Array(16);

  /** A new vertex on edge e of a cell. */
  const vertexOn = (e: number, x: number, y: number, z: number): number => {
    const axis = e >> 2;
    const u = e & 1;
    const v = (e >> 1) & 1;
    const px = x + (axis === 0 ? 0 : u);
    const py = y + (axis === 1 ? 0 : axis === 0 ? u : v);
    const pz = z + (axis === 2 ? 0 : v);
    const a = value(px, py, pz);
    const b = value(px + (axis === 0 ? 1 : 0), py + (axis === 1 ? 1 : 0), pz + (axis === 2 ? 1 : 0));
    const crossing = Number.isFinite(a) && Number.isFinite(b) ? a / (a - b) : 0.5;
    const t = crossing < NEAREST ? NEAREST : crossing > 1 - NEAREST ? 1 - NEAREST : crossing;
    const id = positions.length / 3;
    positions.add3(
      px - 1 + lo[0] + (axis === 0 ? t : 0),
      py - 1 + lo[1] + (axis === 1 ? t : 0),
      pz - 1 + lo[2] + (axis === 2 ? t : 0),
    );
    return id;
  };

  /** Bit f: the bilinear patch of face f connects its two solid corners. */
  const joinedFaces = (inside: number, x: number, y: number, z: number): number => {
    const corner = (f: number, i: number) => {
      const k = FACE_CORNERS[f][i];
      return value(x + (k & 1), y + ((k >> 1) & 1), z + (k >> 2));
    };
    let bits = 0;
    for (let f = 0; f < 6; f++) {
      if (!((AMBIGUOUS_FACES[inside] >> f) & 1)) continue;
      const a = corner(f, 0);
      const b = corner(f, 1);
      const c = corner(f, 2);
      const d = corner(f, 3);
      // The value at the saddle has the sign of (ac − bd)·(a + c − b − d); the second factor has the sign of a.
      if ((a * c - b * d) * a > 0) bits |= 1 << f;
    }
    return bits;
  };

  const cell = (inside: number, x: number, y: number, z: number) => {
    const joined = AMBIGUOUS_FACES[inside] ? joinedFaces(inside, x, y, z) : 0;
    const key = inside | (joined << 8);
    cases[key] ??= cellCase(inside, joined);
    const { corners, edges, centres } = cases[key];
    const at = y * nx + x;
    for (let i = 0; i < edges.length; i++) {
      const e = edges[i];
      const known = onEdge[at + where[e]];
      ids[e] = known >= since[e] ? known : vertexOn(e, x, y, z);
      onEdge[at + where[e]] = ids[e];
    }
    for (let n = 0; n < centres.length; n++) {
      const s = [0, 0, 0];
      for (const e of centres[n])
        for (let k = 0; k < 3; k++) s[k] += positions.data[3 * ids[e] + k] / centres[n].length;
      ids[12 + n] = positions.length / 3;
      positions.add3(s[0], s[1], s[2]);
    }
    for (let i = 0; i < corners.length; i += 3)
      triangles.add3(ids[corners[i]], ids[corners[i + 1]], ids[corners[i + 2]]);
  };

  /** All cells of a row that the surface goes through. Corners c of a cell: bit 0 of c along x, 1 along y, 2 along z. */
  const row = (y: number, z: number) => {
    const p = y * words;
    for (let k = 0; k < words - 1; k++) {
      const a = below[p + k];
      const b = below[p + words + k];
      const c = above[p + k];
      const d = above[p + words + k];
      const a1 = below[p + k + 1];
      const b1 = below[p + words + k + 1];
      const c1 = above[p + k + 1];
      const d1 = above[p + words + k + 1];
      const any = a | b | c | d;
      const all = a & b & c & d;
      const anyNext = (any >>> 1) | ((a1 | b1 | c1 | d1) << 31);
      const allNext = (all >>> 1) | ((a1 & b1 & c1 & d1) << 31);
      for (let cut = (any | anyNext) & ~(all & allNext); cut !== 0; cut &= cut - 1) {
        const i = 31 - Math.clz32(cut & -cut);
        const inside =
          i < 31
            ? ((a >>> i) & 3) | (((b >>> i) & 3) << 2) | (((c >>> i) & 3) << 4) | (((d >>> i) & 3) << 6)
            : (a >>> 31) |
              ((a1 & 1) << 1) |
              ((b >>> 31) << 2) |
              ((b1 & 1) << 3) |
              ((c >>> 31) << 4) |
              ((c1 & 1) << 5) |
              ((d >>> 31) << 6) |
              ((d1 & 1) << 7);
        cell(inside, 32 * k + i, y, z);
      }
    }
  };

  for (let z = 0, first0 = 0; z < nz - 1; z++) {
    job.at(z / nz);
    classify(z + 1, above);
    const first1 = positions.length / 3;
    turnPlanes(z, first0, first1);
    for (let y = 0; y < ny - 1; y++) {
      positions.reserve(3 * CELL_VERTICES * nx);
      triangles.reserve(3 * CELL_TRIANGLES * nx);
      row(y, z);
    }
    first0 = first1;
    [below, above] = [above, below];
  }
  return { positions: positions.view(), triangles: triangles.take() };
}

/** Bits of a row of samples into words, the first sample into bit 1. */
function bitsAbove(line: Float64Array, level: number, out: Int32Array, at: number): void {
  for (let x = 0; x < line.length; x++) if (line[x] >= level) out[at + ((x + 1) >> 5)] |= 1 << ((x + 1) & 31);
}
function bitsBelow(line: Float64Array, level: number, out: Int32Array, at: number): void {
  for (let x = 0; x < line.length; x++) if (line[x] <= level) out[at + ((x + 1) >> 5)] |= 1 << ((x + 1) & 31);
}
