import { OsteonError } from '../base/index.ts';
import { buildEdges, halfEdgeTwins } from './edges.ts';
import type { Mesh } from './mesh.ts';

/**
 * A closed surface that can be changed: half-edge h = 3·triangle + k runs from corner k to corner k + 1. Private to the
 * remeshing and simplifying of this room; nothing of it leaves. A dead triangle has −1 in `from`.
 */
export interface HalfEdges {
  points: Float64Array;
  /** Vertex each half-edge starts at. */
  from: Int32Array;
  twin: Int32Array;
  /** Any mark that belongs to an edge and follows it through flips and splits. */
  mark: Uint8Array;
  /** One half-edge leaving each vertex; −1 for a dead vertex. */
  out: Int32Array;
  vertices: number;
  halfEdges: number;
}

export const nextOf = (h: number): number => (h % 3 === 2 ? h - 2 : h + 1);
export const prevOf = (h: number): number => (h % 3 === 0 ? h + 2 : h - 1);

/**
 * Vertices where two fans only touch are doubled, one for each fan.
 * @throws mesh.empty, mesh.not-closed, mesh.not-manifold
 */
export function halfEdgesOf(mesh: Mesh): HalfEdges {
  const { positions, triangles: t } = mesh;
  if (t.length === 0) throw new OsteonError('mesh.empty');
  const edges = buildEdges(mesh);
  const twin = halfEdgeTwins(mesh, edges);
  for (let h = 0; h < twin.length; h++) {
    if (twin[h] >= 0) continue;
    const e = edges.edgeOf[h];
    const code = edges.start[e + 1] - edges.start[e] === 1 ? 'mesh.not-closed' : 'mesh.not-manifold';
    const at = [0, 1, 2].map((k) => (positions[3 * t[h] + k] + positions[3 * t[nextOf(h)] + k]) / 2);
    throw new OsteonError(code, { xMm: at[0], yMm: at[1], zMm: at[2] }, 'Repair the mesh first.');
  }
  const mark = new Uint8Array(t.length);
  const from = Int32Array.from(t);
  const out = new Int32Array(positions.length / 3).fill(-1);
  const done = new Uint8Array(t.length);
  const extraPoints: number[] = [];
  const extraOut: number[] = [];
  for (let h = 0; h < t.length; h++) {
    if (done[h]) continue;
    let v = from[h];
    if (out[v] < 0) out[v] = h;
    else {
      v = out.length + extraOut.length;
      extraOut.push(h);
      for (let k = 0; k < 3; k++) extraPoints.push(positions[3 * from[h] + k]);
    }
    for (let at = h; !done[at]; at = twin[prevOf(at)]) {
      done[at] = 1;
      from[at] = v;
    }
  }
  const points = new Float64Array(positions.length + extraPoints.length);
  points.set(positions);
  points.set(extraPoints, positions.length);
  const allOut = new Int32Array(out.length + extraOut.length);
  allOut.set(out);
  allOut.set(extraOut, out.length);
  return { points, from, twin, mark, out: allOut, vertices: allOut.length, halfEdges: t.length };
}

/** The living triangles, vertices renumbered in their order. */
export function meshOf(s: HalfEdges): Mesh {
  const to = new Int32Array(s.vertices).fill(-1);
  let kept = 0;
  for (let v = 0; v < s.vertices; v++) if (s.out[v] >= 0) to[v] = kept++;
  const positions = new Float64Array(3 * kept);
  for (let v = 0; v < s.vertices; v++)
    if (to[v] >= 0) for (let k = 0; k < 3; k++) positions[3 * to[v] + k] = s.points[3 * v + k];
  let corners = 0;
  for (let h = 0; h < s.halfEdges; h++) if (s.from[h] >= 0) corners++;
  const triangles = new Uint32Array(corners);
  corners = 0;
  for (let h = 0; h < s.halfEdges; h++) if (s.from[h] >= 0) triangles[corners++] = to[s.from[h]];
  return { positions, triangles };
}

/** Number of edges at a vertex. */
export function valence({ out, twin }: HalfEdges, v: number): number {
  let n = 0;
  let h = out[v];
  do {
    n++;
    h = twin[prevOf(h)];
  } while (h !== out[v]);
  return n;
}

/** Whether an edge joins a and b. */
export function joined({ out, twin, from }: HalfEdges, a: number, b: number): boolean {
  let h = out[a];
  do {
    const p = prevOf(h);
    if (from[p] === b) return true;
    h = twin[p];
  } while (h !== out[a]);
  return false;
}

