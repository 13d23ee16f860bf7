import type { Vec3 } from '../base/index.ts';
import { joinSets, rootOf, separateSets } from '../math/index.ts';
import { buildEdges, type Edges, edgeCount } from './edges.ts';
import { areaMm2, type Box, bounds, type Mesh, volumeMm3 } from './mesh.ts';
import { solidAngle } from './winding.ts';

/** A piece of surface that hangs together by edges. */
export interface Shell {
  readonly triangles: number;
  readonly closed: boolean;
  readonly areaMm2: number;
  /** Signed: negative when the faces point inward. Means nothing for an open shell. */
  readonly volumeMm3: number;
  readonly bounds: Box;
  /** How many closed shells lie around it: 0 for a body, 1 for a cavity, 2 for a body in a cavity. */
  readonly depth: number;
  /** A body's faces point out of it, a cavity's into it. True for open shells. */
  readonly outward: boolean;
  /** A vertex of it. */
  readonly at: Vec3;
}

/** Shell of every triangle, numbered by first triangle. Two triangles of one edge belong together. */
export function shellOfTriangles({ triangles }: Mesh, { start, halfEdges }: Edges): { count: number; of: Uint32Array } {
  const n = triangles.length / 3;
  const parent = separateSets(n);
  for (let e = 0; e < start.length - 1; e++)
    for (let i = start[e] + 1; i < start[e + 1]; i++)
      joinSets(parent, (halfEdges[i - 1] / 3) | 0, (halfEdges[i] / 3) | 0);
  const number = new Int32Array(n).fill(-1);
  const of = new Uint32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const r = rootOf(parent, i);
    if (number[r] < 0) number[r] = count++;
    of[i] = number[r];
  }
  return { count, of };
}

/** @cost O(triangles) for a shell alone; nested boxes cost one pass over the outer shell for each inner one */
export function shellsOf(mesh: Mesh, edges: Edges = buildEdges(mesh)): Shell[] {
  const { count, of } = shellOfTriangles(mesh, edges);
  const open = new Uint8Array(count);
  for (let e = 0; e < edgeCount(edges); e++)
    if (edges.start[e + 1] - edges.start[e] === 1) open[of[(edges.halfEdges[edges.start[e]] / 3) | 0]] = 1;
  const parts = splitParts(mesh, of, count);
  const boxes = parts.map(bounds);
  return parts.map((part, i) => {
    const at: Vec3 = [part.positions[0], part.positions[1], part.positions[2]];
    const volume = volumeMm3(part);
    let depth = 0;
    for (let j = 0; j < count; j++)
      if (j !== i && !open[j] && boxHolds(boxes[j], boxes[i]) && Math.abs(windings(parts[j], at)) > 0.5) depth++;
    return {
      triangles: part.triangles.length / 3,
      closed: !open[i],
      areaMm2: areaMm2(part),
      volumeMm3: volume,
      bounds: boxes[i],
      depth,
      outward: open[i] === 1 || volume > 0 === (depth % 2 === 0),
      at,
    };
  });
}

/** One mesh a part. */
export function splitParts(mesh: Mesh, of: Uint32Array, count: number): Mesh[] {
  if (count === 1) return [mesh];
  const lists: number[][] = Array.from({ length: count }, () => []);
  of.forEach((part, i) => {
    lists[part].push(i);
  });
  return lists.map((list) => {
    const triangles = new Uint32Array(3 * list.length);
    list.forEach((i, at) => {
      triangles.set(mesh.triangles.subarray(3 * i, 3 * i + 3), 3 * at);
    });
    return renumbered(mesh.positions, triangles);
  });
}

function renumbered(positions: Float64Array, triangles: Uint32Array): Mesh {
  const used = [...new Set(triangles)].sort((a, b) => a - b);
  const to = new Map(used.map((v, i) => [v, i]));
  const points = new Float64Array(3 * used.length);
  used.forEach((v, i) => {
    points.set(positions.subarray(3 * v, 3 * v + 3), 3 * i);
  });
  return { positions: points, triangles: triangles.map((v) => to.get(v)!) };
}

const boxHolds = (outer: Box, inner: Box): boolean =>
  [0, 1, 2].every((k) => outer.lo[k] <= inner.lo[k] && inner.hi[k] <= outer.hi[k]);

function windings({ positions: p, triangles: t }: Mesh, [x, y, z]: Vec3): number {
  const c = new Float64Array(9);
  let sum = 0;
  for (let i = 0; i < t.length; i += 3) {
    for (let k = 0; k < 3; k++) for (let l = 0; l < 3; l++) c[3 * k + l] = p[3 * t[i + k] + l];
    sum += solidAngle(c, 0, x, y, z);
  }
  return sum / (4 * Math.PI);
}
