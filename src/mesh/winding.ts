import { BVH_STACK, type Bvh } from './bvh.ts';

/** A bounding-volume tree with what each node looks like from far away. Plain arrays, like the tree itself. */
export interface Winding {
  readonly bvh: Bvh;
  /** Sixteen numbers a node: centre (3), squared radius, ∫n (3), ∫(x − centre)⊗n (9, row k column j: coordinate k, normal j). */
  readonly moments: Float64Array;
}

const STRIDE = 16;
// A node is looked at as a whole from farther than this many radii: the error then stays under 0.03 (see the twin test).
const FAR2 = 3 * 3;
const stack = new Uint32Array(BVH_STACK);

/** @cost O(triangles) */
export function buildWinding(bvh: Bvh): Winding {
  const { count, first, corners } = bvh;
  const m = new Float64Array(STRIDE * count.length);
  const area = new Float64Array(count.length);
  // Children have larger numbers than their parents.
  for (let node = count.length - 1; node >= 0; node--) {
    const o = STRIDE * node;
    if (count[node] > 0) area[node] = leafMoments(corners, first[node], first[node] + count[node], m, o);
    else {
      const left = first[node];
      area[node] = area[left] + area[left + 1];
      for (let k = 0; k < 3; k++) {
        const [a, b] = [STRIDE * left + k, STRIDE * (left + 1) + k];
        m[o + k] = area[node] > 0 ? (area[left] * m[a] + area[left + 1] * m[b]) / area[node] : m[a];
      }
      addShifted(m, o, STRIDE * left);
      addShifted(m, o, STRIDE * (left + 1));
    }
    m[o + 3] = farthestCorner2(bvh.boxes, 6 * node, m[o], m[o + 1], m[o + 2]);
  }
  return { bvh, moments: m };
}

function leafMoments(c: Float64Array, from: number, to: number, m: Float64Array, o: number): number {
  let total = 0;
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 9 * from; i < 9 * to; i += 9) {
      const ux = c[i + 3] - c[i];
      const uy = c[i + 4] - c[i + 1];
      const uz = c[i + 5] - c[i + 2];
      const vx = c[i + 6] - c[i];
      const vy = c[i + 7] - c[i + 1];
      const vz = c[i + 8] - c[i + 2];
      const n = [(uy * vz - uz * vy) / 2, (uz * vx - ux * vz) / 2, (ux * vy - uy * vx) / 2];
      const a = Math.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
      if (pass === 0) total += a;
      for (let k = 0; k < 3; k++) {
        const x = (c[i + k] + c[i + 3 + k] + c[i + 6 + k]) / 3;
        if (pass === 0) {
          m[o + k] += a * x;
          m[o + 4 + k] += n[k];
        } else for (let j = 0; j < 3; j++) m[o + 7 + 3 * k + j] += (x - m[o + k]) * n[j];
      }
    }
    if (pass === 0) for (let k = 0; k < 3; k++) m[o + k] = total > 0 ? m[o + k] / total : c[9 * from + k];
  }
  return total;
}

/** Adds a child's moments, its second ones moved to the parent's centre. */
function addShifted(m: Float64Array, o: number, child: number): void {
  for (let k = 0; k < 3; k++) {
    m[o + 4 + k] += m[child + 4 + k];
    const shift = m[child + k] - m[o + k];
    for (let j = 0; j < 3; j++) m[o + 7 + 3 * k + j] += m[child + 7 + 3 * k + j] + shift * m[child + 4 + j];
  }
}

function farthestCorner2(b: Float64Array, i: number, x: number, y: number, z: number): number {
  const dx = Math.max(x - b[i], b[i + 3] - x);
  const dy = Math.max(y - b[i + 1], b[i + 4] - y);
  const dz = Math.max(z - b[i + 2], b[i + 5] - z);
  return dx * dx + dy * dy + dz * dz;
}

/**
 * How many times the surface winds around a point: 1 inside, 0 outside, smoothly between near a crack or hole.
 * @cost O(log n): about 10 µs on 100 000 triangles
 * @accuracy 0.03, and much better far from the surface: enough to tell 0 from 1
 * @source Jacobson et al., Robust inside-outside segmentation, 2013; Barill et al., Fast winding numbers, 2018
 */
export function windingNumber({ bvh, moments: m }: Winding, x: number, y: number, z: number): number {
  const { count, first, corners } = bvh;
  let sum = 0;
  let top = 0;
  stack[0] = 0;
  while (top >= 0) {
    const node = stack[top--];
    const o = STRIDE * node;
    const rx = m[o] - x;
    const ry = m[o + 1] - y;
    const rz = m[o + 2] - z;
    const r2 = rx * rx + ry * ry + rz * rz;
    if (r2 > FAR2 * m[o + 3]) {
      const inv3 = 1 / (r2 * Math.sqrt(r2));
      const first2 = rx * m[o + 4] + ry * m[o + 5] + rz * m[o + 6] + m[o + 7] + m[o + 11] + m[o + 15];
      const rMr =
        rx * (rx * m[o + 7] + ry * m[o + 8] + rz * m[o + 9]) +
        ry * (rx * m[o + 10] + ry * m[o + 11] + rz * m[o + 12]) +
        rz * (rx * m[o + 13] + ry * m[o + 14] + rz * m[o + 15]);
      sum += (first2 - (3 * rMr) / r2) * inv3;
    } else if (count[node] > 0)
      for (let i = first[node]; i < first[node] + count[node]; i++) sum += solidAngle(corners, 9 * i, x, y, z);
    else {
      stack[++top] = first[node] + 1;
      stack[++top] = first[node];
    }
  }
  return sum / (4 * Math.PI);
}

/** Solid angle of one triangle, positive seen from behind (van Oosterom and Strackee 1983). */
export function solidAngle(c: Float64Array, i: number, x: number, y: number, z: number): number {
  const ax = c[i] - x;
  const ay = c[i + 1] - y;
  const az = c[i + 2] - z;
  const bx = c[i + 3] - x;
  const by = c[i + 4] - y;
  const bz = c[i + 5] - z;
  const cx = c[i + 6] - x;
  const cy = c[i + 7] - y;
  const cz = c[i + 8] - z;
  const la = Math.sqrt(ax * ax + ay * ay + az * az);
  const lb = Math.sqrt(bx * bx + by * by + bz * bz);
  const lc = Math.sqrt(cx * cx + cy * cy + cz * cz);
  const det = ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
  const ab = ax * bx + ay * by + az * bz;
  const bc = bx * cx + by * cy + bz * cz;
  const ca = cx * ax + cy * ay + cz * az;
  return 2 * Math.atan2(det, la * lb * lc + ab * lc + bc * la + ca * lb);
}
