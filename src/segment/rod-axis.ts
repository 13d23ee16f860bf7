import type { Vec3 } from '../base/index.ts';
import { add, dot, scale, solveSpd, sub, unit } from '../math/index.ts';
import { type Axis, axisThrough, brightness, type Probe } from './rod-profile.ts';

/** Directions around the axis in which an edge is looked for. */
const DIRECTIONS = 24;
const COS = Float64Array.from({ length: DIRECTIONS }, (_, a) => Math.cos((2 * Math.PI * a) / DIRECTIONS));
const SIN = Float64Array.from({ length: DIRECTIONS }, (_, a) => Math.sin((2 * Math.PI * a) / DIRECTIONS));
const PLACES_MM = 0.5;
/** Brightness is the mean of so many places along the axis. */
const SLAB = 5;
/** The edge lies between these shares of the radius. */
const INNER = 0.55;
const OUTER = 1.5;
/** A fall is taken over twice this share of a voxel's width, in so many steps. */
const FALL_VOXELS = 0.4;
const FALL_STEPS = 8;
/** Weaker edges are those of bone. */
const LEAST_FALL_HU = 150;
/** From here on a steeper edge is no surer. */
const SURE_FALL_HU = 1500;
const LEAST_EDGES = 60;
const ROUNDS = 3;
/** An axis that turns by more than this, |cos|, has lost its rod to a neighbour; so has one whose edges scatter so. */
const TURNED = 0.9985;
const SCATTER_MM = 0.3;

/**
 * The axis of the round cylinder through the edges of a rod, at the places where brightness falls most steeply in each
 * direction. Streaks change how bright the two sides of a rod are and so move the middle of its brightness, by 0.2 mm where
 * it lies in the plane of the slices; where an edge is steepest they change little.
 * @param from,to ends of the rod along the axis; their roundings are left out
 * @returns the axis with the same origin; the one that came in where the edges make no cylinder
 * @cost 4 ms a rod
 * @source own derivation and comparison with centres of brightness, docs/evidence/evaluation.md
 */
export function axisOfEdges(p: Probe, axis: Axis, from: number, to: number, r: number): Axis {
  const middle = (from + to) / 2;
  let found = axis;
  for (let round = 0; round < ROUNDS; round++) {
    const fit = cylinderOf(edgesOf(p, found, from + 1.2 * r, to - 1.2 * r, middle, r), r);
    if (!fit || fit.scatterMm > SCATTER_MM) return axis;
    const across = (a: number, b: number): Vec3 => add(scale(found.u, a), scale(found.v, b));
    const along = unit(add(found.along, across(fit.turn[0], fit.turn[1])));
    if (!(dot(along, axis.along) > TURNED)) return axis;
    const centre = add(add(found.origin, scale(found.along, middle)), across(fit.shift[0], fit.shift[1]));
    found = axisThrough(sub(centre, scale(along, middle)), along);
  }
  return found;
}

/** Edges: place along the axis from the middle, the two coordinates across, weight; four numbers each. */
function edgesOf(p: Probe, axis: Axis, lo: number, hi: number, middle: number, r: number): number[] {
  const out: number[] = [];
  const falls: number[] = [];
  const profile: number[] = [];
  for (let a = 0; a < DIRECTIONS; a++) {
    const way = add(scale(axis.u, COS[a]), scale(axis.v, SIN[a]));
    const [x, y, z] = [way[0] / p.spacing[0], way[1] / p.spacing[1], way[2] / p.spacing[2]];
    const step = (2 * FALL_VOXELS) / (Math.sqrt(x * x + y * y + z * z) * FALL_STEPS);
    const n = Math.ceil(((OUTER - INNER) * r) / step) + 1;
    for (let s = lo; s <= hi; s += PLACES_MM) {
      for (let i = 0; i < n + FALL_STEPS; i++)
        profile[i] = slabMean(p, axis, s, INNER * r + (i - FALL_STEPS / 2) * step, way);
      let best = 0;
      for (let i = 0; i < n; i++) {
        falls[i] = profile[i] - profile[i + FALL_STEPS];
        if (falls[i] > falls[best]) best = i;
      }
      const fall = falls[best];
      if (best === 0 || best === n - 1 || fall < LEAST_FALL_HU) continue;
      const q = INNER * r + step * peakPlace(falls, best, n);
      const sure = Math.min(1, fall / SURE_FALL_HU);
      out.push(s - middle, q * COS[a], q * SIN[a], sure * sure);
    }
  }
  return out;
}
/** The middle of the peak above this share of it: a parabola would favour the planes of the voxels. */
const PEAK = 0.7;

function peakPlace(falls: readonly number[], best: number, n: number): number {
  const base = PEAK * falls[best];
  let sum = 0;
  let moment = 0;
  for (let i = best; i < n && falls[i] > base; i++) {
    sum += falls[i] - base;
    moment += (falls[i] - base) * (i - best);
  }
  for (let i = best - 1; i >= 0 && falls[i] > base; i--) {
    sum += falls[i] - base;
    moment += (falls[i] - base) * (i - best);
  }
  return best + moment / sum;
}

function slabMean(p: Probe, { origin: o, along: w }: Axis, s: number, q: number, way: Vec3): number {
  const x = o[0] + q * way[0];
  const y = o[1] + q * way[1];
  const z = o[2] + q * way[2];
  let sum = 0;
  for (let k = 0; k < SLAB; k++) {
    const t = s + (k - (SLAB - 1) / 2) * PLACES_MM;
    sum += brightness(p, x + t * w[0], y + t * w[1], z + t * w[2]);
  }
  return sum / SLAB;
}

/** Least squares of the distance to a cylinder, by shift, turn and radius; edges that stray lose their weight. */
function cylinderOf(
  edges: readonly number[],
  r: number,
): { shift: readonly [number, number]; turn: readonly [number, number]; scatterMm: number } | undefined {
  const n = edges.length / 4;
  if (n < LEAST_EDGES) return undefined;
  const x = new Float64Array([0, 0, 0, 0, r]);
  const weight = new Float64Array(n).fill(1);
  const off = new Float64Array(n);
  const row = new Float64Array(5);
  const normal = new Float64Array(25);
  const right = new Float64Array(5);
  let scatterMm = 0;
  for (let round = 0; round < 12; round++) {
    normal.fill(0);
    right.fill(0);
    for (let i = 0; i < n; i++) {
      const t = edges[4 * i];
      const du = edges[4 * i + 1] - x[0] - x[2] * t;
      const dv = edges[4 * i + 2] - x[1] - x[3] * t;
      const far = Math.sqrt(du * du + dv * dv);
      off[i] = far - x[4];
      row[0] = -du / far;
      row[1] = -dv / far;
      row[2] = row[0] * t;
      row[3] = row[1] * t;
      row[4] = -1;
      const w = weight[i] * edges[4 * i + 3];
      for (let a = 0; a < 5; a++) {
        right[a] -= w * row[a] * off[i];
        for (let b = 0; b < 5; b++) normal[5 * a + b] += w * row[a] * row[b];
      }
    }
    const move = solveSpd(normal, right, 5);
    if (!move) return undefined;
    for (let a = 0; a < 5; a++) x[a] += move[a];
    scatterMm = 1.48 * Float64Array.from(off, Math.abs).sort()[n >> 1];
    const cut = Math.max(0.15, 3 * scatterMm);
    for (let i = 0; i < n; i++) {
      const t = Math.min(1, Math.abs(off[i]) / cut);
      weight[i] = (1 - t * t) * (1 - t * t);
    }
  }
  return { shift: [x[0], x[1]], turn: [x[2], x[3]], scatterMm };
}
