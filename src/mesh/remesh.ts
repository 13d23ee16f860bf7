import { type Job, NO_JOB } from '../base/index.ts';
import { type Bvh, buildBvh } from './bvh.ts';
import {
  canCollapse,
  collapseEdge,
  flipEdge,
  type HalfEdges,
  halfEdgesOf,
  joined,
  meshOf,
  nextOf,
  prevOf,
  splitEdge,
  valence,
} from './half-edges.ts';
import { type Mesh, volumeMm3 } from './mesh.ts';
import { closestPoint, closestPoints } from './nearest.ts';

export interface RemeshOptions {
  /** Edge length aimed at, mm. */
  readonly edgeMm: number;
  /** Rounds of split, collapse, flip, relax. */
  readonly rounds: number;
  /** Edges bent by more than this are kept as edges, degrees; 180 keeps none. */
  readonly sharpDeg: number;
  readonly job: Job;
}

export const REMESH_DEFAULTS: Omit<RemeshOptions, 'edgeMm'> = {
  rounds: 6, // edge lengths and angles change by under a percent afterwards
  sharpDeg: 180, // bones have no sharp edges
  job: NO_JOB,
};

export interface Remeshed {
  readonly mesh: Mesh;
  /** Distance of the new surface's triangle middles from the old surface: the chord error, mm. */
  readonly meanDeviationMm: number;
  readonly maxDeviationMm: number;
  readonly volumeBeforeMm3: number;
  readonly volumeAfterMm3: number;
}

const SHARP = 1;
// A vertex is free (0), on a sharp edge (1), or where sharp edges end or meet (2) and then stays where it is.
type Kind = 0 | 1 | 2;

/**
 * A mesh with edges near one length and angles near 60°, its vertices on the old surface.
 * @requires a closed manifold mesh; gives one
 * @throws mesh.empty, mesh.not-closed, mesh.not-manifold
 * @cost see docs/evidence/mesh.md; O(area / edgeMm²) a round
 * @job every round
 * @source Botsch and Kobbelt, A remeshing approach to multiresolution modeling, 2004
 */
export function remesh(mesh: Mesh, options: Partial<RemeshOptions> & Pick<RemeshOptions, 'edgeMm'>): Remeshed {
  const { edgeMm, rounds, sharpDeg, job } = { ...REMESH_DEFAULTS, ...options };
  const old = buildBvh(mesh);
  let s = halfEdgesOf(mesh);
  if (sharpDeg < 180) markSharp(s, Math.cos((sharpDeg * Math.PI) / 180));
  for (let round = 0; round < rounds; round++) {
    job.at(round / rounds);
    splitLong(s, (4 / 3) * edgeMm);
    collapseShort(s, (4 / 5) * edgeMm, (4 / 3) * edgeMm);
    s = packed(s);
    flipToSix(s);
    relax(s, old);
  }
  job.at(1);
  const out = meshOf(s);
  return { mesh: out, ...deviation(out, old), volumeBeforeMm3: volumeMm3(mesh), volumeAfterMm3: volumeMm3(out) };
}

function deviation(mesh: Mesh, old: Bvh): { meanDeviationMm: number; maxDeviationMm: number } {
  const { positions: p, triangles: t } = mesh;
  const middles = new Float64Array(t.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) middles[i + k] = (p[3 * t[i] + k] + p[3 * t[i + 1] + k] + p[3 * t[i + 2] + k]) / 3;
  const { distanceMm } = closestPoints(old, middles);
  let sum = 0;
  let most = 0;
  for (const d of distanceMm) {
    sum += d;
    if (d > most) most = d;
  }
  return { meanDeviationMm: sum / distanceMm.length, maxDeviationMm: most };
}

/** Dead triangles and vertices dropped; marks kept. */
function packed(s: HalfEdges): HalfEdges {
  const toVertex = new Int32Array(s.vertices).fill(-1);
  const toHalf = new Int32Array(s.halfEdges).fill(-1);
  let vertices = 0;
  let halfEdges = 0;
  for (let v = 0; v < s.vertices; v++)
    if (s.out[v] >= 0) {
      s.points.copyWithin(3 * vertices, 3 * v, 3 * v + 3);
      toVertex[v] = vertices++;
    }
  for (let h = 0; h < s.halfEdges; h++) if (s.from[h] >= 0) toHalf[h] = halfEdges++;
  for (let h = 0; h < s.halfEdges; h++) {
    const to = toHalf[h];
    if (to < 0) continue;
    s.from[to] = toVertex[s.from[h]];
    s.twin[to] = toHalf[s.twin[h]];
    s.mark[to] = s.mark[h];
  }
  for (let h = 0; h < halfEdges; h++) s.out[s.from[h]] = h;
  return { ...s, vertices, halfEdges };
}

