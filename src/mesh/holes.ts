import { buildEdges, vertexNeighbours } from './edges.ts';
import { fairRegion } from './fair.ts';
import { flipEdge, type HalfEdges, halfEdgesOf, joined, meshOf, nextOf, prevOf, splitEdge } from './half-edges.ts';
import type { Mesh } from './mesh.ts';
import { boundaryLoops, topologyOf } from './topology.ts';

export interface FillOptions {
  /** Holes with a longer rim stay open, mm. */
  readonly maxRimMm: number;
  /** Holes with a rim up to this are given a surface that goes on smoothly; longer ones are closed flat, mm. */
  readonly fairRimMm: number;
}

export const FILL_DEFAULTS: FillOptions = {
  maxRimMm: Number.POSITIVE_INFINITY, // a solid is wanted
  fairRimMm: 25, // a hole of 8 mm; a longer rim is more likely the edge of the scan than damage
};

export interface FilledHole {
  readonly rimMm: number;
  readonly areaMm2: number;
  readonly edges: number;
  /** A vertex of the rim. */
  readonly vertex: number;
}

export interface Filled {
  readonly mesh: Mesh;
  readonly holes: readonly FilledHole[];
  /** Rims left open because they are longer than `maxRimMm`, or because nothing fits. */
  readonly open: number;
}

// Above this many edges the least-area search (cubic) gives way to cutting ears.
const MOST_EDGES = 600;

/**
 * Closes holes: the triangulation of least area between the rim's vertices, then, for small holes, points as dense as
 * the rim and the fairest surface through them.
 * @requires neighbours that agree about outward and one fan a vertex (see `splitFans`)
 * @source Barequet and Sharir 1995 (least area); Liepa, Filling holes in meshes, 2003
 */
export function fillHoles(mesh: Mesh, options: Partial<FillOptions> = {}): Filled {
  const { maxRimMm, fairRimMm } = { ...FILL_DEFAULTS, ...options };
  const edges = buildEdges(mesh);
  const neighbours = vertexNeighbours(mesh, edges);
  const chords = new Set<number>();
  const n = mesh.positions.length / 3;
  const isEdge = (a: number, b: number): boolean => {
    if (chords.has(a < b ? a * n + b : b * n + a)) return true;
    for (let i = neighbours.start[a]; i < neighbours.start[a + 1]; i++) if (neighbours.items[i] === b) return true;
    return false;
  };
  const added: number[] = [];
  const fair: number[] = [];
  const holes: FilledHole[] = [];
  let open = 0;
  for (const loop of boundaryLoops(mesh)) {
    const rimMm = lengthOf(mesh.positions, loop);
    // The patch runs against the rim's half-edges.
    const rim = Array.from(loop).reverse();
    const patch = rimMm > maxRimMm || rim.length < 3 ? null : coverLoop(mesh.positions, rim, isEdge);
    if (!patch) {
      open++;
      continue;
    }
    const first = (mesh.triangles.length + added.length) / 3;
    for (let i = 0; i < patch.length; i++) {
      const next = patch[i % 3 === 2 ? i - 2 : i + 1];
      chords.add(Math.min(patch[i], next) * n + Math.max(patch[i], next));
      added.push(patch[i]);
    }
    if (rimMm <= fairRimMm && rim.length > 4) for (let i = 0; i < patch.length / 3; i++) fair.push(first + i);
    holes.push({ rimMm, areaMm2: areaOf(mesh.positions, patch), edges: rim.length, vertex: loop[0] });
  }
  const triangles = new Uint32Array(mesh.triangles.length + added.length);
  triangles.set(mesh.triangles);
  triangles.set(added, mesh.triangles.length);
  const flat: Mesh = { positions: mesh.positions, triangles };
  const { boundaryEdges, nonManifoldEdges, inconsistentEdges } = topologyOf(flat);
  const sound = boundaryEdges + nonManifoldEdges + inconsistentEdges === 0;
  return { mesh: sound && fair.length > 0 ? refine(flat, fair) : flat, holes, open };
}

function lengthOf(p: Float64Array, loop: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < loop.length; i++) sum += Math.sqrt(distance2(p, loop[i], loop[(i + 1) % loop.length]));
  return sum;
}

function distance2(p: Float64Array, a: number, b: number): number {
  const x = p[3 * a] - p[3 * b];
  const y = p[3 * a + 1] - p[3 * b + 1];
  const z = p[3 * a + 2] - p[3 * b + 2];
  return x * x + y * y + z * z;
}

function area(p: Float64Array, a: number, b: number, c: number): number {
  const ux = p[3 * b] - p[3 * a];
  const uy = p[3 * b + 1] - p[3 * a + 1];
  const uz = p[3 * b + 2] - p[3 * a + 2];
  const vx = p[3 * c] - p[3 * a];
  const vy = p[3 * c + 1] - p[3 * a + 1];
  const vz = p[3 * c + 2] - p[3 * a + 2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  return Math.sqrt(x * x + y * y + z * z) / 2;
}

function areaOf(p: Float64Array, t: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < t.length; i += 3) sum += area(p, t[i], t[i + 1], t[i + 2]);
  return sum;
}

