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

/**
 * Pieces under the points of a person. A piece with several points is parted: every voxel goes to the point it is nearest
 * to through bone.
 * @throws segment.edit where a point lies outside scan or bone, param.unknown for a name
 */
export function seedPieces(
  pieces: Pieces,
  points: Readonly<Partial<Record<PelvicId, Vec3>>>,
  grid: Grid,
  levels: Levels,
  sides: readonly boolean[],
): { readonly pieces: Pieces; readonly named: ReadonlyMap<number, PelvicId> } {
  const block = blockOf(grid);
  const named = new Map<number, PelvicId>();
  const at = new Map<number, { readonly id: PelvicId; readonly voxel: number }[]>();
  for (const [id, lps] of Object.entries(points) as [PelvicId, Vec3][]) {
    pelvicName(id);
    const voxel = voxelAt(grid, lps);
    const piece = voxel < 0 ? 0 : pieceNear(pieces.of, block, voxel);
    if (piece === 0)
      throw new OsteonError(
        'segment.edit',
        { bone: id, xMm: lps[0], yMm: lps[1], zMm: lps[2] },
        voxel < 0 ? 'The point lies outside the scan: LPS, mm' : 'The point lies outside bone: set it inside',
      );
    at.set(piece, [...(at.get(piece) ?? []), { id, voxel }]);
  }
  let { of, count } = pieces;
  for (const [piece, list] of at) {
    named.set(piece, list[0].id);
    if (list.length === 1) continue;
    if (of === pieces.of) of = of.slice();
    const solid = Uint8Array.from(of, (v) => (v === piece ? 1 : 0));
    const cores = new Uint16Array(of.length);
    list.forEach(({ voxel }, k) => {
      cores[voxel] = k + 1;
      solid[voxel] = 1;
    });
    const { of: parts } = territoriesOf(solid, pieces.grey, cores, list.length, block, levels);
    for (let i = 0; i < of.length; i++) if (parts[i] > 1 && parts[i] <= list.length) of[i] = count + parts[i] - 1;
    for (let k = 1; k < list.length; k++) named.set(count + k, list[k].id);
    count += list.length - 1;
  }
  if (count === pieces.count) return { pieces, named };
  const faces = facesOf(of, pieces.gap, block, count);
  const moments = momentsOf(of, endsOf(pieces.padded, block, sides), grid, count);
  return { pieces: { ...pieces, of, count, faces, moments }, named };
}