function length2({ points: p }: HalfEdges, a: number, b: number): number {
  const x = p[3 * b] - p[3 * a];
  const y = p[3 * b + 1] - p[3 * a + 1];
  const z = p[3 * b + 2] - p[3 * a + 2];
  return x * x + y * y + z * z;
}

/**
 * Long edges first: halving whichever comes first makes needles thinner for ever, because the new edges across a needle
 * are as long as the one that was cut.
 */
function splitLong(s: HalfEdges, mostMm: number): void {
  let limit2 = 0;
  for (let h = 0; h < s.halfEdges; h++) limit2 = Math.max(limit2, length2(s, s.from[h], s.from[s.twin[h]]));
  const most2 = mostMm * mostMm;
  while (limit2 > most2) {
    limit2 = Math.max(most2, limit2 / 2);
    splitLonger(s, limit2);
  }
}

function splitLonger(s: HalfEdges, most2: number): void {
  // New half-edges are appended and so are looked at in their turn.
  for (let h = 0; h < s.halfEdges; h++) {
    const a = s.from[h];
    if (a > s.from[s.twin[h]]) continue;
    while (length2(s, a, s.from[s.twin[h]]) > most2) {
      const c = s.from[s.twin[h]];
      const p = s.points;
      const middle = [0, 1, 2].map((k) => (p[3 * a + k] + p[3 * c + k]) / 2);
      splitEdge(s, h, middle[0], middle[1], middle[2]);
    }
  }
}

function collapseShort(s: HalfEdges, leastMm: number, mostMm: number): void {
  const least2 = leastMm * leastMm;
  const most2 = mostMm * mostMm;
  for (let i = 0; i < s.halfEdges; i++) {
    if (s.from[i] < 0) continue;
    let h = i;
    const a = s.from[h];
    const b = s.from[s.twin[h]];
    if (a > b || length2(s, a, b) >= least2) continue;
    const ka = kindOf(s, a);
    const kb = kindOf(s, b);
    // The vertex that may move goes; two vertices of sharp edges merge only along one.
    if (ka > kb) h = s.twin[h];
    const least = Math.min(ka, kb) as Kind;
    if (least === 2 || (least === 1 && s.mark[h] !== SHARP)) continue;
    if (!canCollapse(s, h)) continue;
    const keep = s.from[s.twin[h]];
    const gone = s.from[h];
    const w = ka === kb && ka === 0 ? 0.5 : 0;
    const p = s.points;
    const at = [0, 1, 2].map((k) => p[3 * keep + k] + w * (p[3 * gone + k] - p[3 * keep + k]));
    if (!fits(s, gone, keep, at, most2) || !fits(s, keep, gone, at, most2)) continue;
    collapseEdge(s, h);
    p.set(at, 3 * keep);
  }
}

/** Whether v may move to `at`: no triangle around it (without `other`) turns over, no edge becomes too long. */
function fits(s: HalfEdges, v: number, other: number, at: readonly number[], most2: number): boolean {
  const { points: p, from, twin, out } = s;
  let h = out[v];
  do {
    const b = from[nextOf(h)];
    const c = from[prevOf(h)];
    if (b !== other) {
      const x = p[3 * b] - at[0];
      const y = p[3 * b + 1] - at[1];
      const z = p[3 * b + 2] - at[2];
      if (x * x + y * y + z * z > most2) return false;
      if (c !== other && turns(p, v, b, c, at)) return false;
    }
    h = twin[prevOf(h)];
  } while (h !== out[v]);
  return true;
}

/** Whether triangle vbc would turn by more than about 80° with v at `at`. */
function turns(p: Float64Array, v: number, b: number, c: number, at: readonly number[]): boolean {
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
  return d <= 0 || d * d < 0.03 * (mx * mx + my * my + mz * mz) * (kx * kx + ky * ky + kz * kz);
}

function kindOf({ out, twin, mark }: HalfEdges, v: number): Kind {
  let sharp = 0;
  let h = out[v];
  do {
    if (mark[h] === SHARP) sharp++;
    h = twin[prevOf(h)];
  } while (h !== out[v]);
  return sharp === 0 ? 0 : sharp === 2 ? 1 : 2;
}

