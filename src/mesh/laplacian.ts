import type { Edges } from './edges.ts';
import { buildEdges, edgeCount } from './edges.ts';
import type { Mesh } from './mesh.ts';

/**
 * The Laplacian of a mesh as rows of weights: (Δf)ᵢ = Σⱼ weight·(fⱼ − fᵢ), neighbours ascending.
 * With weights summing to 1 a row is the pull towards the neighbours; divided by areas instead, it is Δ in 1/mm².
 */
export interface Laplacian {
  readonly start: Uint32Array;
  readonly neighbours: Uint32Array;
  /** ½(cot α + cot β) of each edge at the vertex; never below a small positive part of the largest at it. */
  readonly weights: Float64Array;
  /** Sum of a vertex' weights. */
  readonly sums: Float64Array;
  /** True at vertices of edges with one triangle. */
  readonly boundary: Uint8Array;
}

/** Obtuse needles give huge cotangents of either sign; beyond this a weight says nothing about the shape. */
const MOST_COT = 20;
const LEAST_WEIGHT = 1e-3;

/**
 * @cost O(triangles)
 * @source Pinkall and Polthier, Computing discrete minimal surfaces, 1993
 */
export function cotLaplacian(mesh: Mesh, edges: Edges = buildEdges(mesh)): Laplacian {
  const n = mesh.positions.length / 3;
  const { vertices } = edges;
  const ofEdge = edgeWeights(mesh, edges);
  const start = new Uint32Array(n + 1);
  for (let i = 0; i < vertices.length; i++) start[vertices[i] + 1]++;
  for (let v = 0; v < n; v++) start[v + 1] += start[v];
  const fill = start.slice(0, n);
  const neighbours = new Uint32Array(vertices.length);
  const weights = new Float64Array(vertices.length);
  const boundary = new Uint8Array(n);
  // Edges are sorted by (smaller, larger): smaller neighbours come first when the larger ends are filled first.
  for (const end of [1, 0])
    for (let e = 0; e < edgeCount(edges); e++) {
      const v = vertices[2 * e + end];
      neighbours[fill[v]] = vertices[2 * e + 1 - end];
      weights[fill[v]++] = ofEdge[e];
      if (edges.start[e + 1] - edges.start[e] === 1) boundary[v] = 1;
    }
  const sums = new Float64Array(n);
  for (let v = 0; v < n; v++) for (let i = start[v]; i < start[v + 1]; i++) sums[v] += weights[i];
  return { start, neighbours, weights, sums, boundary };
}

function edgeWeights({ positions: p, triangles: t }: Mesh, { edgeOf, start }: Edges): Float64Array {
  const out = new Float64Array(start.length - 1);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) {
      // Half-edge k faces corner k + 2.
      const a = 3 * t[i + ((k + 2) % 3)];
      const b = 3 * t[i + k];
      const c = 3 * t[i + ((k + 1) % 3)];
      const ux = p[b] - p[a];
      const uy = p[b + 1] - p[a + 1];
      const uz = p[b + 2] - p[a + 2];
      const vx = p[c] - p[a];
      const vy = p[c + 1] - p[a + 1];
      const vz = p[c + 2] - p[a + 2];
      const x = uy * vz - uz * vy;
      const y = uz * vx - ux * vz;
      const z = ux * vy - uy * vx;
      const cot = (ux * vx + uy * vy + uz * vz) / (Math.sqrt(x * x + y * y + z * z) || 1e-30);
      out[edgeOf[i + k]] += Math.max(-MOST_COT, Math.min(MOST_COT, cot)) / 2;
    }
  for (let e = 0; e < out.length; e++) if (out[e] < LEAST_WEIGHT) out[e] = LEAST_WEIGHT;
  return out;
}

/** Σⱼ weight·(fⱼ − fᵢ) / Σ weight for flat xyz data: how far each vertex is from the middle of its neighbours. */
export function pull({ start, neighbours, weights, sums }: Laplacian, f: Float64Array, out: Float64Array): void {
  for (let v = 0; v < sums.length; v++) {
    let x = 0;
    let y = 0;
    let z = 0;
    for (let i = start[v]; i < start[v + 1]; i++) {
      const w = weights[i];
      const b = 3 * neighbours[i];
      x += w * f[b];
      y += w * f[b + 1];
      z += w * f[b + 2];
    }
    const s = sums[v] || 1;
    const on = sums[v] > 0 ? 1 : 0;
    out[3 * v] = x / s - on * f[3 * v];
    out[3 * v + 1] = y / s - on * f[3 * v + 1];
    out[3 * v + 2] = z / s - on * f[3 * v + 2];
  }
}
