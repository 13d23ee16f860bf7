import { OsteonError, type Vec3 } from '../../base/index.ts';
import { type Bvh, buildEdges, closestPoint, type Lists, vertexNeighbours } from '../../mesh/index.ts';

/** Shortest ways along the edges of a surface, asked for many pairs of vertices. */
export interface Walker {
  readonly surface: Bvh;
  readonly neighbours: Lists;
}

export const createWalker = (surface: Bvh): Walker => ({
  surface,
  neighbours: vertexNeighbours(surface.mesh, buildEdges(surface.mesh)),
});

/** The vertex of the surface nearest to the foot of a point. */
export function vertexNear({ surface }: Walker, at: Vec3): number {
  const q = closestPoint(surface, at[0], at[1], at[2])!;
  const { positions: p, triangles: t } = surface.mesh;
  let best = -1;
  let bestD = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 3; k++) {
    const v = 3 * t[3 * q.triangle + k];
    const d = Math.hypot(p[v] - q.x, p[v + 1] - q.y, p[v + 2] - q.z);
    if (d < bestD) {
      bestD = d;
      best = v / 3;
    }
  }
  return best;
}

/** Ways from one vertex: its length to every target, mm, and the vertex each settled vertex was reached from. */
export interface Ways {
  readonly lengthMm: Float64Array;
  readonly from: Int32Array;
}

/**
 * Shortest edge paths from `source` until all `targets` are reached (Dijkstra 1959).
 * @accuracy up to a tenth longer than the geodesic, as it keeps to edges; the path is straightened afterwards
 * @throws plate.not-connected where a target lies on another piece of the surface
 */
export function waysFrom({ surface, neighbours }: Walker, source: number, targets: readonly number[]): Ways {
  const { positions: p } = surface.mesh;
  const { start, items } = neighbours;
  const n = p.length / 3;
  const lengthMm = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(n).fill(-1);
  const done = new Uint8Array(n);
  const open = new Set(targets);
  const heap = createHeap();
  lengthMm[source] = 0;
  heap.push(0, source);
  while (open.size > 0) {
    const v = heap.pop();
    if (v < 0) throw new OsteonError('plate.not-connected', { points: open.size });
    if (done[v]) continue;
    done[v] = 1;
    open.delete(v);
    for (let k = start[v]; k < start[v + 1]; k++) {
      const w = items[k];
      if (done[w]) continue;
      const dx = p[3 * w] - p[3 * v];
      const dy = p[3 * w + 1] - p[3 * v + 1];
      const dz = p[3 * w + 2] - p[3 * v + 2];
      const length = lengthMm[v] + Math.sqrt(dx * dx + dy * dy + dz * dz);
      if (length >= lengthMm[w]) continue;
      lengthMm[w] = length;
      from[w] = v;
      heap.push(length, w);
    }
  }
  return { lengthMm, from };
}

/** Vertices from the source of `ways` to a target, both with it. */
export function verticesTo({ from }: Ways, target: number): number[] {
  const vertices: number[] = [];
  for (let v = target; v >= 0; v = from[v]) vertices.push(v);
  return vertices.reverse();
}

/** Points from the source of `ways` to a target, flat xyz. */
export function pathTo({ surface }: Walker, ways: Ways, target: number): number[] {
  const { positions: p } = surface.mesh;
  return verticesTo(ways, target).flatMap((v) => [p[3 * v], p[3 * v + 1], p[3 * v + 2]]);
}

/** Smallest key first; equal keys by the smaller value, so that a path does not depend on how the heap is filled. */
function createHeap() {
  const keys: number[] = [];
  const values: number[] = [];
  const less = (i: number, j: number) => keys[i] < keys[j] || (keys[i] === keys[j] && values[i] < values[j]);
  const swap = (i: number, j: number) => {
    const k = keys[i];
    keys[i] = keys[j];
    keys[j] = k;
    const v = values[i];
    values[i] = values[j];
    values[j] = v;
  };
  return {
    push(key: number, value: number): void {
      let i = keys.push(key) - 1;
      values.push(value);
      while (i > 0) {
        const up = (i - 1) >> 1;
        if (!less(i, up)) break;
        swap(i, up);
        i = up;
      }
    },
    /** The value of the smallest key, or −1. */
    pop(): number {
      if (keys.length === 0) return -1;
      const out = values[0];
      const last = keys.length - 1;
      swap(0, last);
      keys.pop();
      values.pop();
      for (let i = 0; ; ) {
        let m = i;
        const l = 2 * i + 1;
        if (l < last && less(l, m)) m = l;
        if (l + 1 < last && less(l + 1, m)) m = l + 1;
        if (m === i) return out;
        swap(i, m);
        i = m;
      }
    },
  };
}