function flipToSix(s: HalfEdges): void {
  const { from, twin, mark } = s;
  const off = (v: number, change: number): number => {
    const d = valences[v] + change - 6;
    return d * d;
  };
  const valences = new Int32Array(s.vertices);
  for (let v = 0; v < s.vertices; v++) valences[v] = valence(s, v);
  for (let h = 0; h < s.halfEdges; h++) {
    const g = twin[h];
    if (h > g || mark[h] === SHARP) continue;
    const a = from[h];
    const b = from[g];
    const c = from[prevOf(h)];
    const d = from[prevOf(g)];
    const before = off(a, 0) + off(b, 0) + off(c, 0) + off(d, 0);
    if (off(a, -1) + off(b, -1) + off(c, 1) + off(d, 1) >= before) continue;
    if (valences[a] <= 3 || valences[b] <= 3 || joined(s, c, d) || !flipIsFlat(s.points, a, b, c, d)) continue;
    flipEdge(s, h);
    valences[a]--;
    valences[b]--;
    valences[c]++;
    valences[d]++;
  }
}

/** Whether the four triangles before and after a flip of ab to cd all face about the same way. */
function flipIsFlat(p: Float64Array, a: number, b: number, c: number, d: number): boolean {
  const n = [normal(p, a, b, c), normal(p, b, a, d), normal(p, d, c, a), normal(p, c, d, b)];
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < i; j++) {
      const cos = n[i][0] * n[j][0] + n[i][1] * n[j][1] + n[i][2] * n[j][2];
      if (cos < 0.7 * n[i][3] * n[j][3]) return false;
    }
  return n[2][3] > 0 && n[3][3] > 0;
}

function normal(p: Float64Array, a: number, b: number, c: number): [number, number, number, number] {
  const ux = p[3 * b] - p[3 * a];
  const uy = p[3 * b + 1] - p[3 * a + 1];
  const uz = p[3 * b + 2] - p[3 * a + 2];
  const vx = p[3 * c] - p[3 * a];
  const vy = p[3 * c + 1] - p[3 * a + 1];
  const vz = p[3 * c + 2] - p[3 * a + 2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  return [x, y, z, Math.sqrt(x * x + y * y + z * z)];
}

/** Moves every free vertex in its tangent plane to the middle of its neighbours, then onto the old surface. */
function relax(s: HalfEdges, old: Bvh): void {
  const { points: p, from, twin, out } = s;
  const next = p.slice(0, 3 * s.vertices);
  for (let v = 0; v < s.vertices; v++) {
    if (kindOf(s, v) !== 0) continue;
    let n = 0;
    const q = [0, 0, 0];
    const m = [0, 0, 0];
    let h = out[v];
    do {
      const b = from[nextOf(h)];
      const k = normal(p, v, b, from[prevOf(h)]);
      for (let i = 0; i < 3; i++) {
        q[i] += p[3 * b + i];
        m[i] += k[i];
      }
      n++;
      h = twin[prevOf(h)];
    } while (h !== out[v]);
    const d = [0, 1, 2].map((i) => q[i] / n - p[3 * v + i]);
    const along = (d[0] * m[0] + d[1] * m[1] + d[2] * m[2]) / (m[0] * m[0] + m[1] * m[1] + m[2] * m[2] || 1);
    const at = [0, 1, 2].map((i) => p[3 * v + i] + d[i] - along * m[i]);
    const hit = closestPoint(old, at[0], at[1], at[2])!;
    next[3 * v] = hit.x;
    next[3 * v + 1] = hit.y;
    next[3 * v + 2] = hit.z;
  }
  for (let v = 0; v < s.vertices; v++) {
    const at = [next[3 * v], next[3 * v + 1], next[3 * v + 2]];
    if (fits(s, v, -1, at, Number.POSITIVE_INFINITY)) p.set(at, 3 * v);
  }
}

function markSharp(s: HalfEdges, leastCos: number): void {
  for (let h = 0; h < s.halfEdges; h++) {
    const g = s.twin[h];
    if (h > g) continue;
    const m = normal(s.points, s.from[h], s.from[g], s.from[prevOf(h)]);
    const n = normal(s.points, s.from[g], s.from[h], s.from[prevOf(g)]);
    if (m[0] * n[0] + m[1] * n[1] + m[2] * n[2] < leastCos * m[3] * n[3]) s.mark[h] = s.mark[g] = SHARP;
  }
}
