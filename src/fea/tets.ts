import { OsteonError, type Vec3 } from '../base/index.ts';

/**
 * A volume of tetrahedra. Corners come first in `positions`, then the mid-side nodes. Each element lists its corners,
 * positive volume, then (order 2) its mid-sides on the edges 01, 12, 02, 03, 13, 23: the order of CalculiX's C3D10.
 */
export interface TetMesh {
  readonly order: 1 | 2;
  /** Nodes that are corners of elements: the first of all. */
  readonly corners: number;
  /** Three numbers a node, LPS mm. */
  readonly positions: Float64Array;
  /** Four or ten nodes an element. */
  readonly tets: Uint32Array;
  /** Which material each element is of. */
  readonly parts: Uint8Array;
}

/** Corner pairs of the six mid-sides. */
export const TET_EDGES = [0, 1, 1, 2, 0, 2, 0, 3, 1, 3, 2, 3] as const;
/** Corners of the four faces, counter-clockwise from outside; face k + 1 of CalculiX is face k here. */
export const TET_FACES = [
  [0, 2, 1],
  [0, 1, 3],
  [1, 2, 3],
  [2, 0, 3],
] as const;
/** Mid-sides of the same faces, on the edges that start at each of their corners. */
export const TET_FACE_MIDS = [
  [6, 5, 4],
  [4, 8, 7],
  [5, 9, 8],
  [6, 7, 9],
] as const;

export const nodesPerTet = (mesh: Pick<TetMesh, 'order'>): 4 | 10 => (mesh.order === 1 ? 4 : 10);
export const tetCount = (mesh: TetMesh): number => mesh.tets.length / nodesPerTet(mesh);
export const nodeCount = (mesh: TetMesh): number => mesh.positions.length / 3;
export const nodeAt = ({ positions: p }: TetMesh, node: number): Vec3 => [
  p[3 * node],
  p[3 * node + 1],
  p[3 * node + 2],
];

/**
 * A mesh of linear tetrahedra, checked.
 * @throws fea.element where an element is flat or inside out, with its place
 */
export function linearTets(positions: Float64Array, tets: Uint32Array, parts?: Uint8Array): TetMesh {
  const mesh: TetMesh = {
    order: 1,
    corners: positions.length / 3,
    positions,
    tets,
    parts: parts ?? new Uint8Array(tets.length / 4),
  };
  const six = sixVolumes(mesh);
  for (let e = 0; e < six.length; e++)
    if (!(six[e] > 0)) {
      const [x, y, z] = nodeAt(mesh, tets[4 * e]);
      throw new OsteonError('fea.element', { element: e, volumeMm3: six[e] / 6, xMm: x, yMm: y, zMm: z });
    }
  return mesh;
}

/** Six times the volume of each element between its corners, mm³. */
export function sixVolumes(mesh: TetMesh): Float64Array {
  const stride = nodesPerTet(mesh);
  const out = new Float64Array(mesh.tets.length / stride);
  for (let e = 0; e < out.length; e++) out[e] = sixVolumeAt(mesh.positions, mesh.tets, stride * e);
  return out;
}

/** The same of the element that starts at `tets[i]`. */
export function sixVolumeAt(p: Float64Array, tets: Uint32Array, i: number): number {
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
  return ux * (vy * wz - vz * wy) + uy * (vz * wx - vx * wz) + uz * (vx * wy - vy * wx);
}

/**
 * Every edge once, numbered in the order in which elements name them, and the six edges of each element.
 * @cost O(elements): 60 ms for 160 000
 */
export function tetEdges(tets: Uint32Array, stride: number, corners: number): { ends: Uint32Array; of: Uint32Array } {
  const n = tets.length / stride;
  const of = new Uint32Array(6 * n);
  // Edges of a corner in a list: first[low] → edge → next[edge]. No mesh has more than six edges an element.
  const ends = new Uint32Array(12 * n);
  const first = new Int32Array(corners).fill(-1);
  const next = new Int32Array(6 * n);
  let count = 0;
  for (let e = 0; e < n; e++)
    for (let k = 0; k < 6; k++) {
      const a = tets[stride * e + TET_EDGES[2 * k]];
      const b = tets[stride * e + TET_EDGES[2 * k + 1]];
      const low = a < b ? a : b;
      const high = a < b ? b : a;
      let edge = first[low];
      while (edge >= 0 && ends[2 * edge + 1] !== high) edge = next[edge];
      if (edge < 0) {
        edge = count++;
        ends[2 * edge] = low;
        ends[2 * edge + 1] = high;
        next[edge] = first[low];
        first[low] = edge;
      }
      of[6 * e + k] = edge;
    }
  return { ends: ends.slice(0, 2 * count), of };
}

/** The same elements with nodes in the middle of their edges; edges stay straight. */
export function toQuadratic(mesh: TetMesh): TetMesh {
  if (mesh.order === 2) return mesh;
  const { corners, positions: p, tets, parts } = mesh;
  const { ends, of } = tetEdges(tets, 4, corners);
  const mids = ends.length / 2;
  const positions = new Float64Array(p.length + 3 * mids);
  positions.set(p);
  for (let m = 0; m < mids; m++)
    for (let i = 0; i < 3; i++)
      positions[p.length + 3 * m + i] = (p[3 * ends[2 * m] + i] + p[3 * ends[2 * m + 1] + i]) / 2;
  const n = tets.length / 4;
  const quadratic = new Uint32Array(10 * n);
  for (let e = 0; e < n; e++) {
    for (let k = 0; k < 4; k++) quadratic[10 * e + k] = tets[4 * e + k];
    for (let k = 0; k < 6; k++) quadratic[10 * e + 4 + k] = corners + of[6 * e + k];
  }
  return { order: 2, corners, positions, tets: quadratic, parts };
}

/** The corners alone. */
export function toLinear(mesh: TetMesh): TetMesh {
  if (mesh.order === 1) return mesh;
  const n = tetCount(mesh);
  const tets = new Uint32Array(4 * n);
  for (let e = 0; e < n; e++) for (let k = 0; k < 4; k++) tets[4 * e + k] = mesh.tets[10 * e + k];
  return {
    order: 1,
    corners: mesh.corners,
    positions: mesh.positions.slice(0, 3 * mesh.corners),
    tets,
    parts: mesh.parts,
  };
}

/** The two corners of every mid-side node, in the order of the nodes; empty for order 1. */
export function midSideEnds(mesh: TetMesh): Uint32Array {
  const { tets, corners } = mesh;
  if (mesh.order === 1) return new Uint32Array(0);
  const ends = new Uint32Array(2 * (nodeCount(mesh) - corners));
  for (let e = 0; e < tets.length; e += 10)
    for (let k = 0; k < 6; k++) {
      const m = tets[e + 4 + k] - corners;
      ends[2 * m] = tets[e + TET_EDGES[2 * k]];
      ends[2 * m + 1] = tets[e + TET_EDGES[2 * k + 1]];
    }
  return ends;
}
