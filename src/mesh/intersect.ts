import { orient2d, orient3d } from './exact.ts';

/**
 * Whether two triangles have a point in common, decided exactly. The first triangle is at offsets 0, 3, 6 of `s`, the
 * second at 9, 12, 15. Touching counts.
 */
export function trianglesMeet(s: Float64Array): boolean {
  const a = side(orient3d(s, 9, 12, 15, 0), orient3d(s, 9, 12, 15, 3), orient3d(s, 9, 12, 15, 6));
  if (a === APART) return false;
  const b = side(orient3d(s, 0, 3, 6, 9), orient3d(s, 0, 3, 6, 12), orient3d(s, 0, 3, 6, 15));
  if (b === APART) return false;
  if (a === FLAT || b === FLAT) return overlapInPlane(s);
  for (let k = 0; k < 3; k++) {
    const next = (k + 1) % 3;
    if (segmentMeets(s, 3 * k, 3 * next, 9, 12, 15) || segmentMeets(s, 9 + 3 * k, 9 + 3 * next, 0, 3, 6)) return true;
  }
  return false;
}

/** The same for triangles that share their first corners (0 and 9): anything more than that corner. */
export function meetBeyondCorner(s: Float64Array): boolean {
  const a = side(0, orient3d(s, 9, 12, 15, 3), orient3d(s, 9, 12, 15, 6));
  if (a === FLAT) {
    const [i, j] = keptAxes(s);
    return (
      segmentMeetsInPlane(s, 3, 6, 9, 12, 15, i, j) ||
      segmentMeetsInPlane(s, 12, 15, 0, 3, 6, i, j) ||
      insideInPlane(s, 3, 9, 12, 15, i, j) ||
      insideInPlane(s, 12, 0, 3, 6, i, j)
    );
  }
  return segmentMeets(s, 3, 6, 9, 12, 15) || segmentMeets(s, 12, 15, 0, 3, 6);
}

/** The same for triangles that share an edge, corners 0, 3 and 9, 12: they lie on each other when folded flat. */
export function foldedOnEachOther(s: Float64Array): boolean {
  if (orient3d(s, 0, 3, 6, 15) !== 0) return false;
  const [i, j] = keptAxes(s);
  return orient2d(s, 0, 3, 6, i, j) * orient2d(s, 0, 3, 15, i, j) > 0;
}

const APART = 0;
const CROSSING = 1;
const FLAT = 2;

function side(a: number, b: number, c: number): number {
  if (a === 0 && b === 0 && c === 0) return FLAT;
  return (a > 0 && b > 0 && c > 0) || (a < 0 && b < 0 && c < 0) ? APART : CROSSING;
}

/** Segment pq against triangle abc not in one plane with it. One that lies in the plane is found through other edges. */
function segmentMeets(s: Float64Array, p: number, q: number, a: number, b: number, c: number): boolean {
  const sp = orient3d(s, a, b, c, p);
  const sq = orient3d(s, a, b, c, q);
  if (sp * sq > 0 || (sp === 0 && sq === 0)) return false;
  const u = orient3d(s, p, q, a, b);
  const v = orient3d(s, p, q, b, c);
  const w = orient3d(s, p, q, c, a);
  return (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0);
}

/** The two coordinates that keep most of the area of the larger triangle. */
function keptAxes(s: Float64Array): [number, number] {
  let best = -1;
  let axis = 0;
  for (const o of [0, 9]) {
    const ux = s[o + 3] - s[o];
    const uy = s[o + 4] - s[o + 1];
    const uz = s[o + 5] - s[o + 2];
    const vx = s[o + 6] - s[o];
    const vy = s[o + 7] - s[o + 1];
    const vz = s[o + 8] - s[o + 2];
    const n = [Math.abs(uy * vz - uz * vy), Math.abs(uz * vx - ux * vz), Math.abs(ux * vy - uy * vx)];
    for (let k = 0; k < 3; k++)
      if (n[k] > best) {
        best = n[k];
        axis = k;
      }
  }
  return [(axis + 1) % 3, (axis + 2) % 3];
}

function overlapInPlane(s: Float64Array): boolean {
  const [i, j] = keptAxes(s);
  for (let k = 0; k < 3; k++) if (segmentMeetsInPlane(s, 3 * k, 3 * ((k + 1) % 3), 9, 12, 15, i, j)) return true;
  return insideInPlane(s, 0, 9, 12, 15, i, j) || insideInPlane(s, 9, 0, 3, 6, i, j);
}

function segmentMeetsInPlane(
  s: Float64Array,
  p: number,
  q: number,
  a: number,
  b: number,
  c: number,
  i: number,
  j: number,
): boolean {
  return cross(s, p, q, a, b, i, j) || cross(s, p, q, b, c, i, j) || cross(s, p, q, c, a, i, j);
}

/** Whether segments pq and ab have a common point, in the plane. */
function cross(s: Float64Array, p: number, q: number, a: number, b: number, i: number, j: number): boolean {
  const pa = orient2d(s, p, q, a, i, j);
  const pb = orient2d(s, p, q, b, i, j);
  if (pa * pb > 0) return false;
  const ap = orient2d(s, a, b, p, i, j);
  const aq = orient2d(s, a, b, q, i, j);
  if (ap * aq > 0) return false;
  if (pa !== 0 || pb !== 0 || ap !== 0 || aq !== 0) return true;
  for (const k of [i, j]) {
    if (Math.max(s[p + k], s[q + k]) < Math.min(s[a + k], s[b + k])) return false;
    if (Math.max(s[a + k], s[b + k]) < Math.min(s[p + k], s[q + k])) return false;
  }
  return true;
}

function insideInPlane(s: Float64Array, p: number, a: number, b: number, c: number, i: number, j: number): boolean {
  const u = orient2d(s, a, b, p, i, j);
  const v = orient2d(s, b, c, p, i, j);
  const w = orient2d(s, c, a, p, i, j);
  if (u === 0 && v === 0 && w === 0) return false;
  return (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0);
}
