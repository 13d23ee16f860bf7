import type { Mesh } from '../mesh/index.ts';

/**
 * Corners (three numbers each, three corners a triangle) to a mesh: corners at the same place become one vertex, numbered
 * in order of first appearance. With `toleranceMm` 0, the same place means equal coordinates (−0 equals 0).
 *
 * With a tolerance, a corner joins the first vertex found within that distance; triangles that lose a side are dropped.
 * @requires finite numbers @cost O(corners)
 */
export function weldCorners(corners: Float32Array | Float64Array, toleranceMm = 0): Mesh {
  const count = corners.length / 3;
  const triangles = new Uint32Array(count);
  const cell = Math.max(0, toleranceMm);
  let bits = 4;
  while (1 << bits < count && bits < 30) bits++;
  const mask = (1 << bits) - 1;
  const head = new Int32Array(1 << bits).fill(-1);
  const next = new Int32Array(count);
  const points = new Float64Array(corners.length);
  let n = 0;
  const key = cell > 0 ? (x: number) => Math.floor(x / cell) : floatHash;
  const find = (x: number, y: number, z: number, h: number): number => {
    for (let v = head[h]; v >= 0; v = next[v]) {
      const dx = points[3 * v] - x;
      const dy = points[3 * v + 1] - y;
      const dz = points[3 * v + 2] - z;
      if (dx * dx + dy * dy + dz * dz <= cell * cell) return v;
    }
    return -1;
  };
  for (let i = 0; i < count; i++) {
    const x = corners[3 * i] + 0;
    const y = corners[3 * i + 1] + 0;
    const z = corners[3 * i + 2] + 0;
    const [a, b, c] = [key(x), key(y), key(z)];
    const home = mix(a, b, c) & mask;
    let v = find(x, y, z, home);
    if (v < 0 && cell > 0)
      for (let k = 0; k < 27 && v < 0; k++)
        v = find(x, y, z, mix(a + (k % 3) - 1, b + (Math.floor(k / 3) % 3) - 1, c + Math.floor(k / 9) - 1) & mask);
    if (v < 0) {
      v = n++;
      points[3 * v] = x;
      points[3 * v + 1] = y;
      points[3 * v + 2] = z;
      next[v] = head[home];
      head[home] = v;
    }
    triangles[i] = v;
  }
  const positions = points.slice(0, 3 * n);
  return { positions, triangles: cell > 0 ? dropCollapsed(triangles) : triangles };
}

function mix(a: number, b: number, c: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

const scratch = new Float64Array(1);
const scratchBits = new Int32Array(scratch.buffer);
/** The bits of a number, folded; equal numbers give equal folds. */
function floatHash(x: number): number {
  scratch[0] = x;
  return scratchBits[0] ^ Math.imul(scratchBits[1], 0x27d4eb2f);
}

function dropCollapsed(t: Uint32Array): Uint32Array {
  const out = new Uint32Array(t.length);
  let n = 0;
  for (let i = 0; i < t.length; i += 3) {
    if (t[i] === t[i + 1] || t[i + 1] === t[i + 2] || t[i + 2] === t[i]) continue;
    out[n++] = t[i];
    out[n++] = t[i + 1];
    out[n++] = t[i + 2];
  }
  return out.slice(0, n);
}
