import { OsteonError } from '../base/index.ts';
import { buildEdges, edgeCount } from './edges.ts';
import { type Mesh, vertexNormals } from './mesh.ts';

/**
 * Bounding boxes over the triangles of a mesh, prepared once and asked often: nearest points, signed distances, rays,
 * cuts. Only typed arrays, so it packs, stores and crosses to workers as it is.
 */
export interface Bvh {
  readonly mesh: Mesh;
  /** Six numbers a node: lower corner, upper corner, mm. Node 0 is the root. */
  readonly boxes: Float64Array;
  /** Triangles in the node's leaf, or 0 for an inner node. */
  readonly count: Uint8Array;
  /** Leaf: place of its first triangle in `order`. Inner node: its left child; the right one follows it. */
  readonly first: Uint32Array;
  /** Triangles in leaf order. */
  readonly order: Uint32Array;
  /** Nine numbers a triangle, in leaf order: its corners, mm. */
  readonly corners: Float64Array;
  /** Angle-weighted normals: three numbers a triangle, a half-edge, a vertex. Only their direction means anything. */
  readonly faceNormals: Float64Array;
  readonly edgeNormals: Float64Array;
  readonly vertexNormals: Float64Array;
}

const LEAF = 4;
const BINS = 12;
const DEEP = 48; // below this depth a node is halved by count, which bounds every traversal's stack
/** No path from the root is longer. */
export const BVH_STACK = 128;

/**
 * @requires vertices shared between triangles (see `weld`), for signs
 * @throws mesh.empty
 * @cost O(n log n): 0.1 s for 100 000 triangles, 330 bytes a triangle
 * @source Binned surface-area heuristic: Wald, On fast construction of SAH-based bounding volume hierarchies, 2007
 */
export function buildBvh(mesh: Mesh): Bvh {
  const { positions: p, triangles: t } = mesh;
  const n = t.length / 3;
  if (n === 0) throw new OsteonError('mesh.empty');
  const triangleBoxes = boxesOfTriangles(p, t);
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const tree = splitAll(triangleBoxes, order);
  const corners = new Float64Array(9 * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < 3; k++) {
      const v = 3 * t[3 * order[i] + k];
      corners[9 * i + 3 * k] = p[v];
      corners[9 * i + 3 * k + 1] = p[v + 1];
      corners[9 * i + 3 * k + 2] = p[v + 2];
    }
  const faceNormals = unitFaceNormals(mesh);
  const edgeNormals = sumOverEdges(mesh, faceNormals);
  return { mesh, ...tree, order, corners, faceNormals, edgeNormals, vertexNormals: vertexNormals(mesh) };
}

function boxesOfTriangles(p: Float64Array, t: Uint32Array): Float64Array {
  const boxes = new Float64Array(2 * t.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) {
      const a = p[3 * t[i] + k];
      const b = p[3 * t[i + 1] + k];
      const c = p[3 * t[i + 2] + k];
      boxes[2 * i + k] = Math.min(a, b, c);
      boxes[2 * i + 3 + k] = Math.max(a, b, c);
    }
  return boxes;
}

/** Splits from the root down; `order` is permuted in place so that every node owns a run of it. */
function splitAll(tri: Float64Array, order: Uint32Array): Pick<Bvh, 'boxes' | 'count' | 'first'> {
  const n = order.length;
  const boxes = new Float64Array(6 * 2 * n);
  const count = new Uint8Array(2 * n);
  const first = new Uint32Array(2 * n);
  const scratch = {
    count: new Uint32Array(BINS),
    box: new Float64Array(6 * BINS),
    right: new Float64Array(BINS),
    sweep: new Float64Array(6),
    centre: new Float64Array(6),
  };
  const stack = [0, 0, n, 0];
  let nodes = 1;
  while (stack.length > 0) {
    const depth = stack.pop()!;
    const to = stack.pop()!;
    const from = stack.pop()!;
    const node = stack.pop()!;
    boundRun(tri, order, from, to, boxes, 6 * node, scratch.centre);
    let mid = from;
    if (to - from > LEAF) {
      mid = depth < DEEP ? partition(tri, order, from, to, scratch) : from;
      if (mid === from || mid === to) mid = (from + to) >> 1;
    }
    if (mid === from) {
      count[node] = to - from;
      first[node] = from;
    } else {
      first[node] = nodes;
      stack.push(nodes, from, mid, depth + 1, nodes + 1, mid, to, depth + 1);
      nodes += 2;
    }
  }
  return { boxes: boxes.slice(0, 6 * nodes), count: count.slice(0, nodes), first: first.slice(0, nodes) };
}

/** Writes the box of a run of triangles, and the box of their (doubled) centres. */
function boundRun(
  tri: Float64Array,
  order: Uint32Array,
  from: number,
  to: number,
  out: Float64Array,
  at: number,
  centre: Float64Array,
): void {
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = x0;
  let z0 = x0;
  let x1 = -x0;
  let y1 = x1;
  let z1 = x1;
  let cx0 = x0;
  let cy0 = x0;
  let cz0 = x0;
  let cx1 = x1;
  let cy1 = x1;
  let cz1 = x1;
  for (let i = from; i < to; i++) {
    const o = 6 * order[i];
    const ax = tri[o];
    const ay = tri[o + 1];
    const az = tri[o + 2];
    const bx = tri[o + 3];
    const by = tri[o + 4];
    const bz = tri[o + 5];
    if (ax < x0) x0 = ax;
    if (ay < y0) y0 = ay;
    if (az < z0) z0 = az;
    if (bx > x1) x1 = bx;
    if (by > y1) y1 = by;
    if (bz > z1) z1 = bz;
    if (ax + bx < cx0) cx0 = ax + bx;
    if (ax + bx > cx1) cx1 = ax + bx;
    if (ay + by < cy0) cy0 = ay + by;
    if (ay + by > cy1) cy1 = ay + by;
    if (az + bz < cz0) cz0 = az + bz;
    if (az + bz > cz1) cz1 = az + bz;
  }
  setBox(out, at, x0, y0, z0, x1, y1, z1);
  setBox(centre, 0, cx0, cy0, cz0, cx1, cy1, cz1);
}

