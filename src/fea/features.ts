import { type Bvh, buildEdges, closestPoint, edgeCount, type Mesh, unitFaceNormals } from '../mesh/index.ts';
import { type Boundary, faceCount } from './boundary.ts';
import { LEAST_COSINE, tetsAround } from './inclusions.ts';
import { leastDihedralCosine } from './tet-quality.ts';
import type { TetMesh } from './tets.ts';

/** Faces that meet at a greater angle than this make an edge that people see. */
const SHARP_DEG = 40;

/** Sharp edges of a surface as segments in a grid, and the corners where three and more of them meet. */
interface Features {
  readonly corners: readonly number[];
  /** The nearest point on a sharp edge, or null beyond the reach. */
  nearest(x: number, y: number, z: number, reachMm: number): readonly [number, number, number] | null;
}

/**
 * Moves corners of the boundary onto the sharp edges and corners of the solid, which the lattice has cut off: where an edge
 * of the mesh passes over a sharp edge, the end that is nearer to it goes there. No move that would break the promise of the
 * mesher (dihedral angles above 10.7°) is made, so some edges stay cut.
 * @param mesh linear; @param surface of the solid
 * @returns the mesh itself where the solid has no sharp edge
 */
export function sharpen(mesh: TetMesh, boundary: Boundary, surface: Bvh, cellMm: number): TetMesh {
  const features = featuresOf(surface.mesh, cellMm);
  if (!features) return mesh;
  const positions = mesh.positions.slice();
  const moving: TetMesh = { ...mesh, positions };
  const around = tetsAround(mesh);
  const done = new Uint8Array(mesh.corners);
  const move = (node: number, to: readonly number[]): boolean => {
    const before = [positions[3 * node], positions[3 * node + 1], positions[3 * node + 2]];
    for (let k = 0; k < 3; k++) positions[3 * node + k] = to[k];
    for (let i = around.start[node]; i < around.start[node + 1]; i++)
      if (leastDihedralCosine(moving, around.tets[i]) > LEAST_COSINE) {
        for (let k = 0; k < 3; k++) positions[3 * node + k] = before[k];
        return false;
      }
    done[node] = 1;
    return true;
  };
  const outer = outerEdges(boundary, mesh.corners);
  moveToCorners(features, outer.nodes, positions, surface.mesh, cellMm, done, move);

  const { normals, place } = sidesOf(outer.nodes, positions, surface);
  const crossing: { readonly edge: number; readonly off: number }[] = [];
  const cosine = Math.cos((SHARP_DEG * Math.PI) / 180);
  for (let e = 0; e < outer.ends.length; e += 2) {
    const a = 3 * place[outer.ends[e]];
    const b = 3 * place[outer.ends[e + 1]];
    const c = normals[a] * normals[b] + normals[a + 1] * normals[b + 1] + normals[a + 2] * normals[b + 2];
    if (c < cosine) crossing.push({ edge: e, off: Math.min(gap(outer.ends[e]), gap(outer.ends[e + 1])) });
  }
  function gap(node: number): number {
    const [x, y, z] = positions.subarray(3 * node, 3 * node + 3);
    const to = features?.nearest(x, y, z, cellMm);
    return to ? Math.hypot(to[0] - x, to[1] - y, to[2] - z) : Number.POSITIVE_INFINITY;
  }
  crossing.sort((p, q) => p.off - q.off || p.edge - q.edge);
  for (const { edge } of crossing) {
    const pair = [outer.ends[edge], outer.ends[edge + 1]];
    if (pair.some((node) => done[node])) continue;
    for (const node of gap(pair[0]) <= gap(pair[1]) ? pair : pair.reverse()) {
      const [x, y, z] = positions.subarray(3 * node, 3 * node + 3);
      const to = features.nearest(x, y, z, cellMm);
      if (to && move(node, to)) break;
    }
  }
  return moving;
}

/** For every corner of the solid the nearest node of the boundary. */
function moveToCorners(
  { corners }: Features,
  nodes: readonly number[],
  positions: Float64Array,
  solid: Mesh,
  cellMm: number,
  done: Uint8Array,
  move: (node: number, to: readonly number[]) => boolean,
): void {
  for (const corner of corners) {
    const to = solid.positions.subarray(3 * corner, 3 * corner + 3);
    const near = nodes
      .filter((node) => !done[node])
      .map((node) => ({
        node,
        d: Math.hypot(...[0, 1, 2].map((k) => positions[3 * node + k] - to[k])),
      }))
      .filter(({ d }) => d < cellMm)
      .sort((a, b) => a.d - b.d || a.node - b.node);
    for (const { node } of near.slice(0, 4)) if (move(node, Array.from(to))) break;
  }
}