/** Puts a new vertex on an edge; its two triangles become four. Returns the vertex. */
export function splitEdge(s: HalfEdges, h: number, x: number, y: number, z: number): number {
  reserve(s);
  const { from, twin, mark, out, points } = s;
  const g = twin[h];
  const hn = nextOf(h);
  const gp = prevOf(g);
  const m = s.vertices++;
  points[3 * m] = x;
  points[3 * m + 1] = y;
  points[3 * m + 2] = z;
  const n = s.halfEdges;
  const q = n + 3;
  s.halfEdges += 6;
  const b = from[g];
  const c = from[prevOf(h)];
  const d = from[gp];
  from[n] = m;
  from[n + 1] = b;
  from[n + 2] = c;
  from[q] = b;
  from[q + 1] = m;
  from[q + 2] = d;
  mark[n] = mark[h];
  mark[q] = mark[h];
  mark[n + 1] = mark[hn];
  mark[q + 2] = mark[gp];
  mark[n + 2] = 0;
  mark[q + 1] = 0;
  pair(twin, n + 1, twin[hn]);
  pair(twin, q + 2, twin[gp]);
  pair(twin, hn, n + 2);
  pair(twin, gp, q + 1);
  pair(twin, n, q);
  from[hn] = m;
  from[g] = m;
  mark[hn] = 0;
  mark[gp] = 0;
  out[m] = n;
  out[b] = q;
  return m;
}

/** Turns an edge inside its two triangles; the caller has checked that the new edge does not exist yet. */
export function flipEdge({ from, twin, mark, out }: HalfEdges, h: number): void {
  const g = twin[h];
  const hn = nextOf(h);
  const hp = prevOf(h);
  const gn = nextOf(g);
  const gp = prevOf(g);
  const a = from[h];
  const b = from[g];
  const c = from[hp];
  const d = from[gp];
  const bc = twin[hn];
  const ca = twin[hp];
  const ad = twin[gn];
  const db = twin[gp];
  const [mbc, mca, mad, mdb] = [mark[hn], mark[hp], mark[gn], mark[gp]];
  from[h] = d;
  from[hn] = c;
  from[hp] = a;
  from[g] = c;
  from[gn] = d;
  from[gp] = b;
  pair(twin, hn, ca);
  pair(twin, hp, ad);
  pair(twin, gn, db);
  pair(twin, gp, bc);
  mark[hn] = mca;
  mark[hp] = mad;
  mark[gn] = mdb;
  mark[gp] = mbc;
  out[a] = hp;
  out[b] = gp;
  out[c] = g;
  out[d] = h;
}

/** Whether an edge can be taken away and the surface stay a surface: its ends share exactly the two opposite corners. */
export function canCollapse(s: HalfEdges, h: number): boolean {
  const { from, twin, out } = s;
  const g = twin[h];
  const a = from[h];
  const b = from[g];
  const c = from[prevOf(h)];
  const d = from[prevOf(g)];
  if (c === d || valence(s, c) <= 3 || valence(s, d) <= 3) return false;
  let i = out[a];
  do {
    const p = prevOf(i);
    const v = from[p];
    if (v !== b && v !== c && v !== d && joined(s, v, b)) return false;
    i = twin[p];
  } while (i !== out[a]);
  return true;
}

/** Takes edge h away: its start merges into its end, its two triangles die. The end keeps its place. */
export function collapseEdge(s: HalfEdges, h: number): void {
  const { from, twin, mark, out } = s;
  const g = twin[h];
  const hn = nextOf(h);
  const hp = prevOf(h);
  const gn = nextOf(g);
  const gp = prevOf(g);
  const a = from[h];
  const b = from[g];
  const c = from[hp];
  const d = from[gp];
  let i = h;
  do {
    from[i] = b;
    i = twin[prevOf(i)];
  } while (i !== h);
  const x = twin[hn];
  const y = twin[hp];
  const u = twin[gn];
  const w = twin[gp];
  pair(twin, x, y);
  pair(twin, u, w);
  mark[x] = mark[y] = Math.max(mark[x], mark[y]);
  mark[u] = mark[w] = Math.max(mark[u], mark[w]);
  out[a] = -1;
  out[b] = y;
  out[c] = x;
  out[d] = u;
  for (const dead of [h, hn, hp, g, gn, gp]) from[dead] = -1;
}

function pair(twin: Int32Array, a: number, b: number): void {
  twin[a] = b;
  twin[b] = a;
}

/** Room for one more vertex and two more triangles. */
function reserve(s: HalfEdges): void {
  if (s.out.length <= s.vertices) {
    s.out = grown(s.out, new Int32Array(2 * s.vertices + 8));
    s.points = grown(s.points, new Float64Array(6 * s.vertices + 24));
  }
  if (s.from.length < s.halfEdges + 6) {
    s.from = grown(s.from, new Int32Array(2 * s.halfEdges + 24));
    s.twin = grown(s.twin, new Int32Array(2 * s.halfEdges + 24));
    s.mark = grown(s.mark, new Uint8Array(2 * s.halfEdges + 24));
  }
}

function grown<A extends Int32Array | Float64Array | Uint8Array>(old: A, bigger: A): A {
  bigger.set(old);
  return bigger;
}
