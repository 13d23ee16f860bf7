import type { Vec3 } from '../../base/index.ts';
import { createVolume, type Volume } from '../../volume/index.ts';
import { blockOf } from '../block.ts';
import { maskOf, writeMask } from '../bone-write.ts';
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
 * Solid bones from their pieces: borders settle into gaps, then every bone shrinks to its own edge.
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
    const mask = maskOf(label, nameless, of, boxes, pieces, ct, levels);
    const { voxels, centre } = writeMask(mask, label, whole, labels);
    if (voxels > 0) carved.push({ label, volumeMm3: voxels * cell, centre });
  }
  return { labels, bones: carved };
}