/** Corners and edges of the boundary, each once. */
function outerEdges(boundary: Boundary, corners: number): { nodes: number[]; ends: Uint32Array } {
  const seen = new Uint8Array(corners);
  const ends: number[] = [];
  for (let f = 0; f < faceCount(boundary); f++)
    for (let k = 0; k < 3; k++) {
      const a = boundary.nodes[3 * f + k];
      const b = boundary.nodes[3 * f + ((k + 1) % 3)];
      seen[a] = 1;
      // The neighbour on the other side runs the same edge the other way.
      if (a < b) ends.push(a, b);
    }
  const nodes: number[] = [];
  for (let v = 0; v < corners; v++) if (seen[v]) nodes.push(v);
  return { nodes, ends: Uint32Array.from(ends) };
}

/** Normal of the face of the solid that each node lies on. */
function sidesOf(
  nodes: readonly number[],
  positions: Float64Array,
  surface: Bvh,
): { normals: Float64Array; place: Int32Array } {
  const place = new Int32Array(positions.length / 3).fill(-1);
  const normals = new Float64Array(3 * nodes.length);
  const faces = unitFaceNormals(surface.mesh);
  nodes.forEach((node, i) => {
    place[node] = i;
    const near = closestPoint(surface, positions[3 * node], positions[3 * node + 1], positions[3 * node + 2]);
    if (near) for (let k = 0; k < 3; k++) normals[3 * i + k] = faces[3 * near.triangle + k];
  });
  return { normals, place };
}

function featuresOf(solid: Mesh, cellMm: number): Features | null {
  const edges = buildEdges(solid);
  const normals = unitFaceNormals(solid);
  const cosine = Math.cos((SHARP_DEG * Math.PI) / 180);
  const segments: number[] = [];
  const met = new Map<number, number>();
  for (let e = 0; e < edgeCount(edges); e++) {
    if (edges.start[e + 1] - edges.start[e] !== 2) continue;
    const a = 3 * Math.floor(edges.halfEdges[edges.start[e]] / 3);
    const b = 3 * Math.floor(edges.halfEdges[edges.start[e] + 1] / 3);
    const c = normals[a] * normals[b] + normals[a + 1] * normals[b + 1] + normals[a + 2] * normals[b + 2];
    if (c > cosine) continue;
    const [p, q] = [edges.vertices[2 * e], edges.vertices[2 * e + 1]];
    segments.push(p, q);
    met.set(p, (met.get(p) ?? 0) + 1);
    met.set(q, (met.get(q) ?? 0) + 1);
  }
  if (segments.length === 0) return null;
  const corners = [...met].filter(([, n]) => n > 2).map(([v]) => v);
  corners.sort((a, b) => a - b);
  return { corners, nearest: nearestSegment(solid.positions, segments, cellMm) };
}

/** Segments by the cells of a grid that their boxes touch. */
function nearestSegment(p: Float64Array, segments: readonly number[], cellMm: number): Features['nearest'] {
  const cells = new Map<string, number[]>();
  const at = (x: number) => Math.floor(x / cellMm);
  for (let s = 0; s < segments.length; s += 2) {
    const [a, b] = [3 * segments[s], 3 * segments[s + 1]];
    const lo = [0, 1, 2].map((k) => at(Math.min(p[a + k], p[b + k])));
    const hi = [0, 1, 2].map((k) => at(Math.max(p[a + k], p[b + k])));
    for (let x = lo[0]; x <= hi[0]; x++)
      for (let y = lo[1]; y <= hi[1]; y++)
        for (let z = lo[2]; z <= hi[2]; z++) {
          const key = `${x},${y},${z}`;
          const list = cells.get(key);
          if (list) list.push(s);
          else cells.set(key, [s]);
        }
  }
  return (x, y, z, reachMm) => {
    let best = reachMm * reachMm;
    let found: [number, number, number] | null = null;
    for (let i = at(x - reachMm); i <= at(x + reachMm); i++)
      for (let j = at(y - reachMm); j <= at(y + reachMm); j++)
        for (let k = at(z - reachMm); k <= at(z + reachMm); k++)
          for (const s of cells.get(`${i},${j},${k}`) ?? []) {
            const [a, b] = [3 * segments[s], 3 * segments[s + 1]];
            const d = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
            const long2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
            const along = (x - p[a]) * d[0] + (y - p[a + 1]) * d[1] + (z - p[a + 2]) * d[2];
            const t = long2 > 0 ? Math.min(1, Math.max(0, along / long2)) : 0;
            const q: [number, number, number] = [p[a] + t * d[0], p[a + 1] + t * d[1], p[a + 2] + t * d[2]];
            const off = (q[0] - x) * (q[0] - x) + (q[1] - y) * (q[1] - y) + (q[2] - z) * (q[2] - z);
            if (off < best) {
              best = off;
              found = q;
            }
          }
    return found;
  };
}
