import { type Blocks, findBlock } from './blocks.ts';
import { midSideEnds, nodesPerTet, TET_EDGES, type TetMesh, tetCount, tetEdges } from './tets.ts';

/** Directed springs from nodes to the ground: a symmetric 3 × 3 matrix each, N/mm: xx, yy, zz, xy, yz, xz. */
export interface Springs {
  readonly nodes: Uint32Array;
  readonly stiffness: Float64Array;
}
export const NO_SPRINGS: Springs = { nodes: new Uint32Array(0), stiffness: new Float64Array(0) };

/**
 * Stiffness of linear tetrahedra between the corners of a mesh, springs included. Rows and columns of fixed directions are
 * empty. Springs at mid-side nodes act on the two corners beside them, as linear displacement wants it.
 * @param lameMPa λ and μ of each element
 * @param fixed one flag a direction of each node (of the quadratic mesh, if it is one)
 * @cost 0.3 s for 160 000 elements
 */
export function linearMatrix(mesh: TetMesh, lameMPa: Float64Array, springs: Springs, fixed: Uint8Array): Blocks {
  const matrix = emptyMatrix(mesh);
  addElements(matrix, mesh, lameMPa);
  addSprings(matrix.blocks, mesh, springs);
  clearFixed(matrix.blocks, fixed);
  return matrix.blocks;
}

interface Slots {
  readonly blocks: Blocks;
  readonly edges: Uint32Array;
  readonly diagonal: Uint32Array;
  /** Blocks (low, high) and (high, low) of each edge. */
  readonly upper: Uint32Array;
  readonly lower: Uint32Array;
}

function emptyMatrix(mesh: TetMesh): Slots {
  const rows = mesh.corners;
  const { ends, of } = tetEdges(mesh.tets, nodesPerTet(mesh), rows);
  const start = new Uint32Array(rows + 1);
  for (const v of ends) start[v + 1]++;
  for (let i = 0; i < rows; i++) start[i + 1] += start[i] + 1;
  const fill = start.slice(0, rows);
  const column = new Uint32Array(start[rows]);
  for (let i = 0; i < rows; i++) column[fill[i]++] = i;
  for (let e = 0; e < ends.length; e += 2) {
    column[fill[ends[e]]++] = ends[e + 1];
    column[fill[ends[e + 1]]++] = ends[e];
  }
  for (let i = 0; i < rows; i++) column.subarray(start[i], start[i + 1]).sort();
  const values = new Float64Array(9 * column.length);
  const blocks: Blocks = { rows, columns: rows, high: 3, wide: 3, start, column, values };
  const edges = ends.length / 2;
  const upper = new Uint32Array(edges);
  const lower = new Uint32Array(edges);
  for (let e = 0; e < edges; e++) {
    upper[e] = findBlock(blocks, ends[2 * e], ends[2 * e + 1]);
    lower[e] = findBlock(blocks, ends[2 * e + 1], ends[2 * e]);
  }
  const diagonal = Uint32Array.from({ length: rows }, (_, i) => findBlock(blocks, i, i));
  return { blocks, edges: of, diagonal, upper, lower };
}

/** Gradients of the four barycentric coordinates between the corners: twelve numbers; returns the volume. */
export function linearGradients(p: Float64Array, tets: Uint32Array, i: number, out: Float64Array): number {
  const a = 3 * tets[i];
  const b = 3 * tets[i + 1];
  const c = 3 * tets[i + 2];
  const d = 3 * tets[i + 3];
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a];
  const vy = p[c + 1] - p[a + 1];
  const vz = p[c + 2] - p[a + 2];
  const wx = p[d] - p[a];
  const wy = p[d + 1] - p[a + 1];
  const wz = p[d + 2] - p[a + 2];
  const det = ux * (vy * wz - vz * wy) + uy * (vz * wx - vx * wz) + uz * (vx * wy - vy * wx);
  out[3] = (vy * wz - vz * wy) / det;
  out[4] = (vz * wx - vx * wz) / det;
  out[5] = (vx * wy - vy * wx) / det;
  out[6] = (wy * uz - wz * uy) / det;
  out[7] = (wz * ux - wx * uz) / det;
  out[8] = (wx * uy - wy * ux) / det;
  out[9] = (uy * vz - uz * vy) / det;
  out[10] = (uz * vx - ux * vz) / det;
  out[11] = (ux * vy - uy * vx) / det;
  for (let k = 0; k < 3; k++) out[k] = -out[3 + k] - out[6 + k] - out[9 + k];
  return det / 6;
}

