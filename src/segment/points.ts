import { OsteonError, type Vec3 } from '../base/index.ts';
import { apply } from '../math/index.ts';
import { type Grid, voxelFromLps } from '../volume/index.ts';
import { type Block, ball, blockOf } from './block.ts';
import type { Levels } from './levels.ts';
import { type BoneId, boneOf } from './names.ts';
import { territoriesOf } from './regions.ts';
import type { Pieces } from './separate.ts';

/** A point that a person set inside a bone. */
export interface BonePoint {
  readonly id: BoneId;
  readonly lps: Vec3;
}

/** A point may miss its bone by this much, mm. */
const MISS_MM = 3;

/** @throws param.unknown for a name that is no bone */
export function pointsOf(points: Readonly<Record<string, Vec3>>): BonePoint[] {
  return Object.entries(points).map(([id, lps]) => {
    boneOf(id);
    return { id: id as BoneId, lps };
  });
}

/** Index of the voxel a point lies in, −1 outside the grid. */
export function voxelAt(grid: Grid, lps: Vec3): number {
  const at = apply(voxelFromLps(grid), lps).map(Math.round);
  const [nx, ny, nz] = grid.size;
  if (at.some((v, k) => v < 0 || v >= [nx, ny, nz][k])) return -1;
  return (at[2] * ny + at[1]) * nx + at[0];
}

/** The piece at a voxel or nearest to it, 0 if none is near. */
export function pieceNear(of: Uint16Array, block: Block, i: number): number {
  if (of[i] !== 0) return of[i];
  const { nx, ny, nz } = block;
  const x = i % nx;
  const y = Math.floor(i / nx) % ny;
  const z = Math.floor(i / (nx * ny));
  for (const { dx, dy, dz } of ball(block, MISS_MM)) {
    const [u, v, w] = [x + dx, y + dy, z + dz];
    if (u < 0 || v < 0 || w < 0 || u >= nx || v >= ny || w >= nz) continue;
    const piece = of[(w * ny + v) * nx + u];
    if (piece !== 0) return piece;
  }
  return 0;
}

/**
 * Groups that the points name. Points of two bones in one group part it: every voxel goes to the point it is nearest to
 * through bone.
 * @returns for each point's name its group; `of` and `groups` are changed where a group was parted
 * @throws segment.edit where a point lies outside bone
 */
export function groupsAtPoints(
  points: readonly BonePoint[],
  { of, grey }: Pick<Pieces, 'of' | 'grey'>,
  groups: number[],
  grid: Grid,
  levels: Levels,
): Map<BoneId, number> {
  const block = blockOf(grid);
  const seeds = points.flatMap(({ id, lps }) => {
    const voxel = voxelAt(grid, lps);
    if (voxel < 0) return [];
    const piece = pieceNear(of, block, voxel);
    if (piece === 0)
      throw new OsteonError(
        'segment.edit',
        { bone: id, xMm: lps[0], yMm: lps[1], zMm: lps[2] },
        'The point lies outside bone: set it inside',
      );
    return [{ id, voxel, group: groups[piece] }];
  });
  const out = new Map<BoneId, number>();
  for (const group of new Set(seeds.map((s) => s.group))) {
    const inside = seeds.filter((s) => s.group === group);
    if (inside.length === 1) {
      out.set(inside[0].id, group);
      continue;
    }
    const solid = new Uint8Array(of.length);
    for (let i = 0; i < of.length; i++) solid[i] = groups[of[i]] === group && of[i] !== 0 ? 1 : 0;
    const cores = new Uint16Array(of.length);
    for (const [k, { id, voxel }] of inside.entries()) {
      cores[voxel] = k + 1;
      solid[voxel] = 1;
      out.set(id, groups.length + k);
    }
    const { of: parts } = territoriesOf(solid, grey, cores, inside.length, block, levels);
    const first = groups.length;
    for (let k = 0; k < inside.length; k++) groups.push(first + k);
    for (let i = 0; i < of.length; i++) if (parts[i] !== 0) of[i] = first + parts[i] - 1;
  }
  return out;
}
