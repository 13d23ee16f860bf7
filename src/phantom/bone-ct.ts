import { bounds, type Mesh } from '../mesh/index.ts';
import { signedDistanceVolume, voxelise } from '../surface/index.ts';
import { createVolume, cropGrid, type Grid, gaussian, spacingMm, type VoxelBox } from '../volume/index.ts';

/** What a bone is made of. Trabeculae and marrow are not even: standard deviation and size of the unevenness. */
export interface BoneTissue {
  readonly cortexHu: number;
  readonly cortexMm: number;
  readonly spongiosaHu: number;
  readonly textureHu: number;
  readonly textureMm: number;
  /** See `voxelise`. */
  readonly raysPerSide: number;
}

/** Puts one bone into ideal grey values, by the share of each voxel it fills. @requires closed, LPS mm; grid along x, y, z */
export function addBone(hu: Float32Array, grid: Grid, mesh: Mesh, tissue: BoneTissue, normal: () => number): void {
  const box = boxOfMesh(mesh, grid, 2);
  if (!box) return;
  const block = cropGrid(grid, box);
  const spacing = spacingMm(grid);
  const { cortexHu, cortexMm, spongiosaHu, raysPerSide } = tissue;
  const share = voxelise(mesh, block, { raysPerSide }).data;
  const distance = signedDistanceVolume(mesh, block, cortexMm + 2 * Math.max(...spacing)).data;
  const texture = textureOf(block, tissue, normal);
  const half = Math.min(...spacing);
  forEachVoxel(box, grid.size, (at, i) => {
    if (share[i] === 0) return;
    const core = ramp((-distance[i] - cortexMm) / half + 0.5);
    const bone = cortexHu + core * (spongiosaHu + texture[i] - cortexHu);
    hu[at] += share[i] * (bone - hu[at]);
  });
}

function textureOf(block: Grid, { textureHu, textureMm }: BoneTissue, normal: () => number): Float32Array {
  const noise = new Float32Array(block.size[0] * block.size[1] * block.size[2]);
  for (let i = 0; i < noise.length; i++) noise[i] = normal();
  const { data } = gaussian(createVolume(block, 'hu', noise), textureMm);
  let square = 0;
  for (const x of data) square += x * x;
  const factor = textureHu / Math.sqrt(square / data.length || 1);
  for (let i = 0; i < data.length; i++) data[i] *= factor;
  return data;
}

export const ramp = (x: number): number => (x < 0 ? 0 : x > 1 ? 1 : x);

/** Voxels of a grid (axes along x, y, z) around a mesh; nothing where they do not meet. */
export function boxOfMesh(mesh: Mesh, grid: Grid, margin: number): VoxelBox | undefined {
  const { lo, hi } = bounds(mesh);
  const { m } = grid.lpsFromVoxel;
  const spacing = spacingMm(grid);
  const from = [0, 1, 2].map((k) => Math.max(0, Math.floor((lo[k] - m[4 * k + 3]) / spacing[k]) - margin));
  const to = [0, 1, 2].map((k) => Math.min(grid.size[k], Math.ceil((hi[k] - m[4 * k + 3]) / spacing[k]) + margin + 1));
  if (from.some((f, k) => f >= to[k])) return undefined;
  return { lo: [from[0], from[1], from[2]], hi: [to[0], to[1], to[2]] };
}

/** Index in the whole grid and in the box, x innermost. */
export function forEachVoxel(
  { lo, hi }: VoxelBox,
  size: readonly number[],
  act: (at: number, index: number) => void,
): void {
  for (let k = lo[2], i = 0; k < hi[2]; k++)
    for (let j = lo[1]; j < hi[1]; j++)
      for (let x = lo[0], at = (k * size[1] + j) * size[0] + lo[0]; x < hi[0]; x++) act(at++, i++);
}
