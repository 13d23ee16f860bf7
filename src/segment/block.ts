import type { Vec3 } from '../base/index.ts';
import { type Grid, spacingMm } from '../volume/index.ts';

/** The shape of a block of voxels, for flat loops. */
export interface Block {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  readonly count: number;
  readonly spacing: Vec3;
}

export function blockOf(grid: Grid): Block {
  const [nx, ny, nz] = grid.size;
  return { nx, ny, nz, count: nx * ny * nz, spacing: spacingMm(grid) };
}

/** Voxel steps inside a ball of radius `mm`, without the centre, nearest first. */
export function ball({ spacing: [sx, sy, sz] }: Block, mm: number): { dx: number; dy: number; dz: number }[] {
  const out: { dx: number; dy: number; dz: number; d2: number }[] = [];
  const [rx, ry, rz] = [Math.floor(mm / sx), Math.floor(mm / sy), Math.floor(mm / sz)];
  for (let dz = -rz; dz <= rz; dz++)
    for (let dy = -ry; dy <= ry; dy++)
      for (let dx = -rx; dx <= rx; dx++) {
        const d2 = dx * sx * (dx * sx) + dy * sy * (dy * sy) + dz * sz * (dz * sz);
        if (d2 > 0 && d2 <= mm * mm + 1e-9) out.push({ dx, dy, dz, d2 });
      }
  return out.sort((a, b) => a.d2 - b.d2 || a.dz - b.dz || a.dy - b.dy || a.dx - b.dx);
}

/**
 * Grows the voxels of value `from` by a ball: voxels of value `onto` within `mm` become `made`.
 * @cost one ball a voxel on the face between the two
 */
export function dilate(data: Uint8Array, block: Block, mm: number, from: number, onto: number, made: number): void {
  const { nx, ny, nz } = block;
  const slice = nx * ny;
  const steps = ball(block, mm);
  const open = (i: number) => data[i] === onto || data[i] === made;
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        if (data[i] !== from) continue;
        const onFace =
          (x > 0 && open(i - 1)) ||
          (x + 1 < nx && open(i + 1)) ||
          (y > 0 && open(i - nx)) ||
          (y + 1 < ny && open(i + nx)) ||
          (z > 0 && open(i - slice)) ||
          (z + 1 < nz && open(i + slice));
        if (!onFace) continue;
        for (const { dx, dy, dz } of steps) {
          const j = i + dx + dy * nx + dz * slice;
          if (data[j] !== onto) continue;
          const [u, v, w] = [x + dx, y + dy, z + dz];
          if (u >= 0 && v >= 0 && w >= 0 && u < nx && v < ny && w < nz) data[j] = made;
        }
      }
}
