import type { Mesh } from './mesh.ts';

/**
 * The edges of a mesh. Half-edge h = 3·triangle + k runs from corner k to corner k + 1 of its triangle.
 * Edges are numbered by their smaller vertex, then by the larger one, so equal meshes give equal tables.
 */
export interface Edges {
  /** Two vertices an edge, the smaller first. */
  readonly vertices: Uint32Array;
  /** The half-edges of edge e: `halfEdges[start[e]]` to `halfEdges[start[e + 1] − 1]`, ascending. */
  readonly start: Uint32Array;
  readonly halfEdges: Uint32Array;
  /** Edge of every half-edge. */
  readonly edgeOf: Uint32Array;
}

/** @cost O(triangles): 25 ms for 100 000 */
export function buildEdges({ positions, triangles: t }: Mesh): Edges {
  const n = positions.length / 3;
  const h = t.length;
  // Counting sort of half-edges by smaller vertex; within one bucket (about six) insertion by larger vertex, then h.
  const bucket = new Uint32Array(n + 1);
  const other = new Uint32Array(h);
  for (let i = 0; i < h; i++) {
    const a = t[i];
    const b = t[i % 3 === 2 ? i - 2 : i + 1];
    bucket[Math.min(a, b) + 1]++;
    other[i] = Math.max(a, b);
  }
  for (let v = 0; v < n; v++) bucket[v + 1] += bucket[v];
  const fill = bucket.slice(0, n);
  const halfEdges = new Uint32Array(h);
  for (let i = 0; i < h; i++) {
    const a = t[i];
    const b = t[i % 3 === 2 ? i - 2 : i + 1];
    halfEdges[fill[Math.min(a, b)]++] = i;
  }
  const start = new Uint32Array(h + 1);
  const vertices = new Uint32Array(2 * h);
  const edgeOf = new Uint32Array(h);
  let edges = 0;
  for (let v = 0; v < n; v++) {
    const from = bucket[v];
    const to = bucket[v + 1];
    if (to - from > 64) halfEdges.subarray(from, to).sort((x, y) => other[x] - other[y] || x - y);
    else
      for (let i = from + 1; i < to; i++) {
        const x = halfEdges[i];
        let j = i - 1;
        while (j >= from && other[halfEdges[j]] > other[x]) {
          halfEdges[j + 1] = halfEdges[j];
          j--;
        }
        halfEdges[j + 1] = x;
      }
    for (let i = from; i < to; i++) {
      const x = halfEdges[i];
      if (i === from || other[x] !== other[halfEdges[i - 1]]) {
        start[edges] = i;
        vertices[2 * edges] = v;
        vertices[2 * edges + 1] = other[x];
        edges++;
      }
      edgeOf[x] = edges - 1;
    }
  }
  start[edges] = h;
  return { vertices: vertices.slice(0, 2 * edges), start: start.slice(0, edges + 1), halfEdges, edgeOf };
}

export const edgeCount = (edges: Edges): number => edges.start.length - 1;

/**
 * The half-edge on the other side of each half-edge, or −1 where there is none (boundary), or where there is no single
 * one that runs the other way (edge of three or more triangles, or neighbours that disagree about outward).
 */
export function halfEdgeTwins({ triangles: t }: Mesh, edges: Edges): Int32Array {
  const { start, halfEdges } = edges;
  const twins = new Int32Array(t.length).fill(-1);
  for (let e = 0; e < start.length - 1; e++) {
    if (start[e + 1] - start[e] !== 2) continue;
    const a = halfEdges[start[e]];
    const b = halfEdges[start[e] + 1];
    if (t[a] === t[b]) continue;
    twins[a] = b;
    twins[b] = a;
  }
  return twins;
}

/** Lists of neighbours: those of item i are `items[start[i]]` to `items[start[i + 1] − 1]`. */
export interface Lists {
  readonly start: Uint32Array;
  readonly items: Uint32Array;
}

/** Vertices joined to each vertex by an edge, ascending. */
export function vertexNeighbours({ positions }: Mesh, edges: Edges): Lists {
  const n = positions.length / 3;
  const { vertices } = edges;
  const start = new Uint32Array(n + 1);
  for (let i = 0; i < vertices.length; i++) start[vertices[i] + 1]++;
  for (let v = 0; v < n; v++) start[v + 1] += start[v];
  const fill = start.slice(0, n);
  const items = new Uint32Array(vertices.length);
  // Edges come sorted by (smaller, larger): first the smaller neighbours of every vertex, then the larger ones.
  for (let i = 0; i < vertices.length; i += 2) items[fill[vertices[i + 1]]++] = vertices[i];
  for (let i = 0; i < vertices.length; i += 2) items[fill[vertices[i]]++] = vertices[i + 1];
  return { start, items };
}

/** Triangles at each vertex, ascending. */
export function vertexTriangles({ positions, triangles: t }: Mesh): Lists {
  const n = positions.length / 3;
  const start = new Uint32Array(n + 1);
  for (let i = 0; i < t.length; i++) start[t[i] + 1]++;
  for (let v = 0; v < n; v++) start[v + 1] += start[v];
  const fill = start.slice(0, n);
  const items = new Uint32Array(t.length);
  for (let i = 0; i < t.length; i++) items[fill[t[i]]++] = (i / 3) | 0;
  return { start, items };
}
