import { type Job, NO_JOB, OsteonError } from '../base/index.ts';
import { applyAll, determinant } from '../math/index.ts';
import { flipWinding, type Mesh } from '../mesh/index.ts';
import type { Volume, VoxelBox } from '../volume/index.ts';
import { GrowingF64, GrowingU32 } from './growing.ts';
import { AMBIGUOUS_FACES, type CellCase, cellCase, EDGE_CORNERS, FACE_CORNERS } from './marching-table.ts';

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

  /** 1 where solid, and for each row: 0 nothing, 1 mixed, 2 all solid. */
  const classify = (z: number, out: Uint8Array, rows: Uint8Array) => {
    rows.fill(0);
    if (z === 0 || z === nz - 1) return void out.fill(0);
    for (let y = 1; y < ny - 1; y++) {
      const from = (z - 1 + lo[2]) * sx * sy + (y - 1 + lo[1]) * sx + lo[0] - 1;
      const to = y * nx;
      let count = 0;
      if (sign > 0)
        for (let x = 1; x < nx - 1; x++) {
          const b = data[from + x] >= level ? 1 : 0;
          out[to + x] = b;
          count += b;
        }
      else
        for (let x = 1; x < nx - 1; x++) {
          const b = data[from + x] <= level ? 1 : 0;
          out[to + x] = b;
          count += b;
        }
      rows[y] = count ? 1 : 0;
    }
  };

  let below: Uint8Array = new Uint8Array(nx * ny);
  let above: Uint8Array = new Uint8Array(nx * ny);
  let rowsBelow: Uint8Array = new Uint8Array(ny);
  let rowsAbove: Uint8Array = new Uint8Array(ny);
  // Vertex on the x, y edge of slice z (0) and z + 1 (1), and on the z edge between them.
  let xEdge0 = new Int32Array(nx * ny).fill(-1);
  let yEdge0 = new Int32Array(nx * ny).fill(-1);
  let xEdge1 = new Int32Array(nx * ny).fill(-1);
  let yEdge1 = new Int32Array(nx * ny).fill(-1);
  const zEdge = new Int32Array(nx * ny).fill(-1);
  const cases: (CellCase | undefined)[] = [];
  const ids = new Int32Array(16);

  const vertexOn = (e: number, x: number, y: number, z: number): number => {
    const axis = e >> 2;
    const u = e & 1;
    const v = (e >> 1) & 1;
    const at = axis === 0 ? (y + u) * nx + x : axis === 1 ? y * nx + x + u : (y + v) * nx + x + u;
    const cache = axis === 2 ? zEdge : axis === 0 ? (v ? xEdge1 : xEdge0) : v ? yEdge1 : yEdge0;
    if (cache[at] >= 0) return cache[at];
    const c = EDGE_CORNERS[e][0];
    const px = x + (c & 1);
    const py = y + ((c >> 1) & 1);
    const pz = z + (c >> 2);
    const a = value(px, py, pz);
    const b = value(px + (axis === 0 ? 1 : 0), py + (axis === 1 ? 1 : 0), pz + (axis === 2 ? 1 : 0));
    const crossing = Number.isFinite(a) && Number.isFinite(b) ? a / (a - b) : 0.5;
    const t = Math.min(Math.max(crossing, NEAREST), 1 - NEAREST);
    const id = positions.length / 3;
    positions.push3(
      px - 1 + lo[0] + (axis === 0 ? t : 0),
      py - 1 + lo[1] + (axis === 1 ? t : 0),
      pz - 1 + lo[2] + (axis === 2 ? t : 0),
    );
    cache[at] = id;
    return id;
  };

  /** Bit f: the bilinear patch of face f connects its two solid corners. */
  const joinedFaces = (inside: number, x: number, y: number, z: number): number => {
    let bits = 0;
    for (let f = 0; f < 6; f++) {
      if (!((AMBIGUOUS_FACES[inside] >> f) & 1)) continue;
      const [a, b, c, d] = FACE_CORNERS[f].map((k) => value(x + (k & 1), y + ((k >> 1) & 1), z + (k >> 2)));
      // The value at the saddle has the sign of (ac − bd)·(a + c − b − d); the second factor has the sign of a.
      if ((a * c - b * d) * a > 0) bits |= 1 << f;
    }
    return bits;
  };

  const cell = (inside: number, x: number, y: number, z: number) => {
    const joined = AMBIGUOUS_FACES[inside] ? joinedFaces(inside, x, y, z) : 0;
    const key = inside | (joined << 8);
    cases[key] ??= cellCase(inside, joined);
    const { corners, centres } = cases[key];
    for (let i = 0; i < corners.length; i++) if (corners[i] < 12) ids[corners[i]] = vertexOn(corners[i], x, y, z);
    for (let n = 0; n < centres.length; n++) {
      const s = [0, 0, 0];
      for (const e of centres[n])
        for (let k = 0; k < 3; k++) s[k] += positions.data[3 * ids[e] + k] / centres[n].length;
      ids[12 + n] = positions.length / 3;
      positions.push3(s[0], s[1], s[2]);
    }
    for (let i = 0; i < corners.length; i += 3)
      triangles.push3(ids[corners[i]], ids[corners[i + 1]], ids[corners[i + 2]]);
  };

  classify(0, below, rowsBelow);
  for (let z = 0; z < nz - 1; z++) {
    job.at(z / nz);
    classify(z + 1, above, rowsAbove);
    xEdge1.fill(-1);
    yEdge1.fill(-1);
    zEdge.fill(-1);
    for (let y = 0; y < ny - 1; y++) {
      if (!(rowsBelow[y] | rowsBelow[y + 1] | rowsAbove[y] | rowsAbove[y + 1])) continue;
      const o = y * nx;
      // Corners 0, 2, 4, 6 of the cell are the column at x; 1, 3, 5, 7 the column at x + 1.
      let left = 0;
      for (let x = 0; x < nx - 1; x++) {
        const p = o + x + 1;
        const right = below[p] | (below[p + nx] << 2) | (above[p] << 4) | (above[p + nx] << 6);
        const inside = left | (right << 1);
        if (inside !== 0 && inside !== 255) cell(inside, x, y, z);
        left = right;
      }
    }
    [below, above] = [above, below];
    [rowsBelow, rowsAbove] = [rowsAbove, rowsBelow];
    [xEdge0, xEdge1] = [xEdge1, xEdge0];
    [yEdge0, yEdge1] = [yEdge1, yEdge0];
  }
  return { positions: positions.take(), triangles: triangles.take() };
}
