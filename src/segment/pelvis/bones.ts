import type { Volume } from '../../volume/index.ts';
import { blockOf } from '../block.ts';
import { cutAreas } from './cut-ends.ts';
import { PELVIC_IDS, pelvicName } from './names.ts';
import { facingAreas } from './neighbours.ts';
import type { FoundPelvicBone } from './pelvis.ts';

/** A smaller section at the end of the scan is a few voxels of the edge of a bone, mm². */
const LEAST_CUT_MM2 = 4;

/**
 * Bones with their names, the neighbours they have in the labels, and whether they go on beyond the scan.
 * @param padded voxels never measured
 * @cost two passes
 */
export function namedBones(
  labels: Volume<'label', Uint8Array>,
  padded: Uint8Array,
  counted: readonly Pick<FoundPelvicBone, 'label' | 'volumeMm3' | 'centre'>[],
): FoundPelvicBone[] {
  const areas = [...facingAreas(labels)];
  const cuts = cutAreas(labels.data, padded, blockOf(labels.grid), PELVIC_IDS.length);
  return counted.map(({ label, volumeMm3, centre }): FoundPelvicBone => {
    const name = PELVIC_IDS[label - 1];
    const neighbours = areas.flatMap(([key, areaMm2]) => {
      const [a, b] = [key >> 8, key & 255];
      return a === label || b === label ? [{ name: PELVIC_IDS[(a === label ? b : a) - 1], areaMm2 }] : [];
    });
    const cutMm2 = cuts[label];
    return { name, ...pelvicName(name), volumeMm3, centre, cut: cutMm2 >= LEAST_CUT_MM2, cutMm2, neighbours };
  });
}