/** Triangles over a loop, or null if every way would double an edge that exists. */
function coverLoop(p: Float64Array, rim: number[], isEdge: (a: number, b: number) => boolean): number[] | null {
  const n = rim.length;
  if (n > MOST_EDGES) return cutEars(p, rim, isEdge);
  const cost = new Float64Array(n * n).fill(Number.POSITIVE_INFINITY);
  const via = new Int32Array(n * n).fill(-1);
  for (let i = 0; i + 1 < n; i++) cost[i * n + i + 1] = 0;
  for (let span = 2; span < n; span++)
    for (let i = 0; i + span < n; i++) {
      const k = i + span;
      const closing = i === 0 && k === n - 1;
      if (!closing && isEdge(rim[i], rim[k])) continue;
      let best = Number.POSITIVE_INFINITY;
      for (let j = i + 1; j < k; j++) {
        const c = cost[i * n + j] + cost[j * n + k];
        if (c >= best) continue;
        const whole = c + area(p, rim[i], rim[j], rim[k]);
        if (whole < best) {
          best = whole;
          via[i * n + k] = j;
        }
      }
      cost[i * n + k] = best;
    }
  if (cost[n - 1] === Number.POSITIVE_INFINITY) return null;
  const out: number[] = [];
  const stack = [0, n - 1];
  while (stack.length > 0) {
    const k = stack.pop()!;
    const i = stack.pop()!;
    if (k - i < 2) continue;
    const j = via[i * n + k];
    out.push(rim[i], rim[j], rim[k]);
    stack.push(i, j, j, k);
  }
  return out;
}

/** For very long rims: again and again the ear with the shortest new edge. */
function cutEars(p: Float64Array, rim: number[], isEdge: (a: number, b: number) => boolean): number[] | null {
  const left = rim.slice();
  const out: number[] = [];
  while (left.length > 3) {
    let best = -1;
    let best2 = Number.POSITIVE_INFINITY;
    for (let i = 0; i < left.length; i++) {
      const a = left[(i + left.length - 1) % left.length];
      const c = left[(i + 1) % left.length];
      const d2 = distance2(p, a, c);
      if (d2 < best2 && !isEdge(a, c)) {
        best = i;
        best2 = d2;
      }
    }
    if (best < 0) return null;
    out.push(left[(best + left.length - 1) % left.length], left[best], left[(best + 1) % left.length]);
    left.splice(best, 1);
  }
  out.push(left[0], left[1], left[2]);
  return out;
}

/** Splits and flips inside the patches until their edges are as long as the rims', then fairs the new vertices. */
function refine(mesh: Mesh, patch: readonly number[]): Mesh {
  const s = halfEdgesOf(mesh);
  const known = s.vertices;
  const inside = new Set(patch);
  const target2 = meanRim2(s, inside);
  const within = (h: number): boolean => inside.has(Math.floor(h / 3)) && inside.has(Math.floor(s.twin[h] / 3));
  for (let round = 0; round < 4; round++) {
    for (let h = 0; h < s.halfEdges; h++) {
      if (!within(h)) continue;
      const a = s.from[h];
      const b = s.from[s.twin[h]];
      if (distance2(s.points, a, b) <= (16 / 9) * target2) continue;
      const p = s.points;
      const middle = [0, 1, 2].map((k) => (p[3 * a + k] + p[3 * b + k]) / 2);
      splitEdge(s, h, middle[0], middle[1], middle[2]);
      inside.add(s.halfEdges / 3 - 1).add(s.halfEdges / 3 - 2);
    }
    for (let pass = 0; pass < 3; pass++)
      for (let h = 0; h < s.halfEdges; h++) if (within(h) && flipGains(s, h)) flipEdge(s, h);
  }
  const out = meshOf(s);
  const movable = new Uint8Array(out.positions.length / 3);
  movable.fill(1, known);
  return { positions: fairRegion(out, movable, 3), triangles: out.triangles };
}

function meanRim2(s: HalfEdges, inside: ReadonlySet<number>): number {
  let sum = 0;
  let n = 0;
  for (const f of inside)
    for (let h = 3 * f; h < 3 * f + 3; h++) {
      if (inside.has(Math.floor(s.twin[h] / 3))) continue;
      sum += Math.sqrt(distance2(s.points, s.from[h], s.from[s.twin[h]]));
      n++;
    }
  return (sum / n) * (sum / n);
}

/** Delaunay in space: the angles that face the edge sum to more than 180°. */
function flipGains(s: HalfEdges, h: number): boolean {
  const g = s.twin[h];
  const a = s.from[h];
  const b = s.from[g];
  const c = s.from[prevOf(h)];
  const d = s.from[prevOf(g)];
  if (s.from[nextOf(h)] !== b || c === d || joined(s, c, d)) return false;
  const { points: p } = s;
  return cot(p, c, a, b) + cot(p, d, a, b) < -1e-9 && area(p, a, d, c) > 0 && area(p, d, b, c) > 0;
}

/** Cotangent of the angle at c in triangle abc. */
function cot(p: Float64Array, c: number, a: number, b: number): number {
  let along = 0;
  for (let k = 0; k < 3; k++) along += (p[3 * a + k] - p[3 * c + k]) * (p[3 * b + k] - p[3 * c + k]);
  return along / (2 * area(p, a, b, c) || 1e-30);
}
