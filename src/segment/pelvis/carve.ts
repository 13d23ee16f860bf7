import type { Vec3 } from '../../base/index.ts';
import { axisGrid, components, createVolume, keepComponents, type Volume } from '../../volume/index.ts';
import { blockOf } from '../block.ts';
import { type BoneMask, maskOf, writeMask } from '../bone-write.ts';
import { settleContacts } from '../contacts.ts';
import type { Levels } from '../levels.ts';
import { boxesOf, type Pieces } from '../separate.ts';
import { settleTouching } from './touching.ts';

/** A bone to be carved out of the scan: its label and its pieces. */
export interface BonePieces {
  readonly label: number;
  readonly pieces: readonly number[];
}

export interface CarvedBone {
  readonly label: number;
  readonly volumeMm3: number;
  readonly centre: Vec3;
}

/**
 * Solid bones from their pieces: borders settle into gaps, then every bone shrinks to its own edge and loses what lies apart.
 * @param pieces `of` is overwritten
 * @param nameless a label above all others
 */
export function carveBones(
  { of, gap, ...pieces }: Pieces & { readonly marrow?: Uint8Array },
  bones: readonly BonePieces[],
  nameless: number,
  ct: Volume<'hu'>,
  levels: Levels,
): { readonly labels: Volume<'label', Uint8Array>; readonly bones: readonly CarvedBone[] } {
  const block = blockOf(ct.grid);
  const labelOf = new Uint16Array(pieces.count + 1).fill(nameless);
  labelOf[0] = 0;
  for (const { label, pieces: list } of bones) for (const i of list) labelOf[i] = label;
  for (let i = 0; i < of.length; i++) of[i] = labelOf[of[i]];
  settleContacts(of, gap, block);
  settleTouching(of, gap, pieces.grey, levels, block);
  const boxes = boxesOf(of, block, nameless);
  const labels = createVolume(ct.grid, 'label', new Uint8Array(of.length));
  const whole = { lo: [0, 0, 0] as const, hi: ct.grid.size };
  const cell = block.spacing[0] * block.spacing[1] * block.spacing[2];
  const carved: CarvedBone[] = [];
  for (const { label } of bones) {
    if (boxes[6 * label + 3] < 0) continue;
    const mask = inOnePiece(maskOf(label, nameless, of, boxes, pieces, ct, levels));
    const { voxels, centre } = writeMask(mask, label, whole, labels);
    if (voxels > 0) carved.push({ label, volumeMm3: voxels * cell, centre });
  }
  return { labels, bones: carved };
}

/** Bodies apart from a bone with less than this part of it are none of it. Where the scan ends a shaft may be in two. */
const LEAST_BODY = 0.05;

/** Without what lies apart: a bit of another bone at the end of the scan, a calcification. */
function inOnePiece({ box, data }: BoneMask): BoneMask {
  const size = [0, 1, 2].map((k) => box.hi[k] - box.lo[k]) as unknown as Vec3;
  const mask = createVolume(axisGrid(size, [1, 1, 1], [0, 0, 0]), 'label', data);
  const found = components(mask, 26);
  if (found.count < 2) return { box, data };
  const least = LEAST_BODY * found.voxels[1];
  return { box, data: keepComponents(found, mask.grid, (_, voxels) => voxels >= least).data };
}
