import { type Block, ball } from './block.ts';

export interface EnclosedOptions {
  /** Rays look this far, mm. */
  readonly reachMm?: number;
  /** A voxel with bone in this part of all directions lies within. */
  readonly part?: number;
}
export const ENCLOSED_DEFAULTS = {
  /** Half the marrow of a shank. */
  reachMm: 20,
  /** A groove of a bone is open to a quarter and more; marrow behind a hole in a thin cortex to a few directions. */
  part: 0.84,
} as const satisfies Required<EnclosedOptions>;

/** A hole is filled from its depth to its mouth. */
const ROUNDS = 3;

/**
 * Gives back to a bone what the outside reached through a hole in its cortex, or at the end of the scan: voxels that see
 * the bone in nearly all directions.
 * @param mine voxels of the bone, 1 or 0, changed in place
 * @param lost voxels it may get, 1 or 0
 * @param isEnd whether the scan ends beyond a face of the block: x low, x high, y low …
 * @cost 26 rays a lost voxel
 */
export function fillEnclosed(
  mine: Uint8Array,
  lost: Uint8Array,
  padded: Uint8Array,
  block: Block,
  isEnd: readonly boolean[],
  options: EnclosedOptions = {},
): void {
  const { reachMm, part } = { ...ENCLOSED_DEFAULTS, ...options };
  const { nx, ny, nz, spacing } = block;
  const slice = nx * ny;
  const rays = ball({ ...block, spacing: [1, 1, 1] }, 1.8).map(({ dx, dy, dz }) => {
    const [a, b, c] = [dx * spacing[0], dy * spacing[1], dz * spacing[2]];
    return { dx, dy, dz, steps: Math.floor(reachMm / Math.sqrt(a * a + b * b + c * c)) };
  });
  const misses = Math.floor((1 - part) * rays.length);
  const sees = (i: number): boolean => {
    const x = i % nx;
    const y = ((i - x) / nx) % ny;
    const z = Math.floor(i / slice);
    let missed = 0;
    for (const { dx, dy, dz, steps } of rays) {
      let [u, v, w] = [x, y, z];
      let hit = false;
      for (let k = 0; k < steps && !hit; k++) {
        u += dx;
        v += dy;
        w += dz;
        if (u < 0 || v < 0 || w < 0 || u >= nx || v >= ny || w >= nz) {
          hit =
            (u < 0 && isEnd[0]) ||
            (u >= nx && isEnd[1]) ||
            (v < 0 && isEnd[2]) ||
            (v >= ny && isEnd[3]) ||
            (w < 0 && isEnd[4]) ||
            (w >= nz && isEnd[5]);
          break;
        }
        const j = (w * ny + v) * nx + u;
        hit = mine[j] === 1 || padded[j] === 1;
      }
      if (!hit && ++missed > misses) return false;
    }
    return true;
  };
  for (let round = 0; round < ROUNDS; round++) {
    const found: number[] = [];
    for (let i = 0; i < lost.length; i++) if (lost[i] === 1 && mine[i] === 0 && sees(i)) found.push(i);
    if (found.length === 0) return;
    for (const i of found) mine[i] = 1;
  }
}
