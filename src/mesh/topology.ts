import { joinSets, rootOf, separateSets } from '../math/index.ts';
import { buildEdges, type Edges, edgeCount, halfEdgeTwins } from './edges.ts';
import type { Mesh } from './mesh.ts';

/** How the triangles of a mesh hang together. Numbers only; the places are in `checkMesh`. */
export interface Topology {
  readonly vertices: number;
  readonly edges: number;
  readonly triangles: number;
  /** Edges of one triangle. */
  readonly boundaryEdges: number;
  /** Edges of three or more triangles. */
  readonly nonManifoldEdges: number;
  /** Edges whose two triangles disagree about outward. */
  readonly inconsistentEdges: number;
  /** Pieces joined by shared vertices. */
  readonly components: number;
  /** V − E + F over vertices in use. */
  readonly euler: number;
}

export function topologyOf(mesh: Mesh, edges: Edges = buildEdges(mesh)): Topology {
  const { start, halfEdges } = edges;
  const t = mesh.triangles;
  let boundaryEdges = 0;
  let nonManifoldEdges = 0;
  let inconsistentEdges = 0;
  for (let e = 0; e < edgeCount(edges); e++) {
    const n = start[e + 1] - start[e];
    if (n === 1) boundaryEdges++;
    else if (n > 2) nonManifoldEdges++;
    else if (t[halfEdges[start[e]]] === t[halfEdges[start[e] + 1]]) inconsistentEdges++;
  }
  const used = new Uint8Array(mesh.positions.length / 3);
  for (let i = 0; i < t.length; i++) used[t[i]] = 1;
  let vertices = 0;
  for (const u of used) vertices += u;
  return {
    vertices,
    edges: edgeCount(edges),
    triangles: t.length / 3,
    boundaryEdges,
    nonManifoldEdges,
    inconsistentEdges,
    components: components(mesh).count,
    euler: vertices - edgeCount(edges) + t.length / 3,
  };
}

export interface Components {
  readonly count: number;
  /** Component of every triangle; numbered in the order of their first triangles. */
  readonly ofTriangle: Uint32Array;
}

/** Pieces that share vertices. */
export function components({ positions, triangles: t }: Mesh): Components {
  const parent = separateSets(positions.length / 3);
  for (let i = 0; i < t.length; i += 3) {
    joinSets(parent, t[i], t[i + 1]);
    joinSets(parent, t[i], t[i + 2]);
  }
  return numbered(t.length / 3, (i) => rootOf(parent, t[3 * i]));
}

/** Pieces whose triangles share edges of exactly two triangles: what a walk over the surface can reach. */
export function edgeComponents(mesh: Mesh, twins: Int32Array = halfEdgeTwins(mesh, buildEdges(mesh))): Components {
  const n = mesh.triangles.length / 3;
  const parent = separateSets(n);
  for (let h = 0; h < twins.length; h++) if (twins[h] > h) joinSets(parent, (h / 3) | 0, (twins[h] / 3) | 0);
  return numbered(n, (i) => rootOf(parent, i));
}

function numbered(n: number, setOf: (i: number) => number): Components {
  const ofTriangle = new Uint32Array(n);
  const number = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const root = setOf(i);
    let c = number.get(root);
    if (c === undefined) {
      c = number.size;
      number.set(root, c);
    }
    ofTriangle[i] = c;
  }
  return { count: number.size, ofTriangle };
}

/** The triangles of one component (or several), vertices renumbered. */
export function pickTriangles({ positions, triangles: t }: Mesh, wanted: (triangle: number) => boolean): Mesh {
  const out: number[] = [];
  for (let i = 0; i < t.length / 3; i++) if (wanted(i)) out.push(t[3 * i], t[3 * i + 1], t[3 * i + 2]);
  return compact({ positions, triangles: Uint32Array.from(out) });
}

/** Drops vertices that no triangle uses; the others keep their order. */
export function compact({ positions, triangles }: Mesh): Mesh {
  const n = positions.length / 3;
  const used = new Uint8Array(n);
  for (let i = 0; i < triangles.length; i++) used[triangles[i]] = 1;
  const to = new Uint32Array(n);
  let kept = 0;
  for (let v = 0; v < n; v++) if (used[v]) to[v] = kept++;
  if (kept === n) return { positions, triangles };
  const points = new Float64Array(3 * kept);
  for (let v = 0; v < n; v++) if (used[v]) for (let k = 0; k < 3; k++) points[3 * to[v] + k] = positions[3 * v + k];
  return { positions: points, triangles: triangles.map((v) => to[v]) };
}

/**
 * Boundaries as closed chains of vertices, in the direction of their triangles' half-edges (so a patch that closes one
 * runs it the other way). Each starts at its smallest half-edge; at a vertex where several meet they are told apart by
 * turning about the vertex.
 */
export function boundaryLoops(mesh: Mesh, twins: Int32Array = halfEdgeTwins(mesh, buildEdges(mesh))): Uint32Array[] {
  const t = mesh.triangles;
  const done = new Uint8Array(twins.length);
  const loops: Uint32Array[] = [];
  const next = (h: number): number => h - (h % 3) + ((h + 1) % 3);
  for (let h = 0; h < twins.length; h++) {
    if (twins[h] >= 0 || done[h]) continue;
    const loop: number[] = [];
    let at = h;
    while (!done[at]) {
      done[at] = 1;
      loop.push(t[at]);
      at = next(at);
      while (twins[at] >= 0) at = next(twins[at]);
    }
    loops.push(Uint32Array.from(loop));
  }
  return loops;
}
