import { type Job, NO_JOB } from '../base/index.ts';
import { collapseEdge, type HalfEdges, halfEdgesOf, meshOf, nextOf, prevOf } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import { bestPoint, meanSquareAt, mergeQuadrics, type Quadrics, quadricsOf } from './quadrics.ts';

export interface CollapseOptions {
  /** Stop at this many triangles. */
  readonly triangles: number;
  /**
   * For each vertex, mm²: no collapse whose point has a larger mean square distance from the planes it stands for. Where
   * vertices have gone into one, the smallest holds; below 0 nothing changes.
   */
  readonly limits2: Float64Array;
  readonly job?: Job;
}

export interface Collapsed {
  readonly mesh: Mesh;
  /** Vertex of the new mesh that every old vertex went into. */
  readonly into: Int32Array;
}

/** Part of the edges that one pass may look at, the cheapest first: passes are cheap, and a greedy order is only kept inside them. */
const PASS_FRACTION = 0.25;

/**
 * Collapses edges in passes, cheapest first. Inside a pass an end that has just moved is left alone, so every cost is
 * that of the moment it was sorted at.
 * @requires a closed manifold mesh @throws mesh.empty, mesh.not-closed, mesh.not-manifold
 * @cost about 1.5 µs an edge taken away
 */
export function collapseEdges(mesh: Mesh, { triangles, limits2, job = NO_JOB }: CollapseOptions): Collapsed {
  const s = halfEdgesOf(mesh);
  const work: Work = {
    s,
    quadrics: quadricsOf({ positions: s.points, triangles: Uint32Array.from(s.from) }, s.vertices),
    into: new Int32Array(s.vertices).fill(-1),
    limits2: lengthened(limits2, s.vertices),
    moved: new Uint8Array(s.vertices),
    point: new Float64Array(4),
    mark: new Int32Array(s.vertices),
    stamp: 0,
  };
  const start = s.halfEdges / 3;
  let left = start;
  let fraction = PASS_FRACTION;
  while (left > triangles) {
    job.at((start - left) / (start - triangles));
    const { edges, costs } = candidates(work);
    const wanted = Math.ceil((left - triangles) / 2);
    const order = cheapest(costs, Math.max(wanted < 8 ? 64 : 0, Math.ceil(fraction * edges.length)));
    const done = pass(work, edges, order, wanted);
    left -= 2 * done;
    if (done === 0 && fraction >= 1) break;
    fraction = done <= 0.02 * order.length ? 1 : PASS_FRACTION;
  }
  return { mesh: meshOf(s), into: destinations(work) };
}

interface Work {
  readonly s: HalfEdges;
  readonly quadrics: Quadrics;
  readonly into: Int32Array;
  readonly limits2: Float64Array;
  readonly moved: Uint8Array;
  readonly point: Float64Array;
  readonly mark: Int32Array;
  stamp: number;
}

/** A copy; vertices that were doubled at a pinch are free. */
function lengthened(limits2: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  out.set(limits2);
  return out;
}

function candidates({ s, quadrics, limits2, point }: Work): { edges: Int32Array; costs: Float32Array } {
  const { from, twin, points: p, halfEdges } = s;
  const edges = new Int32Array(halfEdges / 2);
  const costs = new Float32Array(halfEdges / 2);
  let n = 0;
  for (let h = 0; h < halfEdges; h++) {
    const a = from[h];
    if (a < 0 || h > twin[h]) continue;
    const b = from[twin[h]];
    const limit2 = Math.min(limits2[a], limits2[b]);
    if (limit2 < 0) continue;
    const cost = bestPoint(quadrics, p, a, b, point);
    if (point[3] > limit2) continue;
    const x = p[3 * b] - p[3 * a];
    const y = p[3 * b + 1] - p[3 * a + 1];
    const z = p[3 * b + 2] - p[3 * a + 2];
    edges[n] = h;
    costs[n++] = cost + EVEN * (quadrics.areas[a] + quadrics.areas[b]) * (x * x + y * y + z * z);
  }
  return { edges: edges.subarray(0, n), costs: costs.subarray(0, n) };
}

/** Weight of the squared length of an edge beside its error: decides where the surface is flat, short edges first. */
const EVEN = 1e-5;

/** Indices of about the `most` smallest costs, ascending; equal ones in their order. Costs are not negative, so their bits sort as they do. */
function cheapest(costs: Float32Array, most: number): Uint32Array {
  const bits = new Uint32Array(costs.buffer, costs.byteOffset, costs.length);
  const count = new Uint32Array(1 << 16);
  for (let i = 0; i < bits.length; i++) count[bits[i] >>> 16]++;
  let last = 0;
  let n = count[0];
  while (n < most && last < 0xffff) n += count[++last];
  const order = new Uint32Array(n);
  n = 0;
  for (let i = 0; i < bits.length; i++) if (bits[i] >>> 16 <= last) order[n++] = i;
  return sortedByBits(order, bits);
}

/** Counting sort, 11 bits at a time. */
function sortedByBits(items: Uint32Array<ArrayBuffer>, bits: Uint32Array): Uint32Array {
  const BITS = 11;
  const mask = (1 << BITS) - 1;
  let order = items;
  let other = new Uint32Array(items.length);
  for (let shift = 0; shift < 32; shift += BITS) {
    const start = new Uint32Array(mask + 2);
    for (let i = 0; i < order.length; i++) start[((bits[order[i]] >>> shift) & mask) + 1]++;
    for (let i = 0; i <= mask; i++) start[i + 1] += start[i];
    for (let i = 0; i < order.length; i++) other[start[(bits[order[i]] >>> shift) & mask]++] = order[i];
    [order, other] = [other, order];
  }
  return order;
}

