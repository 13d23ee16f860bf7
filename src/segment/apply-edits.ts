import { type Job, NO_JOB } from '../base/index.ts';
import type { Volume } from '../volume/index.ts';
import { editLabels } from './edit-labels.ts';
import type { Edits } from './edits.ts';
import type { Feet, FoundBone } from './feet.ts';
import { BONE_IDS, boneOf, FOOT_NAMES } from './names.ts';

/**
 * Labels and bones of feet after the edits of a person, in their order.
 * @throws segment.edit where an edit names a bone that is not there, or a seed outside it
 * @cost the voxels an edit can reach
 */
export function applyEdits(feet: Feet, ct: Volume<'hu'>, { edits }: Edits, job: Job = NO_JOB): Feet {
  const site = { labels: feet.labels, ct, levels: feet.levels, names: FOOT_NAMES };
  const before = new Map(feet.bones.map((b) => [b.label, b]));
  const { labels, bones, moves } = editLabels(site, before.keys(), feet.moves, edits, job);
  const found = bones.map(({ label, volumeMm3, centre, made, atEnd }): FoundBone => {
    const { side, bone } = boneOf(BONE_IDS[label - 1]);
    const cut = (before.get(label)?.cut ?? false) || (made && atEnd);
    return { label, side, bone, volumeMm3, centre, cut, doubt: 0 };
  });
  return { ...feet, labels, moves, bones: found };
}
