import type { Block } from './block.ts';
import { contactsOf, type Labels, moveBorder } from './border.ts';
import type { GapShare } from './gaps.ts';

export interface ContactOptions {
  /** The border between two bones is looked for anew this far to either side, mm. */
  readonly reachMm?: number;
  /** What it costs to turn a voxel 1 mm behind the border over to the other bone, in mm² of cut through flat bone for each mm³; farther ones cost more in proportion. */
  readonly stayPerMm2?: number;
}
export const CONTACT_DEFAULTS = {
  /** Cartilage and both cortices beside it are thinner. */
  reachMm: 2.5,
  /** Small bones keep their ends: without it a cut across a corner is the shorter one. */
  stayPerMm2: 0.3,
} as const satisfies Required<ContactOptions>;

/**
 * Moves the borders between bones that touch into the joint gaps: along the surface, among all near the present border,
 * that runs along the deepest gap.
 * @param of bone of each voxel, 0 for none; changed in place
 * @cost about 1 s for a foot
 */
export function settleContacts(of: Labels, share: GapShare, block: Block, options: ContactOptions = {}): void {
  const { reachMm, stayPerMm2 } = { ...CONTACT_DEFAULTS, ...options };
  const node = new Int32Array(block.count).fill(-1);
  const rules = { reachMm: [reachMm, reachMm], stayPerMm2, cost: (i: number) => 1 - share(i) } as const;
  for (const contact of contactsOf(of, block)) moveBorder(of, contact, block, node, rules);
}
