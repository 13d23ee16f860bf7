import type { Finding, Vec3 } from '../base/index.ts';
import { apply, norm } from '../math/index.ts';
import { spacingMm, type Volume } from '../volume/index.ts';

/** What counts as a foot in the coarse picture. */
export const VIEW_DEFAULTS = {
  /** Side of a coarse cell: joint spaces close, the gap between two feet stays open. */
  cellMm: 3,
  /** Tried in turn until two feet come apart: mean HU of a cell that counts as bone. */
  boneHu: [130, 226, 350],
  /** Skeleton of one foot: a small child's is larger. */
  leastFootMm3: 60_000,
  leastDiagonalMm: 120,
  /** Bone at the top that is narrower than this (and than the fraction of the body's diagonal) is shank or ankle. */
  shankWidthMm: 65,
  shankFraction: 0.3,
  /** The ankle is narrow too: this much leaves 15 to 25 mm of shaft above the joint. */
  leastShankMm: 40,
  /** Cells on a face of the volume that make a cut, not noise. */
  cutCells: 4,
} as const;

/** A coarse picture: mean HU of blocks of voxels. */
interface Coarse {
  readonly size: Vec3;
  readonly mean: Float32Array;
  /** Centre of a cell, LPS mm. */
  readonly lpsOf: (i: number, j: number, k: number) => Vec3;
  readonly cellMm3: number;
}

/**
 * Are both feet in view, whole, and up to the shank? Looks for two separate bodies of bone, at faces of the volume that
 * cut them, and at how far narrow bone reaches above each. Up is the patient's head (LPS z).
 * @cost one pass over the voxels; about 0.2 s for 80 million
 */
export function checkView(volume: Volume<'hu', Int16Array>, options: Partial<typeof VIEW_DEFAULTS> = {}): Finding[] {
  const o = { ...VIEW_DEFAULTS, ...options };
  const coarse = coarsen(volume, o.cellMm);
  let feet: Int32Array[] = [];
  for (const hu of o.boneHu) {
    const found = bodies(coarse, hu).filter((cells) => isFoot(coarse, cells, o));
    if (found.length > feet.length) feet = found;
    if (feet.length >= 2) break;
  }
  if (feet.length !== 2)
    return [
      {
        level: 'blocker',
        code: 'dicom.view',
        text: `${['No foot is', 'One foot is'][feet.length] ?? `${feet.length} separate bodies of bone are`} in view where two feet are needed`,
        facts: { feet: feet.length },
        hint: 'Scan both feet up to the shank, or override with a reason',
      },
    ];
  // The patient's left has the greater x.
  const byX = feet.map((cells) => ({ cells, x: meanX(coarse, cells) })).sort((a, b) => a.x - b.x);
  return byX.flatMap(({ cells }, i) => footFindings(coarse, cells, i === 0 ? 'right' : 'left', o));
}

function footFindings(c: Coarse, cells: Int32Array, side: string, o: typeof VIEW_DEFAULTS): Finding[] {
  const out: Finding[] = [];
  const cut = cutCells(c, cells);
  if (cut >= o.cutCells)
    out.push({
      level: 'blocker',
      code: 'dicom.view',
      text: `The ${side} foot is cut off by the edge of the scan`,
      facts: { cells: cut, cellMm: o.cellMm },
      hint: 'Scan the whole foot, or override with a reason',
    });
  const shankMm = shankHeight(c, cells, o);
  if (shankMm < o.leastShankMm)
    out.push({
      level: 'blocker',
      code: 'dicom.view',
      text: `Only ${shankMm.toFixed(0)} mm of the ${side} shank are in view; ${o.leastShankMm} mm are needed`,
      facts: { shankMm, leastShankMm: o.leastShankMm },
      hint: 'Scan up to the middle of the tibia, or override with a reason',
    });
  return out;
}

function coarsen({ grid, data }: Volume<'hu', Int16Array>, cellMm: number): Coarse {
  const [nx, ny, nz] = grid.size;
  const step = spacingMm(grid).map((s) => Math.max(1, Math.round(cellMm / s)));
  const size = [nx, ny, nz].map((n, a) => Math.ceil(n / step[a])) as unknown as Vec3;
  const sum = new Float32Array(size[0] * size[1] * size[2]);
  const count = new Uint16Array(sum.length);
  const cellX = Uint16Array.from({ length: nx }, (_, x) => Math.floor(x / step[0]));
  for (let z = 0, v = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) {
      const row = (Math.floor(z / step[2]) * size[1] + Math.floor(y / step[1])) * size[0];
      for (let x = 0; x < nx; x++, v++) {
        const cell = row + cellX[x];
        sum[cell] += data[v];
        count[cell]++;
      }
    }
  for (let i = 0; i < sum.length; i++) sum[i] /= count[i];
  const [sx, sy, sz] = spacingMm(grid);
  return {
    size,
    mean: sum,
    lpsOf: (i, j, k) =>
      apply(grid.lpsFromVoxel, [(i + 0.5) * step[0] - 0.5, (j + 0.5) * step[1] - 0.5, (k + 0.5) * step[2] - 0.5]),
    cellMm3: step[0] * sx * step[1] * sy * step[2] * sz,
  };
}

