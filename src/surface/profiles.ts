import type { Grid, VoxelBox } from '../volume/index.ts';
import { voxelFromLps } from '../volume/index.ts';
import { type Spline, sampleLine } from './spline.ts';

/** Positions along a normal where grey values are read, mm, outward positive. */
export const PROFILE_STEP_MM = 0.25;
export const PROFILE_FROM_MM = -2.75;
export const PROFILE_X: Float64Array = Float64Array.from(
  { length: 21 },
  (_, i) => PROFILE_FROM_MM + PROFILE_STEP_MM * i,
);
const N = PROFILE_X.length;

/** A block of the scan that can be read along lines given in LPS. */
export interface Probe {
  readonly spline: Spline;
  readonly inside: Uint8Array;
  readonly others: Uint8Array;
  /** LPS mm → voxel of the block, row-major 3×4. */
  readonly m: Float64Array;
  /** Unit direction in LPS from slice to slice. */
  readonly sliceAxis: readonly [number, number, number];
}

export function createProbe(grid: Grid, box: VoxelBox, spline: Spline, inside: Uint8Array, others: Uint8Array): Probe {
  const m = Float64Array.from(voxelFromLps(grid).m);
  for (let r = 0; r < 3; r++) m[4 * r + 3] -= box.lo[r];
  const a = grid.lpsFromVoxel.m;
  const s = Math.sqrt(a[2] * a[2] + a[6] * a[6] + a[10] * a[10]);
  return { spline, inside, others, m, sliceAxis: [a[2] / s, a[6] / s, a[10] / s] };
}

/** Grey values along the normal at one vertex into `out`. */
export function readProfile(
  probe: Probe,
  p: Float64Array,
  normals: Float64Array,
  vertex: number,
  out: Float64Array,
): void {
  const o = 3 * vertex;
  const { m } = probe;
  const [nx, ny, nz] = [normals[o], normals[o + 1], normals[o + 2]];
  const x = p[o] + PROFILE_FROM_MM * nx;
  const y = p[o + 1] + PROFILE_FROM_MM * ny;
  const z = p[o + 2] + PROFILE_FROM_MM * nz;
  const s = PROFILE_STEP_MM;
  sampleLine(
    probe.spline,
    m[0] * x + m[1] * y + m[2] * z + m[3],
    m[4] * x + m[5] * y + m[6] * z + m[7],
    m[8] * x + m[9] * y + m[10] * z + m[11],
    s * (m[0] * nx + m[1] * ny + m[2] * nz),
    s * (m[4] * nx + m[5] * ny + m[6] * nz),
    s * (m[8] * nx + m[9] * ny + m[10] * nz),
    out,
  );
}

/** First sample of the profile that still belongs to this body: a thin body ends within reach of the profile. */
export function innerEnd(probe: Probe, p: Float64Array, normals: Float64Array, vertex: number): number {
  const o = 3 * vertex;
  const { m, inside } = probe;
  const [nx, ny, nz] = probe.spline.size;
  for (let i = 6; i >= 0; i--) {
    const d = PROFILE_X[i];
    const x = p[o] + d * normals[o];
    const y = p[o + 1] + d * normals[o + 1];
    const z = p[o + 2] + d * normals[o + 2];
    const a = Math.round(m[0] * x + m[1] * y + m[2] * z + m[3]);
    const b = Math.round(m[4] * x + m[5] * y + m[6] * z + m[7]);
    const c = Math.round(m[8] * x + m[9] * y + m[10] * z + m[11]);
    const outside = a < 0 || b < 0 || c < 0 || a >= nx || b >= ny || c >= nz || !inside[(c * ny + b) * nx + a];
    if (outside) return Math.min(i + 4, 7);
  }
  return 0;
}

export interface Guess {
  /** Where the grey values fall fastest, mm. */
  edgeMm: number;
  /** Where they rise again, mm; NaN where no neighbour is in reach. */
  facingMm: number;
}

/**
 * Where the bone ends and a neighbour begins, roughly: the steepest fall near the middle of the profile, and after the
 * lowest value behind it the steepest rise, if that rise is more than `riseHu`.
 */
