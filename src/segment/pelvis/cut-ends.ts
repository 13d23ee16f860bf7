import type { Block } from '../block.ts';

/**
 * How much of each bone lies at the end of what was measured, mm²: its section there, by faces of voxels, so up to half as
 * much again where a round field of view ends it.
 * @param of bone or piece of each voxel, 0 for none, `count` at most
 * @param padded voxels that were never measured, 1 or 0
 * @returns areas by bone, from index 1
 * @cost one pass
 */
export function cutAreas(
  of: Uint8Array | Uint16Array,
  padded: Uint8Array,
  { nx, ny, nz, spacing }: Block,
  count: number,
): Float64Array {
  const [sx, sy, sz] = spacing;
  const slice = nx * ny;
  const out = new Float64Array(count + 1);
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const label = of[i];
        if (label === 0) continue;
        if (x === 0 || padded[i - 1] === 1) out[label] += sy * sz;
        if (x === nx - 1 || padded[i + 1] === 1) out[label] += sy * sz;
        if (y === 0 || padded[i - nx] === 1) out[label] += sx * sz;
        if (y === ny - 1 || padded[i + nx] === 1) out[label] += sx * sz;
        if (z === 0 || padded[i - slice] === 1) out[label] += sx * sy;
        if (z === nz - 1 || padded[i + slice] === 1) out[label] += sx * sy;
      }
  return out;
}