function pass(work: Work, edges: Int32Array, order: Uint32Array, wanted: number): number {
  const { s, quadrics, into, limits2, moved, point } = work;
  moved.fill(0);
  let done = 0;
  for (let i = 0; i < order.length && done < wanted; i++) {
    const h = edges[order[i]];
    const gone = s.from[h];
    if (gone < 0) continue;
    const keep = s.from[s.twin[h]];
    if (moved[gone] | moved[keep]) continue;
    if (!separable(work, h) || !place(work, gone, keep)) continue;
    collapseEdge(s, h);
    for (let k = 0; k < 3; k++) s.points[3 * keep + k] = point[k];
    mergeQuadrics(quadrics, gone, keep);
    into[gone] = keep;
    moved[keep] = 1;
    limits2[keep] = Math.min(limits2[keep], limits2[gone]);
    done++;
  }
  return done;
}

/** `canCollapse`, with a mark on the ring of one end instead of a search for each neighbour of the other. */
function separable(work: Work, h: number): boolean {
  const { s, mark } = work;
  const { from, twin, out } = s;
  const g = twin[h];
  const c = from[prevOf(h)];
  const d = from[prevOf(g)];
  if (c === d || out[c] < 0 || out[d] < 0) return false;
  const b = from[g];
  const stamp = ++work.stamp;
  let i = out[b];
  do {
    const p = prevOf(i);
    mark[from[p]] = stamp;
    i = twin[p];
  } while (i !== out[b]);
  let shared = 0;
  const a = from[h];
  i = out[a];
  do {
    const p = prevOf(i);
    if (mark[from[p]] === stamp) shared++;
    i = twin[p];
  } while (i !== out[a]);
  return shared === 2 && !threeEdges(s, c) && !threeEdges(s, d);
}

function threeEdges({ out, twin }: HalfEdges, v: number): boolean {
  const h = out[v];
  return twin[prevOf(twin[prevOf(twin[prevOf(h)])])] === h;
}

/** Finds where the two may meet, into `point`: the best point, or else one of the ends where that is near enough. */
function place({ s, quadrics, limits2, point }: Work, gone: number, keep: number): boolean {
  bestPoint(quadrics, s.points, gone, keep, point);
  if (sound(s, gone, keep, point) && sound(s, keep, gone, point)) return true;
  const limit2 = Math.min(limits2[gone], limits2[keep], WORSE * point[3] + TINY_MM2);
  for (const [end, other] of [
    [keep, gone],
    [gone, keep],
  ]) {
    for (let k = 0; k < 3; k++) point[k] = s.points[3 * end + k];
    if (meanSquareAt(quadrics, gone, keep, point) <= limit2 && sound(s, other, end, point)) return true;
  }
  return false;
}

/** An end may stand in for the best point where its mean square is not more than this many times as large. */
const WORSE = 4;
/** Nothing that is nearer than a thousandth of a micrometre is worse than anything else. */
const TINY_MM2 = 1e-12;

/** Squared cosine of the largest turn of a triangle: about 75°. */
const TURN_COS2 = 0.067;
/** Twice the area over the sum of the squared edges: 0.29 for 60°, this for needles that are not made anew. */
const NEEDLE = 0.01;

/** Whether v may move to `at`: no triangle around it (but those that die with `other`) turns over or becomes a needle. */
function sound(s: HalfEdges, v: number, other: number, at: Float64Array): boolean {
  const { points: p, from, twin, out } = s;
  let h = out[v];
  do {
    const b = from[nextOf(h)];
    const c = from[prevOf(h)];
    h = twin[prevOf(h)];
    if (b === other || c === other) continue;
    const ux = p[3 * c] - p[3 * b];
    const uy = p[3 * c + 1] - p[3 * b + 1];
    const uz = p[3 * c + 2] - p[3 * b + 2];
    const ox = p[3 * v] - p[3 * b];
    const oy = p[3 * v + 1] - p[3 * b + 1];
    const oz = p[3 * v + 2] - p[3 * b + 2];
    const nx = at[0] - p[3 * b];
    const ny = at[1] - p[3 * b + 1];
    const nz = at[2] - p[3 * b + 2];
    const mx = uy * oz - uz * oy;
    const my = uz * ox - ux * oz;
    const mz = ux * oy - uy * ox;
    const kx = uy * nz - uz * ny;
    const ky = uz * nx - ux * nz;
    const kz = ux * ny - uy * nx;
    const d = mx * kx + my * ky + mz * kz;
    const m2 = mx * mx + my * my + mz * mz;
    const k2 = kx * kx + ky * ky + kz * kz;
    if (d <= 0 || d * d < TURN_COS2 * m2 * k2) return false;
    const u2 = ux * ux + uy * uy + uz * uz;
    const after =
      u2 + nx * nx + ny * ny + nz * nz + (nx - ux) * (nx - ux) + (ny - uy) * (ny - uy) + (nz - uz) * (nz - uz);
    if (k2 >= NEEDLE * NEEDLE * after * after) continue;
    const before =
      u2 + ox * ox + oy * oy + oz * oz + (ox - ux) * (ox - ux) + (oy - uy) * (oy - uy) + (oz - uz) * (oz - uz);
    if (k2 * before * before < m2 * after * after) return false;
  } while (h !== out[v]);
  return true;
}

/** Follows every vertex to the one that is left, by its number in the new mesh. */
function destinations({ s, into }: Work): Int32Array {
  const number = new Int32Array(s.vertices).fill(-1);
  let kept = 0;
  for (let v = 0; v < s.vertices; v++) if (s.out[v] >= 0) number[v] = kept++;
  const out = new Int32Array(s.vertices);
  for (let v = 0; v < s.vertices; v++) {
    let at = v;
    while (into[at] >= 0) at = into[at];
    out[v] = number[at];
  }
  return out;
}