export function guessEdge(y: Float64Array, riseHu: number, reachMm: number, out: Guess): void {
  let best = 0;
  let at = -1;
  for (let i = 1; i < N - 1; i++) {
    const fall = y[i - 1] - y[i + 1];
    const u = PROFILE_X[i] / reachMm;
    const score = fall / (1 + u * u * u * u);
    if (score > best) {
      best = score;
      at = i;
    }
  }
  out.facingMm = Number.NaN;
  if (at < 0) {
    out.edgeMm = Number.NaN;
    return;
  }
  const l = at > 1 ? y[at - 2] - y[at] : 0;
  const c = y[at - 1] - y[at + 1];
  const r = at < N - 2 ? y[at] - y[at + 2] : 0;
  const bend = l - 2 * c + r;
  const shift = bend < 0 ? Math.max(-1, Math.min(1, (l - r) / (2 * bend))) : 0;
  out.edgeMm = PROFILE_X[at] + shift * PROFILE_STEP_MM;
  let low = at;
  for (let i = at + 1; i < N; i++)
    if (y[i] < y[low]) low = i;
    else if (y[i] > y[low] + riseHu) break;
  let rise = 0;
  let facing = -1;
  let high = low;
  for (let i = low + 1; i < N; i++) {
    if (y[i] > y[high]) high = i;
    const up = y[i] - y[i - 1];
    if (up > rise) {
      rise = up;
      facing = i;
    }
  }
  if (y[high] - y[low] > riseHu) out.facingMm = PROFILE_X[facing] - PROFILE_STEP_MM / 2;
}

/**
 * Where along the normal the labels put the border with a neighbouring bone, mm: half way between the last sample of
 * this body and the first of the other; NaN where no other label is in reach.
 */
export function labelBorder(probe: Probe, p: Float64Array, normals: Float64Array, vertex: number): number {
  const o = 3 * vertex;
  const { m, inside, others } = probe;
  const [nx, ny, nz] = probe.spline.size;
  let last = Number.NaN;
  for (let i = 4; i < N; i++) {
    const d = PROFILE_X[i];
    const x = p[o] + d * normals[o];
    const y = p[o + 1] + d * normals[o + 1];
    const z = p[o + 2] + d * normals[o + 2];
    const a = Math.round(m[0] * x + m[1] * y + m[2] * z + m[3]);
    const b = Math.round(m[4] * x + m[5] * y + m[6] * z + m[7]);
    const c = Math.round(m[8] * x + m[9] * y + m[10] * z + m[11]);
    if (a < 0 || b < 0 || c < 0 || a >= nx || b >= ny || c >= nz) return Number.NaN;
    const at = (c * ny + b) * nx + a;
    if (inside[at]) last = d;
    else if (others[at]) return !Number.isNaN(last) ? (last + d) / 2 : d - PROFILE_STEP_MM / 2;
  }
  return Number.NaN;
}

/**
 * The two walls of a gap whose middle the labels put near `borderMm`: the lowest sample there, and on either side of it
 * the steepest slope. Where the blur has closed the gap there is no low, or only that of spongiosa behind a cortex, from
 * which nothing rises by `riseHu`: both walls start at the border.
 */
export function guessGap(y: Float64Array, borderMm: number, riseHu: number, out: Guess): void {
  const at = (x: number) => Math.max(1, Math.min(N - 2, Math.round((x - PROFILE_FROM_MM) / PROFILE_STEP_MM)));
  let low = at(borderMm);
  // Downhill from the border to the nearest low, a millimetre and a half at most.
  const [first, last] = [at(borderMm - 1.5), at(borderMm + 1.5)];
  for (;;) {
    if (low > first && y[low - 1] < y[low] && y[low - 1] <= y[low + 1]) low--;
    else if (low < last && y[low + 1] < y[low]) low++;
    else break;
  }
  let fall = 0;
  let rise = 0;
  let wall = low;
  let facing = low;
  for (let i = low; i > Math.max(0, low - 8); i--) {
    if (y[i - 1] - y[i] > fall) {
      fall = y[i - 1] - y[i];
      wall = i;
    } else if (y[i - 1] < y[i]) break;
  }
  for (let i = low; i < Math.min(N - 1, low + 8); i++) {
    if (y[i + 1] - y[i] > rise) {
      rise = y[i + 1] - y[i];
      facing = i;
    } else if (y[i + 1] < y[i]) break;
  }
  const climb = (step: number) => {
    let most = y[low];
    for (let i = low; i >= 0 && i < N && Math.abs(i - low) <= 8; i += step) most = Math.max(most, y[i]);
    return most - y[low];
  };
  if (climb(-1) < riseHu || climb(1) < riseHu) {
    out.edgeMm = borderMm - 0.15;
    out.facingMm = borderMm + 0.15;
    return;
  }
  out.edgeMm = fall > 0 ? PROFILE_X[wall] - PROFILE_STEP_MM / 2 : PROFILE_X[low] - 0.15;
  out.facingMm = rise > 0 ? PROFILE_X[facing] + PROFILE_STEP_MM / 2 : PROFILE_X[low] + 0.15;
}