function setBox(
  out: Float64Array,
  at: number,
  x0: number,
  y0: number,
  z0: number,
  x1: number,
  y1: number,
  z1: number,
): void {
  out[at] = x0;
  out[at + 1] = y0;
  out[at + 2] = z0;
  out[at + 3] = x1;
  out[at + 4] = y1;
  out[at + 5] = z1;
}

interface Scratch {
  readonly count: Uint32Array;
  readonly box: Float64Array;
  readonly right: Float64Array;
  readonly sweep: Float64Array;
  readonly centre: Float64Array;
}

/** Partitions a run along the longest axis of its centres at the cheapest of the bin limits; returns the split. */
function partition(tri: Float64Array, order: Uint32Array, from: number, to: number, s: Scratch): number {
  const c = s.centre;
  let axis = 0;
  for (let k = 1; k < 3; k++) if (c[3 + k] - c[k] > c[3 + axis] - c[axis]) axis = k;
  const low = c[axis];
  const width = c[3 + axis] - low;
  if (!(width > 0)) return from;
  const perBin = (BINS * (1 - 1e-9)) / width;
  s.count.fill(0);
  for (let b = 0; b < BINS; b++) setNothing(s.box, 6 * b);
  for (let i = from; i < to; i++) {
    const o = 6 * order[i];
    const b = ((tri[o + axis] + tri[o + 3 + axis] - low) * perBin) | 0;
    s.count[b]++;
    grow(s.box, 6 * b, tri, o);
  }
  const best = cheapestLimit(s);
  let i = from;
  let j = to - 1;
  while (i <= j) {
    const o = 6 * order[i];
    if ((((tri[o + axis] + tri[o + 3 + axis] - low) * perBin) | 0) < best) i++;
    else {
      const x = order[i];
      order[i] = order[j];
      order[j--] = x;
    }
  }
  return i;
}

const setNothing = (box: Float64Array, at: number): void =>
  setBox(box, at, Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity);

function grow(box: Float64Array, at: number, from: Float64Array, o: number): void {
  if (from[o] < box[at]) box[at] = from[o];
  if (from[o + 1] < box[at + 1]) box[at + 1] = from[o + 1];
  if (from[o + 2] < box[at + 2]) box[at + 2] = from[o + 2];
  if (from[o + 3] > box[at + 3]) box[at + 3] = from[o + 3];
  if (from[o + 4] > box[at + 4]) box[at + 4] = from[o + 4];
  if (from[o + 5] > box[at + 5]) box[at + 5] = from[o + 5];
}

function halfArea(box: Float64Array): number {
  const x = box[3] - box[0];
  const y = box[4] - box[1];
  const z = box[5] - box[2];
  return x * y + y * z + z * x;
}

/** The bin where the right side begins: least sum of count × half surface area over both sides. */
function cheapestLimit({ count, box, right, sweep }: Scratch): number {
  setNothing(sweep, 0);
  let held = 0;
  let side = 0;
  for (let b = BINS - 1; b > 0; b--) {
    if (count[b] > 0) {
      held += count[b];
      grow(sweep, 0, box, 6 * b);
      side = held * halfArea(sweep);
    }
    right[b] = side;
  }
  setNothing(sweep, 0);
  held = 0;
  side = 0;
  let best = 1;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let b = 1; b < BINS; b++) {
    if (count[b - 1] > 0) {
      held += count[b - 1];
      grow(sweep, 0, box, 6 * (b - 1));
      side = held * halfArea(sweep);
    }
    if (side + right[b] < bestCost) {
      bestCost = side + right[b];
      best = b;
    }
  }
  return best;
}

/** Unit normal of every triangle; zero for one without area. */
export function unitFaceNormals({ positions: p, triangles: t }: Mesh): Float64Array {
  const out = new Float64Array(t.length);
  for (let i = 0; i < t.length; i += 3) {
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
    const s = Math.sqrt(x * x + y * y + z * z) || 1;
    out[i] = x / s;
    out[i + 1] = y / s;
    out[i + 2] = z / s;
  }
  return out;
}

/** For every half-edge the sum of the unit normals of the triangles at its edge. */
function sumOverEdges(mesh: Mesh, faceNormals: Float64Array): Float64Array {
  const edges = buildEdges(mesh);
  const { start, halfEdges } = edges;
  const out = new Float64Array(3 * mesh.triangles.length);
  for (let e = 0; e < edgeCount(edges); e++) {
    let x = 0;
    let y = 0;
    let z = 0;
    for (let i = start[e]; i < start[e + 1]; i++) {
      const f = 3 * ((halfEdges[i] / 3) | 0);
      x += faceNormals[f];
      y += faceNormals[f + 1];
      z += faceNormals[f + 2];
    }
    for (let i = start[e]; i < start[e + 1]; i++) {
      const o = 3 * halfEdges[i];
      out[o] = x;
      out[o + 1] = y;
      out[o + 2] = z;
    }
  }
  return out;
}
