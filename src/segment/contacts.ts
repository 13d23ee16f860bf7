import { gaussian, type Volume } from '../volume/index.ts';
import { type Block, ball, blockOf } from './block.ts';
import type { Levels } from './levels.ts';
import { minCut } from './min-cut.ts';

export interface ContactOptions {
  /** The border between two bones is looked for anew this far to either side, mm. */
  readonly reachMm?: number;
  /** Gaps up to twice this wide are deep over their whole width, mm. */
  readonly gapRadiusMm?: number;
  /** Through a gap this deep, over the contrast of bone, a cut costs 1/e of one through flat bone. */
  readonly gapDepth?: number;
  /** What it costs to turn a voxel 1 mm behind the border over to the other bone, in mm² of cut through flat bone for each mm³; farther ones cost more in proportion. */
  readonly stayPerMm2?: number;
}
export const CONTACT_DEFAULTS = {
  /** Cartilage and both cortices beside it are thinner. */
  reachMm: 2.5,
  gapRadiusMm: 1,
  gapDepth: 0.06,
  /** Small bones keep their ends: without it a cut across a corner is the shorter one. */
  stayPerMm2: 0.3,
} as const satisfies Required<ContactOptions>;

/** Finest scale at which noise does not hide a joint gap, mm. */
const GAP_SIGMA_MM = 0.45;
/** Contacts smaller than this are left as they are, mm². */
const LEAST_CONTACT_MM2 = 4;
/** A face across flat bone costs this many units of flow for each mm²: costs are whole numbers. */
const UNIT = 1000;
const NEVER = 1 << 28;

/**
 * Moves the borders between bones that touch into the joint gaps: along the surface, among all near the present border,
 * that runs along the deepest gap. A gap is a dark sheet, however bright its bottom; spongiosa is flat.
 * @param of bone of each voxel, 0 for none; changed in place
 * @cost about 1 s for a foot
 */
export function settleContacts(
  of: Uint8Array | Uint16Array,
  ct: Volume<'hu'>,
  { softHu, boneHu }: Levels,
  options: ContactOptions = {},
): void {
  const o = { ...CONTACT_DEFAULTS, ...options };
  const block = blockOf(ct.grid);
  const smooth = gaussian(ct, GAP_SIGMA_MM, { truncate: 3 }).data;
  const depth = gapDepth(smooth, block, o.gapRadiusMm);
  const unit = 1 / (boneHu - softHu) / o.gapDepth;
  const cost = (i: number) => Math.exp(-unit * depth(i));
  const node = new Int32Array(block.count).fill(-1);
  for (const { a, b, faces } of contactsOf(of, block)) settle(of, a, b, faces, block, cost, node, o);
}

interface Contact {
  readonly a: number;
  readonly b: number;
  /** Voxels of either with a face to the other, ascending. */
  readonly faces: number[];
  areaMm2: number;
}

/** Pairs of bones that touch, largest contact first. */
function contactsOf(of: Uint8Array | Uint16Array, { nx, ny, nz, spacing }: Block): Contact[] {
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

function settle(
  of: Uint8Array | Uint16Array,
  a: number,
  b: number,
  faces: readonly number[],
  { nx, ny, nz, spacing: [sx, sy, sz] }: Block,
  cost: (i: number) => number,
  node: Int32Array,
  { reachMm, stayPerMm2 }: Required<ContactOptions>,
): void {
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
      if (mm <= reachMm + lengths[f] && isInside(zone[k], f) && of[j] === of[zone[k]] && node[j] < 0) join(j, mm);
    }
  const count = zone.length;
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
    const stay = far[k] > reachMm ? NEVER : Math.round(UNIT * stayPerMm2 * cell * far[k]);
    (of[i] === a ? first : second)[k] = stay;
  }
  const side = minCut({ neighbours, capacity, first, second });
  for (let k = 0; k < count; k++) {
    of[zone[k]] = side[k] === 1 ? a : b;
    node[zone[k]] = -1;
  }
}

/**
 * How deep a voxel lies in a dark sheet thinner than twice the radius: how much a closing by a ball raises it.
 * @source black top-hat: Serra 1982
 */
function gapDepth(g: Float32Array, block: Block, radiusMm: number): (i: number) => number {
  const { nx, ny, nz } = block;
  const slice = nx * ny;
  const steps = ball(block, radiusMm);
  const brightest = new Float32Array(g.length).fill(Number.NEGATIVE_INFINITY);
  const over = (i: number, start: number, better: (j: number, so: number) => number): number => {
    const x = i % nx;
    const y = ((i - x) / nx) % ny;
    const z = Math.floor(i / slice);
    let best = start;
    for (const { dx, dy, dz } of steps) {
      const [u, v, w] = [x + dx, y + dy, z + dz];
      if (u >= 0 && v >= 0 && w >= 0 && u < nx && v < ny && w < nz) best = better((w * ny + v) * nx + u, best);
    }
    return best;
  };
  const dilated = (i: number) => {
    if (brightest[i] === Number.NEGATIVE_INFINITY) brightest[i] = over(i, g[i], (j, so) => Math.max(so, g[j]));
    return brightest[i];
  };
  return (i) => over(i, dilated(i), (j, so) => Math.min(so, dilated(j))) - g[i];
}
