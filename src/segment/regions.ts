import type { Block } from './block.ts';
import type { GapShare } from './gaps.ts';
import type { Levels } from './levels.ts';

/** A way up to a ridge may dip by this part of the contrast of bone: noise, and the texture of spongiosa. */
const DIP = 0.06;
/** Cortices are thinner than this, mm; ways up are no longer. */
const CLIMB_MM = 6;
/** Greys are flooded in this many steps. */
const HEIGHTS = 256;

/** Who has gone down into a gap does not climb out of it by more than this part of the contrast of bone. */
const RISE = 0.2;
/** Bodies without an interior of their own, small phalanges, are pieces if they are larger than this, mm³. */
const LEAST_ORPHAN_MM3 = 60;

export interface Territories {
  readonly of: Uint16Array;
  /** Numbers in use: those of the interiors, then those of bodies without one. */
  readonly count: number;
}

/**
 * Every solid voxel to an interior. First each interior climbs to the crest of its cortex, never down again, so it
 * cannot reach a neighbour; then all flow down the outer slopes together, brightest first, and meet at the bottom of the
 * joint gaps. None climbs out of a gap: a body left dry is a piece of its own.
 * @cost about 0.5 µs a solid voxel
 * @source the second part is a watershed: Meyer 1994
 */
export function territoriesOf(
  solid: Uint8Array,
  grey: Float32Array,
  cores: Uint16Array,
  coreCount: number,
  block: Block,
  { softHu, boneHu }: Levels,
): Territories {
  const of = cores.slice();
  const contrast = boneHu - softHu;
  climb(of, solid, grey, block, DIP * contrast);
  const height = new Uint8Array(of.length);
  const unit = (HEIGHTS - 1) / (1.5 * contrast);
  for (let i = 0; i < height.length; i++)
    height[i] = HEIGHTS - 1 - Math.min(HEIGHTS - 1, Math.max(0, unit * (grey[i] - softHu)));
  flow(of, solid, height, block, Math.round(RISE * contrast * unit));
  const count = nameOrphans(of, solid, block, coreCount);
  flow(of, solid, height, block, HEIGHTS);
  return { of, count };
}

/** Numbers the larger bodies that no region reached. */
function nameOrphans(of: Uint16Array, solid: Uint8Array, block: Block, coreCount: number): number {
  const { spacing } = block;
  const least = LEAST_ORPHAN_MM3 / (spacing[0] * spacing[1] * spacing[2]);
  const seen = new Uint8Array(of.length);
  let count = coreCount;
  for (let i = 0; i < of.length; i++) {
    if (solid[i] === 0 || of[i] !== 0 || seen[i] === 1) continue;
    const body = [i];
    seen[i] = 1;
    for (let k = 0; k < body.length; k++)
      eachNeighbour(body[k], block, (j) => {
        if (solid[j] === 0 || of[j] !== 0 || seen[j] === 1) return;
        seen[j] = 1;
        body.push(j);
      });
    if (body.length < least) continue;
    count++;
    for (const j of body) of[j] = count;
  }
  return count;
}

/** Grows regions at equal pace along ways that only rise. */
function climb(of: Uint16Array, solid: Uint8Array, grey: Float32Array, block: Block, dip: number): void {
  const { spacing } = block;
  const top = new Float32Array(of.length);
  let front: number[] = [];
  for (let i = 0; i < of.length; i++)
    if (of[i] !== 0) {
      top[i] = grey[i];
      front.push(i);
    }
  const rounds = Math.ceil(CLIMB_MM / Math.min(...spacing));
  for (let round = 0; round < rounds && front.length > 0; round++) {
    const next: number[] = [];
    for (const i of front)
      eachNeighbour(i, block, (j) => {
        if (of[j] !== 0 || solid[j] === 0 || grey[j] < top[i] - dip) return;
        of[j] = of[i];
        top[j] = grey[j] > top[i] ? grey[j] : top[i];
        next.push(j);
      });
    front = next;
  }
}

