import type { Block } from './block.ts';
import { minCut } from './min-cut.ts';

export type Labels = Uint8Array | Uint16Array;

/** Contacts smaller than this are left as they are, mm². */
const LEAST_CONTACT_MM2 = 4;
/** A face of cost 1 is this many units of flow for each mm²: costs are whole numbers. */
const UNIT = 1000;
const NEVER = 1 << 28;

export interface Contact {
  readonly a: number;
  readonly b: number;
  /** Voxels of either with a face to the other, ascending. */
  readonly faces: number[];
  areaMm2: number;
}

/** Pairs of bones that touch, largest contact first. */
export function contactsOf(of: Labels, { nx, ny, nz, spacing }: Block): Contact[] {
  const [sx, sy, sz] = spacing;
  const found = new Map<number, Contact>();
  const add = (i: number, j: number, areaMm2: number) => {
    const [a, b] = of[i] < of[j] ? [of[i], of[j]] : [of[j], of[i]];
    const key = a * 65536 + b;
    let c = found.get(key);
    if (!c) {
      c = { a, b, faces: [], areaMm2: 0 };
      found.set(key, c);
    }
    c.faces.push(i, j);
    c.areaMm2 += areaMm2;
  };
  const slice = nx * ny;
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const here = of[i];
        if (here === 0) continue;
        if (x + 1 < nx && of[i + 1] !== here && of[i + 1] !== 0) add(i, i + 1, sy * sz);
        if (y + 1 < ny && of[i + nx] !== here && of[i + nx] !== 0) add(i, i + nx, sx * sz);
        if (z + 1 < nz && of[i + slice] !== here && of[i + slice] !== 0) add(i, i + slice, sx * sy);
      }
  return [...found.values()]
    .filter((c) => c.areaMm2 >= LEAST_CONTACT_MM2)
    .sort((p, q) => q.areaMm2 - p.areaMm2 || p.a - q.a || p.b - q.b);
}

export interface BorderRules {
  /** Voxels of `a` and of `b` farther than this from the border, along the axes, keep their label, mm. */
  readonly reachMm: readonly [number, number];
  /** What it costs to cut through a voxel, 0 to 1. */
  readonly cost: (i: number) => number;
  /** What it costs to turn a voxel 1 mm behind the border over to the other bone, in mm² of cut of cost 1 for each mm³; farther ones cost more in proportion. */
  readonly stayPerMm2: number;
}

/** A border that was moved. */
export interface MovedBorder {
  /** Area and summed cost of the new border, mm². */
  readonly areaMm2: number;
  readonly cost: number;
  /** Puts all labels back. */
  undo(): void;
}

/**
 * Moves the border between two bones that touch to where it costs least.
 * @param node scratch of one number a voxel, all −1, and so again afterwards
 * @returns null if one of them lies wholly within reach: nothing would hold the cut
 */
export function moveBorder(
  of: Labels,
  { a, b, faces }: Contact,
  { nx, ny, nz, spacing: [sx, sy, sz] }: Block,
  node: Int32Array,
  { reachMm, cost, stayPerMm2 }: BorderRules,
): MovedBorder | null {
  const slice = nx * ny;
  const steps = [-1, 1, -nx, nx, -slice, slice];
  const lengths = [sx, sx, sy, sy, sz, sz];
  const areas = [sy * sz, sy * sz, sx * sz, sx * sz, sx * sy, sx * sy];
  const isInside = (i: number, f: number) => {
    const x = i % nx;
    if (f === 0) return x > 0;
    if (f === 1) return x + 1 < nx;
    const y = ((i - x) / nx) % ny;
    if (f === 2) return y > 0;
    if (f === 3) return y + 1 < ny;
    const z = Math.floor(i / slice);
    return f === 4 ? z > 0 : z + 1 < nz;
  };
  const reachOf = (i: number) => (of[i] === a ? reachMm[0] : reachMm[1]);
  // The zone grows from the border by whole voxels; distances are along the axes.
  const zone: number[] = [];
  const far: number[] = [];
  const join = (i: number, mm: number) => {
    node[i] = zone.length;
    zone.push(i);
    far.push(mm);
  };
  for (const i of faces) if ((of[i] === a || of[i] === b) && node[i] < 0) join(i, 0);
  for (let k = 0; k < zone.length; k++)
    for (let f = 0; f < 6; f++) {
      const j = zone[k] + steps[f];
      const mm = far[k] + lengths[f];
      if (mm <= reachOf(zone[k]) + lengths[f] && isInside(zone[k], f) && of[j] === of[zone[k]] && node[j] < 0)
        join(j, mm);
    }
  const count = zone.length;
  const held = [a, b].every((v) => zone.some((i, k) => of[i] === v && far[k] > reachOf(i)));
  if (!held) {
    for (const i of zone) node[i] = -1;
    return null;
  }
  const costs = Float64Array.from(zone, cost);
  const neighbours = new Int32Array(6 * count).fill(-1);
  const capacity = new Int32Array(6 * count);
  const first = new Int32Array(count);
  const second = new Int32Array(count);
  const cell = sx * sy * sz;
  for (let k = 0; k < count; k++) {
    const i = zone[k];
    for (let f = 0; f < 6; f++) {
      if (!isInside(i, f)) continue;
      const n = node[i + steps[f]];
      if (n < 0) continue;
      neighbours[6 * k + f] = n;
      capacity[6 * k + f] = Math.max(1, Math.round(0.5 * UNIT * areas[f] * (costs[k] + costs[n])));
    }
    const stay = far[k] > reachOf(i) ? NEVER : Math.round(UNIT * stayPerMm2 * cell * far[k]);
    (of[i] === a ? first : second)[k] = stay;
  }
  const before = Uint16Array.from(zone, (i) => of[i]);
  const side = minCut({ neighbours, capacity: capacity.slice(), first, second });
  let areaMm2 = 0;
  let total = 0;
  for (let k = 0; k < count; k++) {
    of[zone[k]] = side[k] === 1 ? a : b;
    node[zone[k]] = -1;
    for (let f = 0; f < 6; f++) {
      const n = neighbours[6 * k + f];
      if (n < 0 || side[k] === 0 || side[n] === 1) continue;
      areaMm2 += areas[f];
      total += capacity[6 * k + f] / UNIT;
    }
  }
  const undo = () =>
    zone.forEach((i, k) => {
      of[i] = before[k];
    });
  return { areaMm2, cost: total, undo };
}
