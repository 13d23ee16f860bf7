import { type Job, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { apply } from '../math/index.ts';
import { createVolume, type Volume } from '../volume/index.ts';
import { blockOf } from './block.ts';
import { applyEdit } from './edit-tools.ts';
import type { Edits } from './edits.ts';
import type { Feet, FoundBone } from './feet.ts';
import { BONE_IDS, boneOf } from './names.ts';

/**
 * Labels and bones after the edits of a person, in their order.
 * @throws segment.edit where an edit names a bone that is not there, or a seed outside it
 * @cost the voxels an edit can reach
 */
export function applyEdits(feet: Feet, ct: Volume<'hu'>, { edits }: Edits, job: Job = NO_JOB): Feet {
  const labels = createVolume(feet.labels.grid, 'label', feet.labels.data.slice());
  const has = new Set(feet.bones.map((b) => b.label));
  const moves = new Map(feet.moves);
  edits.forEach((edit, k) => {
    job.at(k / edits.length);
    const where = `edit ${k + 1}`;
    const refuse = (why: string): never => {
      throw new OsteonError('segment.edit', { where, why });
    };
    const bone = 'bone' in edit ? edit.bone : edit.from;
    const { label } = boneOf(bone);
    if (!has.has(label) && !MAKES.has(edit.op)) refuse(`${bone} is not there`);
    if (edit.op === 'move') {
      moves.set(label, edit.transform);
      return;
    }
    if (edit.op === 'merge' && !has.has(boneOf(edit.into).label)) refuse(`${edit.into} is not there`);
    if (edit.op === 'rename' && has.has(boneOf(edit.to).label))
      refuse(`${edit.to} is there already: merge, or rename it first`);
    applyEdit({ labels, ct, levels: feet.levels }, edit, where);
    has.add(label);
    if (edit.op === 'split' && edit.into) has.add(boneOf(edit.into).label);
    if (edit.op === 'merge' || edit.op === 'rename') {
      has.delete(label);
      has.add(boneOf(edit.op === 'merge' ? edit.into : edit.to).label);
    }
  });
  return { ...feet, labels, moves, bones: recount(feet, labels, has) };
}

/** A bone may begin with these. */
const MAKES: ReadonlySet<string> = new Set(['include', 'threshold', 'grow']);

/** Volumes and centres as they are now. */
function recount(feet: Feet, { data, grid }: Volume<'label', Uint8Array>, has: ReadonlySet<number>): FoundBone[] {
  const { nx, ny, nz, spacing } = blockOf(grid);
  const sums = new Float64Array(4 * 256);
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++, i++) {
        const s = 4 * data[i];
        if (s === 0) continue;
        sums[s]++;
        sums[s + 1] += x;
        sums[s + 2] += y;
        sums[s + 3] += z;
      }
  const cell = spacing[0] * spacing[1] * spacing[2];
  return [...has]
    .filter((label) => sums[4 * label] > 0)
    .sort((a, b) => a - b)
    .map((label) => {
      const before = feet.bones.find((b) => b.label === label);
      const n = sums[4 * label];
      const middle: Vec3 = [sums[4 * label + 1] / n, sums[4 * label + 2] / n, sums[4 * label + 3] / n];
      const { side, bone } = boneOfLabel(label);
      return {
        label,
        side,
        bone,
        volumeMm3: n * cell,
        centre: apply(grid.lpsFromVoxel, middle),
        cut: before?.cut ?? false,
        doubt: 0,
      };
    });
}

const boneOfLabel = (label: number) => boneOf(BONE_IDS[label - 1]);
