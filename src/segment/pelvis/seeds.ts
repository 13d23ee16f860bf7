import { OsteonError, type Vec3 } from '../../base/index.ts';
import type { Grid } from '../../volume/index.ts';
import { blockOf } from '../block.ts';
import type { Levels } from '../levels.ts';
import { pieceNear, voxelAt } from '../points.ts';
import { facesOf, territoriesOf } from '../regions.ts';
import { endsOf, type Pieces } from '../separate.ts';
import { momentsOf } from '../shapes.ts';
import { PLACES, SACRUM } from './anchors.ts';
import { type PelvicId, pelvicName } from './names.ts';

/** The place that a bone or fragment of this name lies in: its anchor, when a person points at it. */
export function placeOfName(id: PelvicId): number {
  const { kind, side } = pelvicName(id);
  if (kind === 'sacrum' || side === undefined) return SACRUM;
  const { femur, wing, blade, pubis, ischium } = PLACES[side];
  if (kind === 'femur') return femur;
  if (id.endsWith('ilium')) return wing;
  if (id.endsWith('anterior-column')) return pubis;
  return id.endsWith('posterior-column') ? ischium : blade;
}

/** Fragments of one hip bone are parted later, along the fracture. */
function boneOfName(id: PelvicId): string {
  const { kind, side } = pelvicName(id);
  return kind === 'sacrum' || kind === 'femur' ? id : `${side}-hip-bone`;
}

/**
 * Pieces under the points of a person, with their places. A piece with points of several bones is parted: every voxel goes
 * to the point it is nearest to through bone.
 * @throws segment.edit where a point lies outside scan or bone, param.unknown for a name
 */
export function seedPieces(
  pieces: Pieces,
  points: Readonly<Partial<Record<PelvicId, Vec3>>>,
  grid: Grid,
  levels: Levels,
  sides: readonly boolean[],
): { readonly pieces: Pieces; readonly placed: ReadonlyMap<number, number> } {
  const block = blockOf(grid);
  const placed = new Map<number, number>();
  const at = new Map<number, Map<string, { id: PelvicId; voxels: number[] }>>();
  for (const [id, lps] of Object.entries(points) as [PelvicId, Vec3][]) {
    const bone = boneOfName(id);
    const voxel = voxelAt(grid, lps);
    const piece = voxel < 0 ? 0 : pieceNear(pieces.of, block, voxel);
    if (piece === 0)
      throw new OsteonError(
        'segment.edit',
        { bone: id, xMm: lps[0], yMm: lps[1], zMm: lps[2] },
        voxel < 0 ? 'The point lies outside the scan: LPS, mm' : 'The point lies outside bone: set it inside',
      );
    const bones = at.get(piece) ?? new Map<string, { id: PelvicId; voxels: number[] }>();
    bones.set(bone, { id, voxels: [...(bones.get(bone)?.voxels ?? []), voxel] });
    at.set(piece, bones);
  }
  let { of, count } = pieces;
  for (const [piece, bones] of at) {
    const list = [...bones.values()];
    placed.set(piece, placeOfName(list[0].id));
    if (list.length === 1) continue;
    if (of === pieces.of) of = of.slice();
    const solid = Uint8Array.from(of, (v) => (v === piece ? 1 : 0));
    const cores = new Uint16Array(of.length);
    for (const [k, { voxels }] of list.entries())
      for (const voxel of voxels) {
        cores[voxel] = k + 1;
        solid[voxel] = 1;
      }
    const { of: parts } = territoriesOf(solid, pieces.grey, cores, list.length, block, levels);
    for (let i = 0; i < of.length; i++) if (parts[i] > 1 && parts[i] <= list.length) of[i] = count + parts[i] - 1;
    for (let k = 1; k < list.length; k++) placed.set(count + k, placeOfName(list[k].id));
    count += list.length - 1;
  }
  if (count === pieces.count) return { pieces, placed };
  const faces = facesOf(of, pieces.gap, block, count);
  const moments = momentsOf(of, endsOf(pieces.padded, block, sides), grid, count);
  return { pieces: { ...pieces, of, count, faces, moments }, placed };
}
