import { joinSets, rootOf, separateSets } from '../math/index.ts';
import { buildEdges, type Edges, edgeCount } from './edges.ts';
import type { Mesh } from './mesh.ts';
import { compact } from './topology.ts';

/** Takes away fins: triangles with an open edge that hang on an edge of three or more, again and again. */
export function dropFins(mesh: Mesh): { mesh: Mesh; dropped: number } {
  let at = mesh;
  for (;;) {
    const { start, edgeOf } = buildEdges(at);
    const size = (h: number): number => start[edgeOf[h] + 1] - start[edgeOf[h]];
    const kept: number[] = [];
    for (let i = 0; i < at.triangles.length; i += 3) {
      const sizes = [size(i), size(i + 1), size(i + 2)];
      if (Math.min(...sizes) === 1 && Math.max(...sizes) > 2) continue;
      kept.push(at.triangles[i], at.triangles[i + 1], at.triangles[i + 2]);
    }
    if (kept.length === at.triangles.length) break;
    at = { positions: at.positions, triangles: Uint32Array.from(kept) };
  }
  const dropped = (mesh.triangles.length - at.triangles.length) / 3;
  return { mesh: dropped > 0 ? compact(at) : mesh, dropped };
}

/**
 * Gives every fan of triangles at a vertex a vertex of its own, so that bodies that touch in points or along edges come
 * apart. At an edge of four or more triangles those with solid between them stay together.
 * @requires neighbours that agree about outward, for the pairs at edges of four
 */
export function splitFans(mesh: Mesh): { mesh: Mesh; added: number } {
  const { positions, triangles: t } = mesh;
  const edges = buildEdges(mesh);
  const corner = separateSets(t.length);
  const next = (h: number): number => (h % 3 === 2 ? h - 2 : h + 1);
  for (let e = 0; e < edgeCount(edges); e++)
    for (const [a, b] of pairsAt(mesh, edges, e)) {
      const opposite = t[a] !== t[b];
      joinSets(corner, a, opposite ? next(b) : b);
      joinSets(corner, next(a), opposite ? b : next(b));
    }
  const owner = new Int32Array(positions.length / 3).fill(-1);
  const points: number[] = [];
  const vertexOf = new Map<number, number>();
  const out = new Uint32Array(t.length);
  for (let h = 0; h < t.length; h++) {
    const root = rootOf(corner, h);
    const v = t[root];
    if (owner[v] < 0) owner[v] = root;
    if (owner[v] === root) out[h] = v;
    else {
      let copy = vertexOf.get(root);
      if (copy === undefined) {
        copy = (positions.length + points.length) / 3;
        vertexOf.set(root, copy);
        points.push(positions[3 * v], positions[3 * v + 1], positions[3 * v + 2]);
      }
      out[h] = copy;
    }
  }
  if (points.length === 0) return { mesh, added: 0 };
  const all = new Float64Array(positions.length + points.length);
  all.set(positions);
  all.set(points, positions.length);
  return { mesh: { positions: all, triangles: out }, added: points.length / 3 };
}

/** Pairs of half-edges of one edge whose triangles belong to one sheet. */
function pairsAt(mesh: Mesh, { start, halfEdges, vertices }: Edges, e: number): [number, number][] {
  const list = Array.from(halfEdges.subarray(start[e], start[e + 1]));
  if (list.length === 1) return [];
  if (list.length === 2) return [[list[0], list[1]]];
  const a = vertices[2 * e];
  const forward = list.filter((h) => mesh.triangles[h] === a);
  const backward = list.filter((h) => mesh.triangles[h] !== a);
  if (forward.length !== backward.length) return [];
  // About the edge, the solid lies below a forward triangle and above a backward one.
  const angle = anglesAbout(mesh, a, vertices[2 * e + 1]);
  const marks = [...forward, ...backward].map((h) => ({ h, at: angle(h), forward: mesh.triangles[h] === a }));
  marks.sort((x, y) => x.at - y.at || x.h - y.h);
  const pairs: [number, number][] = [];
  for (let i = 0; i < marks.length; i++) {
    const below = marks[(i + marks.length - 1) % marks.length];
    if (!marks[i].forward) continue;
    if (below.forward) return [];
    pairs.push([marks[i].h, below.h]);
  }
  return pairs;
}

/** Angle of a half-edge's triangle about edge ab, from an arbitrary zero. */
function anglesAbout({ positions: p, triangles: t }: Mesh, a: number, b: number): (h: number) => number {
  const axis = [0, 1, 2].map((k) => p[3 * b + k] - p[3 * a + k]);
  const length = Math.sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]) || 1;
  const w = axis.map((x) => x / length);
  const pick = Math.abs(w[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  const cross = (x: readonly number[], y: readonly number[]) => [
    x[1] * y[2] - x[2] * y[1],
    x[2] * y[0] - x[0] * y[2],
    x[0] * y[1] - x[1] * y[0],
  ];
  const u = cross(w, pick);
  const v = cross(w, u);
  return (h) => {
    const third = t[h % 3 === 0 ? h + 2 : h - 1];
    const d = [0, 1, 2].map((k) => p[3 * third + k] - p[3 * a + k]);
    return Math.atan2(d[0] * v[0] + d[1] * v[1] + d[2] * v[2], d[0] * u[0] + d[1] * u[1] + d[2] * u[2]);
  };
}
