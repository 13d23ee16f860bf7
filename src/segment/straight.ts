import type { Vec3 } from '../base/index.ts';
import { add, dot, eigenSymmetric, scale, sub, unit } from '../math/index.ts';
import { type Grid, spacingMm } from '../volume/index.ts';
import type { Ridges } from './ridges.ts';

/** A straight piece of ridge, mm in the axes of the grid (voxel index times spacing). */
export interface StraightRidge {
  readonly from: Vec3;
  readonly to: Vec3;
}

export interface StraightOptions {
  readonly shortestMm: number;
  /** A gap this long does not end a line: crossing screws interrupt each other. */
  readonly gapMm: number;
  /** Ridge voxels this near to the line belong to it. */
  readonly nearMm: number;
  /** Share of its length on which a line must be seen. */
  readonly seen: number;
}
export const STRAIGHT_DEFAULTS: StraightOptions = { shortestMm: 9, gapMm: 5, nearMm: 1.6, seen: 0.6 };

/** |cos| of the angle between a voxel's direction and the line's. */
const ALIGNED = 0.85;
const ROUNDS = 5;

/**
 * Straight lines among ridges, strongest first; each takes its voxels away.
 * @cost O(voxels · length)
 */
export function straightRidges(ridges: Ridges, grid: Grid, options: Partial<StraightOptions> = {}): StraightRidge[] {
  const o = { ...STRAIGHT_DEFAULTS, ...options };
  const field = createField(ridges, grid);
  const order = Array.from(ridges.voxel.keys()).sort((a, b) => ridges.strength[b] - ridges.strength[a] || a - b);
  const out: StraightRidge[] = [];
  for (const seed of order) {
    if (field.used[seed]) continue;
    field.used[seed] = 1;
    const line = trace(field, seed, o);
    if (!line) continue;
    out.push(line);
    consume(field, line, o.nearMm + 1);
  }
  return out;
}

interface Field {
  readonly ridges: Ridges;
  readonly size: Vec3;
  readonly spacing: Vec3;
  /** Ridge of a voxel, or −1. */
  readonly at: Int32Array;
  readonly used: Uint8Array;
}

function createField(ridges: Ridges, grid: Grid): Field {
  const { size } = grid;
  const at = new Int32Array(size[0] * size[1] * size[2]).fill(-1);
  for (const [i, v] of ridges.voxel.entries()) at[v] = i;
  return { ridges, size, spacing: spacingMm(grid), at, used: new Uint8Array(ridges.voxel.length) };
}

const alongOf = ({ ridges: { along } }: Field, i: number): Vec3 => [along[3 * i], along[3 * i + 1], along[3 * i + 2]];

function placeOf({ ridges, size, spacing }: Field, i: number): Vec3 {
  const v = ridges.voxel[i];
  const x = v % size[0];
  const y = Math.floor(v / size[0]) % size[1];
  return [x * spacing[0], y * spacing[1], Math.floor(v / (size[0] * size[1])) * spacing[2]];
}

function trace(field: Field, seed: number, o: StraightOptions): StraightRidge | undefined {
  let origin = placeOf(field, seed);
  let axis = alongOf(field, seed);
  let run: { lo: number; hi: number; points: number[]; steps: number; seen: number } | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const [up, down] = [1, -1].map((way) => walk(field, origin, scale(axis, way), o));
    run = {
      lo: -down.reached,
      hi: up.reached,
      points: [...new Set([...up.points, ...down.points])],
      steps: up.steps + down.steps,
      seen: up.seen + down.seen,
    };
    if (run.points.length < 4) return undefined;
    const fit = lineThrough(field, run.points);
    origin = fit.centre;
    axis = dot(fit.axis, axis) < 0 ? scale(fit.axis, -1) : fit.axis;
  }
  if (!run || run.hi - run.lo < o.shortestMm || run.seen < o.seen * run.steps) return undefined;
  const s = run.points.map((i) => dot(sub(placeOf(field, i), origin), axis)).sort((a, b) => a - b);
  return { from: add(origin, scale(axis, s[0])), to: add(origin, scale(axis, s[s.length - 1])) };
}

const STEP_MM = 0.7;

/** Ridge voxels met on the way from a point, until a gap. */
function walk(
  field: Field,
  origin: Vec3,
  axis: Vec3,
  o: StraightOptions,
): { points: number[]; reached: number; steps: number; seen: number } {
  const points: number[] = [];
  let reached = 0;
  let seen = 0;
  let steps = 0;
  for (let s = 0; s - reached < o.gapMm; s += STEP_MM) {
    const best = strongestNear(field, add(origin, scale(axis, s)), origin, axis, o.nearMm);
    if (best < 0) continue;
    points.push(best);
    reached = s;
    seen++;
    steps = Math.round(s / STEP_MM) + 1;
  }
  return { points, reached, seen, steps };
}

function strongestNear(field: Field, p: Vec3, origin: Vec3, axis: Vec3, nearMm: number): number {
  const { size, spacing, at, used, ridges } = field;
  const c = [0, 1, 2].map((k) => Math.round(p[k] / spacing[k]));
  let best = -1;
  for (let dk = -1; dk <= 1; dk++)
    for (let dj = -1; dj <= 1; dj++)
      for (let di = -1; di <= 1; di++) {
        const [x, y, z] = [c[0] + di, c[1] + dj, c[2] + dk];
        if (x < 0 || y < 0 || z < 0 || x >= size[0] || y >= size[1] || z >= size[2]) continue;
        const i = at[(z * size[1] + y) * size[0] + x];
        if (i < 0 || (used[i] && used[i] === 2)) continue;
        if (Math.abs(dot(alongOf(field, i), axis)) < ALIGNED) continue;
        const d = sub(placeOf(field, i), origin);
        const off = sub(d, scale(axis, dot(d, axis)));
        if (dot(off, off) > nearMm * nearMm) continue;
        if (best < 0 || ridges.strength[i] > ridges.strength[best]) best = i;
      }
  return best;
}

function lineThrough(field: Field, points: readonly number[]): { centre: Vec3; axis: Vec3 } {
  let w = 0;
  let c: Vec3 = [0, 0, 0];
  for (const i of points) {
    const s = field.ridges.strength[i];
    w += s;
    c = add(c, scale(placeOf(field, i), s));
  }
  c = scale(c, 1 / w);
  const m = new Array<number>(9).fill(0);
  for (const i of points) {
    const d = sub(placeOf(field, i), c);
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) m[3 * a + b] += (field.ridges.strength[i] / w) * d[a] * d[b];
  }
  const { vectors } = eigenSymmetric(m, 3);
  return { centre: c, axis: unit(vectors[0] as unknown as Vec3) };
}

/** Takes away what lies along a line; what crosses it stays. */
function consume(field: Field, { from, to }: StraightRidge, reachMm: number): void {
  const length = Math.sqrt(dot(sub(to, from), sub(to, from)));
  const axis = unit(sub(to, from));
  for (let i = 0; i < field.used.length; i++) {
    if (field.used[i] === 2) continue;
    const d = sub(placeOf(field, i), from);
    const s = dot(d, axis);
    if (s < -reachMm || s > length + reachMm) continue;
    const off = sub(d, scale(axis, s));
    if (dot(off, off) > reachMm * reachMm || Math.abs(dot(alongOf(field, i), axis)) < 0.7) continue;
    field.used[i] = 2;
  }
}
