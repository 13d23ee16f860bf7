import type { Vec3 } from '../../src/base/index.ts';
import { type Grid, voxelFromLps } from '../../src/volume/index.ts';
import { map } from './planes.ts';

/** Voxel a point lies in, −1 outside. */
export function voxelIndex(grid: Grid, p: Vec3): number {
  const [x, y, z] = map(voxelFromLps(grid), p).map(Math.round);
  const [nx, ny, nz] = grid.size;
  if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) return -1;
  return (z * ny + y) * nx + x;
}

/** Grey value at a point between eight voxels, NaN outside the scan. The scan itself is asked, never the picture. */
export function huAt(grid: Grid, data: Int16Array, p: Vec3): number {
  const v = map(voxelFromLps(grid), p);
  const { size } = grid;
  if (v.some((x, k) => !(x >= -0.5 && x <= size[k] - 0.5))) return Number.NaN;
  const [nx, ny] = size;
  const lo = v.map((x, k) => Math.min(size[k] - 1, Math.max(0, Math.floor(x))));
  const hi = lo.map((x, k) => Math.min(size[k] - 1, x + 1));
  const t = v.map((x, k) => Math.min(1, Math.max(0, x - lo[k])));
  let sum = 0;
  for (let c = 0; c < 8; c++) {
    const at = [0, 1, 2].map((k) => ((c >> k) & 1 ? hi[k] : lo[k]));
    const w = [0, 1, 2].reduce((s, k) => s * ((c >> k) & 1 ? t[k] : 1 - t[k]), 1);
    if (w > 0) sum += w * data[(at[2] * ny + at[1]) * nx + at[0]];
  }
  return sum;
}

export interface HuStatistics {
  readonly count: number;
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

/** Grey values within a ball. */
export function huInBall(grid: Grid, data: Int16Array, centre: Vec3, radiusMm: number): HuStatistics {
  const { m } = grid.lpsFromVoxel;
  const v = map(voxelFromLps(grid), centre);
  const reach = [0, 1, 2].map((c) => Math.ceil(radiusMm / Math.hypot(m[c], m[4 + c], m[8 + c])));
  const [nx, ny] = grid.size;
  let [count, sum, squares] = [0, 0, 0];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const from = v.map((x, k) => Math.max(0, Math.floor(x - reach[k])));
  const to = v.map((x, k) => Math.min(grid.size[k] - 1, Math.ceil(x + reach[k])));
  for (let z = from[2]; z <= to[2]; z++)
    for (let y = from[1]; y <= to[1]; y++)
      for (let x = from[0]; x <= to[0]; x++) {
        const p = map(grid.lpsFromVoxel, [x, y, z]);
        if (Math.hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]) > radiusMm) continue;
        const h = data[(z * ny + y) * nx + x];
        count++;
        sum += h;
        squares += h * h;
        min = Math.min(min, h);
        max = Math.max(max, h);
      }
  const mean = sum / count;
  return { count, mean, sd: Math.sqrt(Math.max(0, squares / count - mean * mean)), min, max };
}

export interface Histogram {
  readonly lowHu: number;
  readonly binHu: number;
  readonly counts: Uint32Array;
}

/** How often each grey value occurs; every `stride`-th voxel is asked. */
export function histogramOf(data: Int16Array, lowHu = -1024, highHu = 3072, bins = 128): Histogram {
  const counts = new Uint32Array(bins);
  const binHu = (highHu - lowHu) / bins;
  const stride = Math.max(1, Math.floor(data.length / 4_000_000));
  for (let i = 0; i < data.length; i += stride) {
    const b = Math.floor((data[i] - lowHu) / binHu);
    if (b >= 0 && b < bins) counts[b]++;
  }
  return { lowHu, binHu, counts };
}
