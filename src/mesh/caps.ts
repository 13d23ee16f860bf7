import { buildEdges, type Edges } from './edges.ts';
import type { Mesh } from './mesh.ts';
import { compact } from './topology.ts';

/**
 * Triangles lower than `heightMm` over their longest edge are joined with the neighbour across it: the pair is cut the
 * other way. What lies within the height stays where it is; short triangles are the business of `weld`.
 */
export function dropCaps(mesh: Mesh, heightMm: number): { mesh: Mesh; turned: number; maxHeightMm: number } {
  let at = mesh;
  let turned = 0;
  let maxHeightMm = 0;
  // A turned pair can hold another flat triangle; chains are short.
  for (let round = 0; round < 10; round++) {
    const flat: number[] = [];
    for (let i = 0; i < at.triangles.length; i += 3) if (heightOf(at, i).mm <= heightMm) flat.push(i);
    if (flat.length === 0) break;
    const edges = buildEdges(at);
    const t = at.triangles.slice();
    const touched = new Set<number>();
    let done = 0;
    for (const i of flat) {
      const { mm, edge } = heightOf(at, i);
      const other = neighbourAcross(edges, i + edge);
      if (other < 0) continue;
      const j = other - (other % 3);
      if (touched.has(i) || touched.has(j)) continue;
      const a = at.triangles[i + edge];
      const b = at.triangles[i + ((edge + 1) % 3)];
      const c = at.triangles[i + ((edge + 2) % 3)];
      const d = at.triangles[j + (((other % 3) + 2) % 3)];
      if (c === d || at.triangles[other] !== b || hasEdge(edges, c, d)) continue;
      t.set([c, a, d], i);
      t.set([d, b, c], j);
      touched.add(i).add(j);
      done++;
      maxHeightMm = Math.max(maxHeightMm, mm);
    }
    if (done === 0) break;
    turned += done;
    at = { positions: at.positions, triangles: t };
  }
  return { mesh: turned > 0 ? compact(at) : mesh, turned, maxHeightMm };
}

function heightOf({ positions: p, triangles: t }: Mesh, i: number): { mm: number; edge: number } {
  let edge = 0;
  let long2 = -1;
  for (let k = 0; k < 3; k++) {
    const a = 3 * t[i + k];
    const b = 3 * t[i + ((k + 1) % 3)];
    const x = p[b] - p[a];
    const y = p[b + 1] - p[a + 1];
    const z = p[b + 2] - p[a + 2];
    const d2 = x * x + y * y + z * z;
    if (d2 > long2) {
      long2 = d2;
      edge = k;
    }
  }
  const a = 3 * t[i];
  const b = 3 * t[i + 1];
  const c = 3 * t[i + 2];
  const ux = p[b] - p[a];
  const uy = p[b + 1] - p[a + 1];
  const uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a];
  const vy = p[c + 1] - p[a + 1];
  const vz = p[c + 2] - p[a + 2];
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  return { mm: Math.sqrt((x * x + y * y + z * z) / (long2 || 1)), edge };
}

function neighbourAcross({ start, halfEdges, edgeOf }: Edges, h: number): number {
  const e = edgeOf[h];
  if (start[e + 1] - start[e] !== 2) return -1;
  return halfEdges[start[e]] === h ? halfEdges[start[e] + 1] : halfEdges[start[e]];
}

/** Whether an edge joins c and d. */
function hasEdge({ vertices, start }: Edges, c: number, d: number): boolean {
  const lo = Math.min(c, d);
  const hi = Math.max(c, d);
  // Edges are sorted by (smaller, larger).
  let from = 0;
  let to = start.length - 1;
  while (from < to) {
    const mid = (from + to) >> 1;
    if (vertices[2 * mid] < lo || (vertices[2 * mid] === lo && vertices[2 * mid + 1] < hi)) from = mid + 1;
    else to = mid;
  }
  return from < start.length - 1 && vertices[2 * from] === lo && vertices[2 * from + 1] === hi;
}
