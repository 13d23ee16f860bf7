import { type Job, NO_JOB, type Side } from '../../base/index.ts';
import type { Volume } from '../../volume/index.ts';
import { blockOf } from '../block.ts';
import { editLabels } from '../edit-labels.ts';
import type { Edits } from '../edits.ts';
import { paddingOf } from '../solid.ts';
import { namedBones } from './bones.ts';
import { findingsAfterEdits } from './findings.ts';
import { PELVIC_NAMES } from './names.ts';
import type { Pelvis } from './pelvis.ts';

/**
 * Labels, bones and fragments of a pelvis after the edits of a person, in their order; what was found about fragments is
 * said anew.
 * @throws segment.edit where an edit names a bone that is not there, or a seed outside it
 * @cost the voxels an edit can reach, and some passes
 */
export function applyPelvicEdits(
  pelvis: Pelvis,
  ct: Volume<'hu'>,
  { edits }: Edits,
  affectedSide: Side,
  job: Job = NO_JOB,
): Pelvis {
  const site = { labels: pelvis.labels, ct, levels: pelvis.levels, names: PELVIC_NAMES };
  const present = pelvis.bones.map(({ label }) => label);
  const edited = editLabels(site, present, new Map(), edits, job);
  const bones = namedBones(edited.labels, paddingOf(ct.data, blockOf(ct.grid)), edited.bones);
  return {
    ...pelvis,
    labels: edited.labels,
    bones,
    findings: findingsAfterEdits(pelvis.findings, bones, affectedSide),
  };
}