/** Spreads regions over the solid, lowest heights first, equal ones at equal pace, but none up by more than `rise`. */
function flow(of: Uint16Array, solid: Uint8Array, height: Uint8Array, block: Block, rise: number): void {
  const lowest = new Uint8Array(of.length);
  // One chain a height; a voxel enters once, when it is labelled.
  const head = new Int32Array(HEIGHTS).fill(-1);
  const tail = new Int32Array(HEIGHTS).fill(-1);
  let solids = 0;
  for (let i = 0; i < solid.length; i++) if (solid[i] === 1 || of[i] !== 0) solids++;
  const voxel = new Int32Array(solids);
  const next = new Int32Array(solids);
  let used = 0;
  const push = (i: number, level: number) => {
    voxel[used] = i;
    next[used] = -1;
    if (tail[level] >= 0) next[tail[level]] = used;
    else head[level] = used;
    tail[level] = used++;
  };
  for (let i = 0; i < of.length; i++)
    if (of[i] !== 0) {
      lowest[i] = height[i];
      push(i, 0);
    }
  for (let level = 0; level < HEIGHTS; ) {
    const e = head[level];
    if (e < 0) {
      level++;
      continue;
    }
    head[level] = next[e];
    if (head[level] < 0) tail[level] = -1;
    const i = voxel[e];
    eachNeighbour(i, block, (j) => {
      // Heights are measured downward: the lowest place on the way has the largest.
      if (of[j] !== 0 || solid[j] === 0 || height[j] + rise < lowest[i]) return;
      of[j] = of[i];
      lowest[j] = height[j] > lowest[i] ? height[j] : lowest[i];
      push(j, height[j] > level ? height[j] : level);
    });
  }
}

/** The six neighbours by a face. */
function eachNeighbour(i: number, { nx, ny, nz }: Block, see: (j: number) => void): void {
  const slice = nx * ny;
  const x = i % nx;
  const y = ((i % slice) - x) / nx;
  const z = (i - (i % slice)) / slice;
  if (x > 0) see(i - 1);
  if (x + 1 < nx) see(i + 1);
  if (y > 0) see(i - nx);
  if (y + 1 < ny) see(i + nx);
  if (z > 0) see(i - slice);
  if (z + 1 < nz) see(i + slice);
}

/** The face between two regions. */
export interface Face {
  readonly a: number;
  readonly b: number;
  areaMm2: number;
  /** The part of it that runs along a joint gap. */
  gapMm2: number;
}

/** Faces between regions, by ascending pair. @cost one pass, and the gap at every face */
export function facesOf(of: Uint16Array, share: GapShare, block: Block, count: number): Face[] {
  const { nx, ny, nz, spacing } = block;
  const [sx, sy, sz] = spacing;
  const slice = nx * ny;
  const faces = new Map<number, Face>();
  const add = (i: number, j: number, areaMm2: number) => {
    const [a, b] = of[i] < of[j] ? [of[i], of[j]] : [of[j], of[i]];
    const key = a * (count + 1) + b;
    let face = faces.get(key);
    if (!face) {
      face = { a, b, areaMm2: 0, gapMm2: 0 };
      faces.set(key, face);
    }
    face.areaMm2 += areaMm2;
    face.gapMm2 += areaMm2 * Math.max(share(i), share(j));
  };
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const here = of[i];
        if (here === 0) continue;
        if (x + 1 < nx && of[i + 1] !== here && of[i + 1] !== 0) add(i, i + 1, sy * sz);
        if (y + 1 < ny && of[i + nx] !== here && of[i + nx] !== 0) add(i, i + nx, sx * sz);
        if (z + 1 < nz && of[i + slice] !== here && of[i + slice] !== 0) add(i, i + slice, sx * sy);
      }
  return [...faces.values()].sort((p, q) => p.a - q.a || p.b - q.b);
}
