import type { Vec3 } from '../base/index.ts';
import { dot, frameAbout, unit } from '../math/index.ts';
import type { Mesh } from './mesh.ts';

/** Where a plane cuts a mesh. */
export interface Section {
  /** Polylines, three coordinates a point; a closed one does not repeat its first point. */
  readonly loops: readonly SectionLoop[];
  /** Area of the solid in the plane, mm²: holes taken off. Only closed loops count. */
  readonly areaMm2: number;
  /** Length of all outlines, mm. */
  readonly lengthMm: number;
}

export interface SectionLoop {
  readonly points: Float64Array;
  readonly closed: boolean;
  /** Signed: positive for outlines, negative for holes; seen against `normal`, outlines run counter-clockwise. */
  readonly areaMm2: number;
}

/**
 * Cuts a mesh with the plane through `point` with `normal`.
 *
 * A vertex in the plane counts as lying above it, so that every cut triangle gives one segment and a closed mesh always
 * gives closed loops.
 * @requires shared vertices and outward faces, for closed loops and positive areas
 * @cost O(triangles): 1 ms for 100 000
 * @accuracy exact for the polyhedron up to rounding
 */
export function sectionMesh(mesh: Mesh, point: Vec3, normal: Vec3): Section {
  const n = unit(normal);
  const height = heights(mesh.positions, n, dot(n, point));
  const cuts = cutTriangles(mesh.triangles, height);
  const at = placesOnEdges(mesh, height, cuts.edges);
  const [u, v] = frameAbout(n, [1, 0, 0]);
  const loops = chain(cuts.from, cuts.to, cuts.edges.length / 2).map(({ items, closed }) => {
    const points = new Float64Array(3 * items.length);
    items.forEach((item, i) => {
      points.set(at.subarray(3 * item, 3 * item + 3), 3 * i);
    });
    return { points, closed, areaMm2: closed ? areaInPlane(points, u, v) : 0 };
  });
  return {
    loops,
    areaMm2: loops.reduce((s, l) => s + l.areaMm2, 0),
    lengthMm: loops.reduce((s, l) => s + lengthMm(l), 0),
  };
}

/** Area of the solid in the plane, mm². */
export const sectionArea = (mesh: Mesh, point: Vec3, normal: Vec3): number => sectionMesh(mesh, point, normal).areaMm2;

/** The outlines of the solid in the plane. */
export const sectionLoops = (mesh: Mesh, point: Vec3, normal: Vec3): readonly SectionLoop[] =>
  sectionMesh(mesh, point, normal).loops;

function heights(p: Float64Array, n: Vec3, offset: number): Float64Array {
  const out = new Float64Array(p.length / 3);
  for (let i = 0; i < out.length; i++) out[i] = n[0] * p[3 * i] + n[1] * p[3 * i + 1] + n[2] * p[3 * i + 2] - offset;
  return out;
}

/**
 * Segments from one cut edge to another, the solid on their left seen against the normal. `edges` holds two vertices
 * for each cut edge; `from` and `to` are places in it.
 */
function cutTriangles(t: Uint32Array, height: Float64Array): { edges: number[]; from: number[]; to: number[] } {
  const edges: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const known = new Map<number, number>();
  const n = height.length;
  const edge = (a: number, b: number): number => {
    const key = a < b ? a * n + b : b * n + a;
    let e = known.get(key);
    if (e === undefined) {
      e = edges.length / 2;
      edges.push(Math.min(a, b), Math.max(a, b));
      known.set(key, e);
    }
    return e;
  };
  for (let i = 0; i < t.length; i += 3) {
    const above = (height[t[i]] >= 0 ? 1 : 0) + (height[t[i + 1]] >= 0 ? 2 : 0) + (height[t[i + 2]] >= 0 ? 4 : 0);
    if (above === 0 || above === 7) continue;
    // The corner alone on its side.
    const lone = above === 1 || above === 6 ? 0 : above === 2 || above === 5 ? 1 : 2;
    const a = t[i + lone];
    const next = edge(a, t[i + ((lone + 1) % 3)]);
    const last = edge(a, t[i + ((lone + 2) % 3)]);
    const up = above === 1 || above === 2 || above === 4;
    from.push(up ? next : last);
    to.push(up ? last : next);
  }
  return { edges, from, to };
}

/** Always from the smaller vertex to the larger, so both triangles of an edge get the same point. */
function placesOnEdges({ positions: p }: Mesh, height: Float64Array, edges: readonly number[]): Float64Array {
  const out = new Float64Array((3 * edges.length) / 2);
  for (let e = 0; e < edges.length; e += 2) {
    const a = edges[e];
    const b = edges[e + 1];
    const s = height[a] / (height[a] - height[b]);
    for (let k = 0; k < 3; k++) out[1.5 * e + k] = p[3 * a + k] + s * (p[3 * b + k] - p[3 * a + k]);
  }
  return out;
}

/** Joins segments head to tail. Where several leave one item, the first takes the first. */
function chain(from: readonly number[], to: readonly number[], items: number): { items: number[]; closed: boolean }[] {
  const next = new Int32Array(items).fill(-1);
  const more = new Map<number, number[]>();
  const entered = new Uint8Array(items);
  for (let i = 0; i < from.length; i++) {
    if (next[from[i]] < 0) next[from[i]] = to[i];
    else more.set(from[i], [...(more.get(from[i]) ?? []), to[i]]);
    entered[to[i]] = 1;
  }
  const loops: { items: number[]; closed: boolean }[] = [];
  const follow = (first: number): void => {
    const loop = [first];
    let at = first;
    while (next[at] >= 0) {
      const to = next[at];
      next[at] = more.get(at)?.shift() ?? -1;
      if (to === first) {
        loops.push({ items: loop, closed: true });
        return;
      }
      loop.push(to);
      at = to;
    }
    loops.push({ items: loop, closed: false });
  };
  for (const open of [true, false])
    for (let i = 0; i < items; i++) while (next[i] >= 0 && !(open && entered[i])) follow(i);
  return loops;
}

function areaInPlane(points: Float64Array, u: Vec3, v: Vec3): number {
  const o = points.subarray(0, 3);
  let twice = 0;
  let lastX = 0;
  let lastY = 0;
  for (let i = 3; i <= points.length; i += 3) {
    const at = i % points.length;
    const d: Vec3 = [points[at] - o[0], points[at + 1] - o[1], points[at + 2] - o[2]];
    const x = dot(d, u);
    const y = dot(d, v);
    twice += lastX * y - lastY * x;
    lastX = x;
    lastY = y;
  }
  return twice / 2;
}

function lengthMm({ points: p, closed }: SectionLoop): number {
  let sum = 0;
  for (let i = closed ? 0 : 3; i < p.length; i += 3) {
    const j = i === 0 ? p.length - 3 : i - 3;
    const x = p[i] - p[j];
    const y = p[i + 1] - p[j + 1];
    const z = p[i + 2] - p[j + 2];
    sum += Math.sqrt(x * x + y * y + z * z);
  }
  return sum;
}
