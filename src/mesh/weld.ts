import type { Mesh } from './mesh.ts';
import { compact } from './topology.ts';

export interface Welded {
  readonly mesh: Mesh;
  /** Vertices that became one with an earlier one. */
  readonly merged: number;
  /** The farthest any of them moved, mm. */
  readonly maxMoveMm: number;
  /** Triangles that lost a side and went away. */
  readonly collapsed: number;
}

/**
 * Makes one vertex of those within `toleranceMm` of each other (0: at exactly the same place): each joins the nearest
 * earlier one that stays. Closes cracks, and turns the separate triangles of an STL file into a surface.
 * @cost O(vertices): 0.2 s for 300 000
 */
export function weld(mesh: Mesh, toleranceMm = 0): Welded {
  const { positions: p, triangles } = mesh;
  const n = p.length / 3;
  const to = new Uint32Array(n);
  const cells = createCells(n, toleranceMm > 0 ? 2 * toleranceMm : 0);
  let merged = 0;
  let most2 = 0;
  const limit2 = toleranceMm * toleranceMm;
  for (let v = 0; v < n; v++) {
    const near = cells.nearest(p, v, limit2);
    if (near < 0) {
      to[v] = v;
      cells.add(p, v);
    } else {
      to[v] = near;
      merged++;
      most2 = Math.max(most2, distance2(p, v, near));
    }
  }
  const kept: number[] = [];
  for (let i = 0; i < triangles.length; i += 3) {
    const a = to[triangles[i]];
    const b = to[triangles[i + 1]];
    const c = to[triangles[i + 2]];
    if (a !== b && b !== c && c !== a) kept.push(a, b, c);
  }
  return {
    mesh: compact({ positions: p, triangles: Uint32Array.from(kept) }),
    merged,
    maxMoveMm: Math.sqrt(most2),
    collapsed: (triangles.length - kept.length) / 3,
  };
}

function distance2(p: Float64Array, a: number, b: number): number {
  const x = p[3 * a] - p[3 * b];
  const y = p[3 * a + 1] - p[3 * b + 1];
  const z = p[3 * a + 2] - p[3 * b + 2];
  return x * x + y * y + z * z;
}

/** A hash of cubes of side `size` (twice the search radius, so a search looks into eight) or, for size 0, of places. */
function createCells(n: number, size: number) {
  let slots = 16;
  while (slots < 2 * n) slots *= 2;
  const head = new Int32Array(slots).fill(-1);
  const next = new Int32Array(n);
  const bits = new Float64Array(1);
  const words = new Int32Array(bits.buffer);
  const mix = (x: number, y: number, z: number): number => {
    let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    return ((h ^ (h >>> 13)) >>> 0) & (slots - 1);
  };
  // 0 and −0 are the same place.
  const word = (x: number): number => {
    bits[0] = x + 0;
    return words[0] ^ Math.imul(words[1], 0x27d4eb2f);
  };
  const cell = (x: number): number => Math.floor(x / size);
  const slotOf = (p: Float64Array, v: number): number =>
    size === 0
      ? mix(word(p[3 * v]), word(p[3 * v + 1]), word(p[3 * v + 2]))
      : mix(cell(p[3 * v]), cell(p[3 * v + 1]), cell(p[3 * v + 2]));
  let best = -1;
  let best2 = 0;
  const scan = (p: Float64Array, v: number, slot: number): void => {
    for (let u = head[slot]; u >= 0; u = next[u]) {
      const d2 = distance2(p, u, v);
      if (d2 < best2 || (d2 === best2 && (best < 0 || u < best))) {
        best = u;
        best2 = d2;
      }
    }
  };
  return {
    add(p: Float64Array, v: number): void {
      const s = slotOf(p, v);
      next[v] = head[s];
      head[s] = v;
    },
    /** The nearest vertex added so far within √limit2, or −1. */
    nearest(p: Float64Array, v: number, limit2: number): number {
      best = -1;
      best2 = limit2;
      if (size === 0) scan(p, v, slotOf(p, v));
      else {
        const low = [0, 1, 2].map((k) => Math.floor(p[3 * v + k] / size - 0.5));
        for (let c = 0; c < 8; c++) scan(p, v, mix(low[0] + (c & 1), low[1] + ((c >> 1) & 1), low[2] + (c >> 2)));
      }
      return best;
    },
  };
}

/** Drops triangles that have the same three corners as an earlier one, whichever way they face. */
export function dropDuplicates({ positions, triangles: t }: Mesh): { mesh: Mesh; dropped: number } {
  const n = positions.length / 3;
  const seen = new Map<number, number[]>();
  const kept: number[] = [];
  for (let i = 0; i < t.length; i += 3) {
    const lo = Math.min(t[i], t[i + 1], t[i + 2]);
    const hi = Math.max(t[i], t[i + 1], t[i + 2]);
    const key = lo * n + hi;
    const middle = t[i] + t[i + 1] + t[i + 2] - lo - hi;
    const middles = seen.get(key);
    if (middles?.includes(middle)) continue;
    if (middles) middles.push(middle);
    else seen.set(key, [middle]);
    kept.push(t[i], t[i + 1], t[i + 2]);
  }
  const dropped = (t.length - kept.length) / 3;
  return dropped === 0
    ? { mesh: { positions, triangles: t }, dropped }
    : { mesh: compact({ positions, triangles: Uint32Array.from(kept) }), dropped };
}
