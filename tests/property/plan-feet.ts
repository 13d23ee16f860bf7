import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vec3 } from '../../src/base/index.ts';
import { writeCtSeries } from '../../src/dicom/index.ts';
import { readStl } from '../../src/io/index.ts';
import { bounds, type Mesh } from '../../src/mesh/index.ts';
import { scan } from '../../src/phantom/ct.ts';
import { type NamedMesh, type TwoFeet, twoFeet } from '../../src/phantom/two-feet.ts';
import type { ScanSource } from '../../src/plan/index.ts';
import { sha256 } from '../../src/platform/node/index.ts';
import { signedDistanceVolume } from '../../src/surface/index.ts';
import { cropGrid, type Grid, type Volume, type VoxelBox } from '../../src/volume/index.ts';

const SHIPPED = join(import.meta.dirname, '../../data/feet');

/** The bones of one left foot that the program ships. */
export const shippedFoot = (): NamedMesh[] =>
  readdirSync(SHIPPED)
    .filter((file) => file.endsWith('.stl'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -4),
      mesh: readStl(new Uint8Array(readFileSync(join(SHIPPED, file)))).mesh,
    }));

export interface FeetScan {
  readonly feet: TwoFeet;
  readonly volume: Volume<'hu', Int16Array>;
}

/** CT of two feet with a collapsed left talus: cortex, spongiosa, soft tissue, blur and noise, on a coarse grid. */
export function scanFeet(spacingMm: Vec3, options: { without?: string; seed?: number } = {}): FeetScan {
  const feet = twoFeet(shippedFoot(), { spacingMm, seed: options.seed ?? 3 });
  const { grid } = feet;
  const hu = new Float32Array(grid.size[0] * grid.size[1] * grid.size[2]).fill(40);
  for (const { name, mesh } of feet.imaged) if (name !== options.without) addBone(hu, grid, mesh);
  return { feet, volume: scan(hu, grid, { psfSigmaMm: 0.5, noiseHu: 15, seed: 5 }) };
}

/** Cortex of 1.2 mm around spongiosa; edges as soft as a voxel is wide. */
function addBone(hu: Float32Array, grid: Grid, mesh: Mesh): void {
  const box = boxOfMesh(grid, mesh);
  if (box.lo.some((v, a) => v >= box.hi[a])) return;
  const part = cropGrid(grid, box);
  const { data } = signedDistanceVolume(mesh, part, 3);
  const [mx, my, mz] = part.size;
  for (let k = 0, o = 0; k < mz; k++)
    for (let j = 0; j < my; j++)
      for (let i = 0; i < mx; i++, o++) {
        const at = ((k + box.lo[2]) * grid.size[1] + j + box.lo[1]) * grid.size[0] + i + box.lo[0];
        const bone = Math.min(1, Math.max(0, 0.5 - data[o]));
        const inner = Math.min(1, Math.max(0, -data[o] - 1.2));
        hu[at] += bone * (1250 - 900 * inner - hu[at]);
      }
}

/** For grids with axes along LPS. */
function boxOfMesh(grid: Grid, mesh: Mesh): VoxelBox {
  const { lo, hi } = bounds(mesh);
  const { m } = grid.lpsFromVoxel;
  const index = (p: Vec3, margin: number) =>
    [0, 1, 2].map((a) => Math.min(grid.size[a], Math.max(0, Math.round((p[a] - m[4 * a + 3]) / m[5 * a]) + margin)));
  return { lo: index(lo, -4) as unknown as Vec3, hi: index(hi, 5) as unknown as Vec3 };
}

/** A volume as the files of one series. */
export function sourceOf(
  volume: Volume<'hu', Int16Array>,
  tags: { laterality?: 'left' | 'right' | 'both' } = {},
): ScanSource {
  const files = writeCtSeries(volume, { seed: 'feet', patientId: 'F1', laterality: 'both', ...tags });
  return {
    files: files.map((head, i) => ({ name: `${String(i).padStart(4, '0')}.dcm`, head, sizeBytes: head.length })),
    bytesOf: (i) => files[i],
    hashOf: (i) => sha256(files[i]),
  };
}
