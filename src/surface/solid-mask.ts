import { OsteonError } from '../base/index.ts';
import type { Volume, VoxelBox } from '../volume/index.ts';

/** One label as a solid block: its box in the scan, and 1 inside, 0 outside. */
export interface SolidMask {
  readonly box: VoxelBox;
  readonly size: readonly [number, number, number];
  readonly inside: Uint8Array;
  /** 1 where another label is. */
  readonly others: Uint8Array;
  /** Voxels that were neither the label nor connected to the outside. */
  readonly filledVoxels: number;
  readonly labelVoxels: number;
}

/**
 * The voxels of one label with every enclosed cavity filled, in a box `margin` voxels wider (cut at the scan).
 * @throws volume.empty
 */
export function solidMask(
  labels: Volume<'label'>,
  label: number,
  margin: readonly [number, number, number],
): SolidMask {
  const box = boxOf(labels, label, margin);
  const [nx, ny] = labels.grid.size;
  const size: [number, number, number] = [0, 1, 2].map((a) => box.hi[a] - box.lo[a]) as [number, number, number];
  const [mx, my, mz] = size;
  const inside = new Uint8Array(mx * my * mz);
  const others = new Uint8Array(mx * my * mz);
  let labelVoxels = 0;
  for (let k = 0, o = 0; k < mz; k++)
    for (let j = 0; j < my; j++) {
      let from = ((k + box.lo[2]) * ny + j + box.lo[1]) * nx + box.lo[0];
      for (let i = 0; i < mx; i++, o++, from++)
        if (labels.data[from] === label) {
          inside[o] = 1;
          labelVoxels++;
        } else if (labels.data[from] !== 0) others[o] = 1;
    }
  const filledVoxels = fillCavities(inside, size);
  return { box, size, inside, others, filledVoxels, labelVoxels };
}

function boxOf(labels: Volume<'label'>, label: number, margin: readonly [number, number, number]): VoxelBox {
  const [nx, ny, nz] = labels.grid.size;
  const { data } = labels;
  const lo: [number, number, number] = [nx, ny, nz];
  const hi: [number, number, number] = [0, 0, 0];
  for (let k = 0, o = 0; k < nz; k++)
    for (let j = 0; j < ny; j++, o += nx) {
      let first = o;
      while (first < o + nx && data[first] !== label) first++;
      if (first === o + nx) continue;
      let last = o + nx - 1;
      while (data[last] !== label) last--;
      lo[0] = Math.min(lo[0], first - o);
      hi[0] = Math.max(hi[0], last - o + 1);
      lo[1] = Math.min(lo[1], j);
      hi[1] = Math.max(hi[1], j + 1);
      lo[2] = Math.min(lo[2], k);
      hi[2] = Math.max(hi[2], k + 1);
    }
  if (hi[0] === 0) throw new OsteonError('volume.empty', { label }, 'the label does not occur in the volume');
  const n = [nx, ny, nz];
  return {
    lo: [0, 1, 2].map((a) => Math.max(0, lo[a] - margin[a])) as [number, number, number],
    hi: [0, 1, 2].map((a) => Math.min(n[a], hi[a] + margin[a])) as [number, number, number],
  };
}

/** Fills what cannot be reached from the border of the block through faces; returns how many voxels that were. */
function fillCavities(inside: Uint8Array, [nx, ny, nz]: readonly [number, number, number]): number {
  const OUT = 2;
  const stack: number[] = [];
  const push = (o: number) => {
    if (inside[o] === 0) {
      inside[o] = OUT;
      stack.push(o);
    }
  };
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i += k === 0 || k === nz - 1 || j === 0 || j === ny - 1 ? 1 : Math.max(1, nx - 1))
        push((k * ny + j) * nx + i);
  while (stack.length) {
    const o = stack.pop()!;
    const i = o % nx;
    const j = ((o - i) / nx) % ny;
    if (i > 0) push(o - 1);
    if (i < nx - 1) push(o + 1);
    if (j > 0) push(o - nx);
    if (j < ny - 1) push(o + nx);
    if (o >= nx * ny) push(o - nx * ny);
    if (o < nx * ny * (nz - 1)) push(o + nx * ny);
  }
  let filled = 0;
  for (let o = 0; o < inside.length; o++)
    if (inside[o] === 0) {
      inside[o] = 1;
      filled++;
    } else if (inside[o] === OUT) inside[o] = 0;
  return filled;
}

/** The mask blurred by one binomial pass (variance half a voxel along each axis): its half level is a surface without steps of a whole voxel. */
export function blurredMask({ inside, size }: SolidMask): Float32Array {
  const [nx, ny, nz] = size;
  const f = Float32Array.from(inside);
  const pass = (stride: number, n: number, starts: (visit: (o: number) => void) => void) =>
    starts((o) => {
      let before = f[o];
      for (let i = 0; i < n; i++) {
        const at = o + i * stride;
        const here = f[at];
        const after = i + 1 < n ? f[at + stride] : here;
        f[at] = (before + 2 * here + after) / 4;
        before = here;
      }
    });
  pass(1, nx, (visit) => {
    for (let r = 0; r < ny * nz; r++) visit(r * nx);
  });
  pass(nx, ny, (visit) => {
    for (let k = 0; k < nz; k++) for (let i = 0; i < nx; i++) visit(k * nx * ny + i);
  });
  pass(nx * ny, nz, (visit) => {
    for (let i = 0; i < nx * ny; i++) visit(i);
  });
  return f;
}
