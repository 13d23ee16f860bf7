import type { Vec3 } from '../base/index.ts';
import { frameAbout } from '../math/index.ts';
import { spacingMm, type Volume } from '../volume/index.ts';

/** A scan that can be asked anywhere, mm in the axes of its grid (voxel index times spacing); three times linear. */
export interface Probe {
  readonly data: Volume['data'];
  readonly size: Vec3;
  readonly spacing: Vec3;
}
export const createProbe = (v: Volume): Probe => ({ data: v.data, size: v.grid.size, spacing: spacingMm(v.grid) });

/** The value at a place, mm. */
export function brightness({ data, size, spacing }: Probe, x: number, y: number, z: number): number {
  const fx = Math.min(size[0] - 1.001, Math.max(0, x / spacing[0]));
  const fy = Math.min(size[1] - 1.001, Math.max(0, y / spacing[1]));
  const fz = Math.min(size[2] - 1.001, Math.max(0, z / spacing[2]));
  const i = fx | 0;
  const j = fy | 0;
  const k = fz | 0;
  const u = fx - i;
  const v = fy - j;
  const w = fz - k;
  const sy = size[0];
  const sz = size[0] * size[1];
  const o = k * sz + j * sy + i;
  const a = data[o] + u * (data[o + 1] - data[o]);
  const b = data[o + sy] + u * (data[o + sy + 1] - data[o + sy]);
  const c = data[o + sz] + u * (data[o + sz + 1] - data[o + sz]);
  const d = data[o + sz + sy] + u * (data[o + sz + sy + 1] - data[o + sz + sy]);
  const e = a + v * (b - a);
  return e + w * (c + v * (d - c) - e);
}

/** An axis with two directions across it. */
export interface Axis {
  readonly origin: Vec3;
  readonly along: Vec3;
  readonly u: Vec3;
  readonly v: Vec3;
}
export function axisThrough(origin: Vec3, along: Vec3): Axis {
  const [u, v] = frameAbout(along, [0, 0, 1]);
  return { origin, along, u, v };
}

export const SECTORS = 16;
const COS = Float64Array.from({ length: SECTORS }, (_, a) => Math.cos((2 * Math.PI * a) / SECTORS));
const SIN = Float64Array.from({ length: SECTORS }, (_, a) => Math.sin((2 * Math.PI * a) / SECTORS));

/** The value at a place along and around an axis: radius r in sector a, the axis shifted by (du, dv). */
function around(p: Probe, x: Axis, s: number, r: number, a: number, du = 0, dv = 0): number {
  const cu = du + r * COS[a];
  const cv = dv + r * SIN[a];
  return brightness(
    p,
    x.origin[0] + s * x.along[0] + cu * x.u[0] + cv * x.v[0],
    x.origin[1] + s * x.along[1] + cu * x.u[1] + cv * x.v[1],
    x.origin[2] + s * x.along[2] + cu * x.u[2] + cv * x.v[2],
  );
}

/** Mean of a ring of sectors. */
export function ringMean(p: Probe, x: Axis, s: number, r: number, du = 0, dv = 0): number {
  if (r === 0) return around(p, x, s, 0, 0, du, dv);
  let sum = 0;
  for (let a = 0; a < SECTORS; a++) sum += around(p, x, s, r, a, du, dv);
  return sum / SECTORS;
}

/** What three quarters of the sectors of a ring are brighter than. */
export function ringLow(p: Probe, x: Axis, s: number, r: number, scratch: Float64Array): number {
  for (let a = 0; a < SECTORS; a++) scratch[a] = around(p, x, s, r, a);
  scratch.sort();
  return scratch[SECTORS >> 2];
}

/** How much brighter a rod of radius r is than what is around it. */
export const matched = (p: Probe, x: Axis, s: number, r: number): number =>
  0.4 * around(p, x, s, 0, 0) +
  0.6 * ringMean(p, x, s, 0.5 * r) -
  0.5 * (ringMean(p, x, s, 1.55 * r) + ringMean(p, x, s, 1.95 * r));

/** The same close to the edge of the rod, so that what lies farther off does not pull; the axis shifted by (du, dv). */
export const edge = (p: Probe, x: Axis, s: number, r: number, du: number, dv: number): number =>
  0.5 * (ringMean(p, x, s, 0.5 * r, du, dv) + ringMean(p, x, s, 0.8 * r, du, dv)) -
  0.5 * (ringMean(p, x, s, 1.25 * r, du, dv) + ringMean(p, x, s, 1.5 * r, du, dv));

/** Brightness of the core less that of the second brightest sector around it: small for an edge of something wider. */
export function roundContrast(p: Probe, x: Axis, s: number, r: number, scratch: Float64Array): number {
  for (let a = 0; a < SECTORS; a++) scratch[a] = 0.5 * (around(p, x, s, 1.6 * r, a) + around(p, x, s, 2 * r, a));
  scratch.sort();
  return 0.4 * around(p, x, s, 0, 0) + 0.6 * ringMean(p, x, s, 0.4 * r) - scratch[SECTORS - 2];
}