function addElements({ blocks, edges, diagonal, upper, lower }: Slots, mesh: TetMesh, lameMPa: Float64Array): void {
  const { values } = blocks;
  const g = new Float64Array(12);
  const stride = nodesPerTet(mesh);
  const n = tetCount(mesh);
  for (let e = 0; e < n; e++) {
    const volume = linearGradients(mesh.positions, mesh.tets, stride * e, g);
    const l = lameMPa[2 * e] * volume;
    const m = lameMPa[2 * e + 1] * volume;
    for (let a = 0; a < 4; a++) addBlock(values, 9 * diagonal[mesh.tets[stride * e + a]], g, 3 * a, 3 * a, l, m);
    for (let k = 0; k < 6; k++) {
      const a = TET_EDGES[2 * k];
      const b = TET_EDGES[2 * k + 1];
      const edge = edges[6 * e + k];
      const up = mesh.tets[stride * e + a] < mesh.tets[stride * e + b];
      addBlock(values, 9 * (up ? upper : lower)[edge], g, 3 * a, 3 * b, l, m);
      addBlock(values, 9 * (up ? lower : upper)[edge], g, 3 * b, 3 * a, l, m);
    }
  }
}

/** λ·g_a g_bᵀ + μ·g_b g_aᵀ + μ·(g_a·g_b)·1. */
function addBlock(v: Float64Array, o: number, g: Float64Array, a: number, b: number, l: number, m: number): void {
  const dot = m * (g[a] * g[b] + g[a + 1] * g[b + 1] + g[a + 2] * g[b + 2]);
  for (let r = 0; r < 3; r++)
    for (let c = 0; c < 3; c++) v[o + 3 * r + c] += l * g[a + r] * g[b + c] + m * g[b + r] * g[a + c];
  v[o] += dot;
  v[o + 4] += dot;
  v[o + 8] += dot;
}

const SPREAD = [0, 3, 5, 3, 1, 4, 5, 4, 2];

function addSprings(blocks: Blocks, mesh: TetMesh, { nodes, stiffness }: Springs): void {
  if (nodes.length === 0) return;
  const ends = midSideEnds(mesh);
  const add = (row: number, column: number, spring: number, share: number) => {
    const o = 9 * findBlock(blocks, row, column);
    for (let k = 0; k < 9; k++) blocks.values[o + k] += share * stiffness[6 * spring + SPREAD[k]];
  };
  nodes.forEach((node, s) => {
    if (node < mesh.corners) {
      add(node, node, s, 1);
      return;
    }
    const a = ends[2 * (node - mesh.corners)];
    const b = ends[2 * (node - mesh.corners) + 1];
    add(a, a, s, 0.25);
    add(b, b, s, 0.25);
    add(a, b, s, 0.25);
    add(b, a, s, 0.25);
  });
}

function clearFixed({ rows, start, column, values }: Blocks, fixed: Uint8Array): void {
  for (let i = 0; i < rows; i++)
    for (let at = start[i]; at < start[i + 1]; at++)
      for (let r = 0; r < 3; r++)
        for (let c = 0; c < 3; c++) if (fixed[3 * i + r] || fixed[3 * column[at] + c]) values[9 * at + 3 * r + c] = 0;
}
