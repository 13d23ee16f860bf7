import { type Block, ball, dilate } from './block.ts';
import type { Levels } from './levels.ts';

const FREE = 0;
const WALL = 1;
const CLOSED = 2;
const REACHED = 3;
const NEAR = 4;

/** True contrast of compact bone over what blurred scans show of it. */
const DENSE = 1.25;

export interface BoneMaskOptions {
  /** Part of the way from soft tissue to dense bone that a cortex keeps even where it is thin. */
  readonly wallFraction?: number;
  /** Pores up to twice this wide do not let the outside in, mm. */
  readonly poreRadiusMm?: number;
  /** The rim that is looked at again with its own half maximum, mm. */
  readonly rimMm?: number;
  /** Voxels of the block that are bone whatever their grey value, 1 or 0: marrow laid open by a fracture. */
  readonly marrow?: Uint8Array;
}
export const BONE_MASK_DEFAULTS = {
  wallFraction: 0.22,
  poreRadiusMm: 1,
  /** The blur of scanners moves a low threshold outward by less. Thicker slices count 1.3 of theirs. */
  rimMm: 0.8,
} as const satisfies BoneMaskOptions;

/**
 * One bone as a solid body, without the joint gaps and soft tissue that its pieces still hold. First all that the
 * outside cannot reach without passing a wall, however thin; then the rim is peeled down to half of what the cortex
 * reaches right there, so that thick and thin cortices are met alike. Where the scan ends nothing enters, so a cut shaft
 * stays full.
 * @param mine voxels of the bone's pieces, 1 or 0, changed in place to the bone
 * @param padded voxels never measured
 * @cost two floods and four dilations in the bone's box
 */
export function shrinkToBone(
  mine: Uint8Array,
  grey: Float32Array,
  padded: Uint8Array,
  block: Block,
  { softHu, boneHu }: Levels,
  options: BoneMaskOptions = {},
): void {
  const { wallFraction, rimMm, marrow, ...o } = { ...BONE_MASK_DEFAULTS, ...options };
  // Thick slices open pores of their own.
  const poreRadiusMm = Math.max(o.poreRadiusMm, 1.3 * Math.max(...block.spacing));
  const wallHu = softHu + wallFraction * (boneHu - softHu);
  closeBody(mine, padded, block, poreRadiusMm, (i) => grey[i] > wallHu || marrow?.[i] === 1);
  const body = mine.slice();
  peel(mine, grey, padded, block, softHu, DENSE * (boneHu - softHu), Math.max(rimMm, 1.3 * Math.max(...block.spacing)));
  // Dents where a pore came to light are closed again, but nothing is added to the body.
  const peeled = mine.slice();
  mine.set(body);
  closeBody(mine, padded, block, poreRadiusMm, (i) => peeled[i] === 1);
}

/** Keeps what a ball coming from outside cannot reach without passing walls. */
function closeBody(
  mine: Uint8Array,
  padded: Uint8Array,
  block: Block,
  radiusMm: number,
  isWall: (i: number) => boolean,
): void {
  const state = new Uint8Array(mine.length);
  for (let i = 0; i < state.length; i++) if (mine[i] === 1 && isWall(i)) state[i] = WALL;
  dilate(state, block, radiusMm, WALL, FREE, CLOSED);
  // The outside is what is not mine; what was never measured is neither.
  floodFrom(
    block,
    (i) => mine[i] === 0 && padded[i] === 0,
    (i) => state[i] === FREE,
    (i) => {
      state[i] = REACHED;
    },
  );
  dilate(state, block, radiusMm, REACHED, CLOSED, NEAR);
  for (let i = 0; i < state.length; i++) if (state[i] === REACHED || state[i] === NEAR) mine[i] = 0;
}

/** Takes away what lies within the rim, hangs together with the outside and is darker than the edge of the cortex there. */
function peel(
  mine: Uint8Array,
  grey: Float32Array,
  padded: Uint8Array,
  block: Block,
  softHu: number,
  contrast: number,
  rimMm: number,
): void {
  const { nx, ny, nz } = block;
  const zone = new Uint8Array(mine.length);
  for (let i = 0; i < zone.length; i++) zone[i] = mine[i] === 1 ? 2 : padded[i] === 1 ? 0 : 1;
  dilate(zone, block, rimMm, 1, 2, 3);
  const steps = ball(block, rimMm);
  const body = mine.slice();
  const slice = nx * ny;
  const isDark = (i: number) => {
    if (zone[i] !== 3) return false;
    const x = i % nx;
    const y = ((i % slice) - x) / nx;
    const z = (i - (i % slice)) / slice;
    let most = grey[i];
    for (const { dx, dy, dz } of steps) {
      const [u, v, w] = [x + dx, y + dy, z + dz];
      if (u < 0 || v < 0 || w < 0 || u >= nx || v >= ny || w >= nz) continue;
      const j = (w * ny + v) * nx + u;
      if (body[j] === 1 && grey[j] > most) most = grey[j];
    }
    return grey[i] < softHu + contrast * edgeOf((most - softHu) / contrast);
  };
  floodFrom(
    block,
    (i) => body[i] === 0 && padded[i] === 0,
    (i) => mine[i] === 1 && isDark(i),
    (i) => {
      mine[i] = 0;
    },
  );
}

/**
 * Value at the edge of a blurred sheet whose peak is `peak`, both as parts of the sheet's true contrast: a thick sheet
 * keeps its contrast and has half of it at the edge; a thin one loses contrast, at the edge less than in the middle.
 * @source ½ erf(2 erf⁻¹(peak)) for a Gaussian blur, to 0.02
 */
function edgeOf(peak: number): number {
  if (peak >= 1) return peak / 2;
  const p = Math.max(0, peak);
  return p - 0.5 * p * p * Math.sqrt(p);
}

/** Spreads from the seeds through what is open; every voxel is marked once. Seeds themselves need not be open. */
function floodFrom(
  { nx, ny, nz, count }: Block,
  isSeed: (i: number) => boolean,
  isOpen: (i: number) => boolean,
  mark: (i: number) => void,
): void {
  const slice = nx * ny;
  const queue = new Int32Array(count);
  let end = 0;
  const seen = new Uint8Array(count);
  for (let i = 0; i < count; i++)
    if (isSeed(i)) {
      seen[i] = 1;
      if (isOpen(i)) mark(i);
      queue[end++] = i;
    }
  const visit = (i: number) => {
    if (seen[i] === 1) return;
    seen[i] = 1;
    if (!isOpen(i)) return;
    mark(i);
    queue[end++] = i;
  };
  for (let k = 0; k < end; k++) {
    const i = queue[k];
    const x = i % nx;
    const y = ((i % slice) - x) / nx;
    const z = (i - (i % slice)) / slice;
    if (x > 0) visit(i - 1);
    if (x + 1 < nx) visit(i + 1);
    if (y > 0) visit(i - nx);
    if (y + 1 < ny) visit(i + nx);
    if (z > 0) visit(i - slice);
    if (z + 1 < nz) visit(i + slice);
  }
}