/** Bodies of touching cells (26 neighbours) of at least `hu`, each as a list of cell numbers. */
function bodies({ size, mean }: Coarse, hu: number): Int32Array[] {
  const [nx, ny, nz] = size;
  const seen = new Uint8Array(mean.length);
  const queue = new Int32Array(mean.length);
  const out: Int32Array[] = [];
  for (let start = 0; start < mean.length; start++) {
    if (seen[start] || !(mean[start] >= hu)) continue;
    let tail = 0;
    queue[tail++] = start;
    seen[start] = 1;
    for (let head = 0; head < tail; head++) {
      const c = queue[head];
      const x = c % nx;
      const y = Math.floor(c / nx) % ny;
      const z = Math.floor(c / (nx * ny));
      for (let k = Math.max(0, z - 1); k <= Math.min(nz - 1, z + 1); k++)
        for (let j = Math.max(0, y - 1); j <= Math.min(ny - 1, y + 1); j++)
          for (let i = Math.max(0, x - 1); i <= Math.min(nx - 1, x + 1); i++) {
            const n = (k * ny + j) * nx + i;
            if (seen[n] || !(mean[n] >= hu)) continue;
            seen[n] = 1;
            queue[tail++] = n;
          }
    }
    out.push(queue.slice(0, tail));
  }
  return out;
}

function cellPoint(c: Coarse, cell: number): Vec3 {
  const [nx, ny] = c.size;
  return c.lpsOf(cell % nx, Math.floor(cell / nx) % ny, Math.floor(cell / (nx * ny)));
}

function isFoot(c: Coarse, cells: Int32Array, o: typeof VIEW_DEFAULTS): boolean {
  return cells.length * c.cellMm3 >= o.leastFootMm3 && diagonal(c, cells) >= o.leastDiagonalMm;
}

function diagonal(c: Coarse, cells: Int32Array): number {
  const lo = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const hi = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const cell of cells)
    cellPoint(c, cell).forEach((x, a) => {
      lo[a] = Math.min(lo[a], x);
      hi[a] = Math.max(hi[a], x);
    });
  return norm([hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]]);
}

/** Horizontal layers of a body, lowest first, and the greater of their extents in x and y. */
function layers(c: Coarse, cells: Int32Array, layerMm: number): { z: number; widthMm: number }[] {
  const boxes = new Map<number, [number, number, number, number]>();
  for (const cell of cells) {
    const [x, y, z] = cellPoint(c, cell);
    const l = Math.floor(z / layerMm);
    const b = boxes.get(l);
    if (!b) boxes.set(l, [x, x, y, y]);
    else {
      b[0] = Math.min(b[0], x);
      b[1] = Math.max(b[1], x);
      b[2] = Math.min(b[2], y);
      b[3] = Math.max(b[3], y);
    }
  }
  return [...boxes]
    .sort((a, b) => a[0] - b[0])
    .map(([l, b]) => ({ z: l * layerMm, widthMm: Math.max(b[1] - b[0], b[3] - b[2]) + layerMm }));
}

/** Height of the narrow part at the top of a body, mm. */
function shankHeight(c: Coarse, cells: Int32Array, o: typeof VIEW_DEFAULTS): number {
  const list = layers(c, cells, o.cellMm);
  const narrow = Math.min(o.shankWidthMm, o.shankFraction * diagonal(c, cells));
  let n = list.length;
  while (n > 0 && list[n - 1].widthMm <= narrow) n--;
  return n === list.length ? 0 : list[list.length - 1].z + o.cellMm - list[n].z;
}

function meanX(c: Coarse, cells: Int32Array): number {
  let s = 0;
  for (const cell of cells) s += cellPoint(c, cell)[0];
  return s / cells.length;
}

/** Cells of a body on faces of the volume that do not look up. */
function cutCells(c: Coarse, cells: Int32Array): number {
  const [nx, ny, nz] = c.size;
  const o = c.lpsOf(0, 0, 0);
  const up = [c.lpsOf(1, 0, 0), c.lpsOf(0, 1, 0), c.lpsOf(0, 0, 1)].map((p) => p[2] - o[2]);
  const steepest = up.reduce((m, u, a) => (Math.abs(u) > Math.abs(up[m]) ? a : m), 0);
  const last = [nx - 1, ny - 1, nz - 1];
  let count = 0;
  for (const cell of cells) {
    const at = [cell % nx, Math.floor(cell / nx) % ny, Math.floor(cell / (nx * ny))];
    const isCut = at.some((i, a) => {
      const isOpen = (side: number) => a === steepest && up[a] * side > 0;
      return (i === 0 && !isOpen(-1)) || (i === last[a] && !isOpen(1));
    });
    if (isCut) count++;
  }
  return count;
}
