import { type Job, type LpsTransform, NO_JOB, OsteonError, type Vec3 } from '../base/index.ts';
import { apply } from '../math/index.ts';
import { createVolume, type Volume } from '../volume/index.ts';
import { blockOf } from './block.ts';
import { applyEdit, type EditSite } from './edit-tools.ts';
import type { Edit } from './edits.ts';
import { labelIn } from './names.ts';

/** A bone after edits, whatever its name. */
export interface EditedBone {
  readonly label: number;
  readonly volumeMm3: number;
  /** LPS mm. */
  readonly centre: Vec3;
  /** It came to its label by an edit, or another one was put to it. */
  readonly made: boolean;
  /** It has voxels at an end of the scan. */
  readonly atEnd: boolean;
}
export interface EditedLabels {
  readonly labels: Volume<'label', Uint8Array>;
  /** By label. */
  readonly bones: readonly EditedBone[];
  /** Motions set by hand, by label. */
  readonly moves: ReadonlyMap<number, LpsTransform>;
}

/** An edit begins with a bone that is not there yet. */
const MAKES: ReadonlySet<string> = new Set(['include', 'threshold', 'grow']);

/**
 * The labels of a scan after the edits of a person, in their order.
 * @param site its labels stay as they are
 * @param present labels of the bones there are
 * @throws segment.edit where an edit names a bone that is not there, or a seed outside it
 * @cost the voxels an edit can reach, and one pass
 */
export function editLabels(
  site: EditSite,
  present: Iterable<number>,
  moved: ReadonlyMap<number, LpsTransform>,
  edits: readonly Edit[],
  job: Job = NO_JOB,
): EditedLabels {
  const { names } = site;
  const labels = createVolume(site.labels.grid, 'label', site.labels.data.slice());
  const has = new Set(present);
  const made = new Set<number>();
  const moves = new Map(moved);
  const label = (id: string) => labelIn(names, id);
  const give = (to: number) => {
    has.add(to);
    made.add(to);
  };
  edits.forEach((edit, k) => {
    job.at(k / edits.length);
    const where = `edit ${k + 1}`;
    const refuse = (why: string): never => {
      throw new OsteonError('segment.edit', { where, why });
    };
    const bone = 'bone' in edit ? edit.bone : edit.from;
    const from = label(bone);
    if (!has.has(from) && !MAKES.has(edit.op)) refuse(`${bone} is not there`);
    if (edit.op === 'move') {
      moves.set(from, edit.transform);
      return;
    }
    if (edit.op === 'merge' && !has.has(label(edit.into))) refuse(`${edit.into} is not there`);
    if (edit.op === 'rename' && has.has(label(edit.to)))
      refuse(`${edit.to} is there already: merge, or rename it first`);
    applyEdit({ ...site, labels }, edit, where);
    if (!has.has(from)) give(from);
    if ('into' in edit && edit.op !== 'merge' && edit.into) give(label(edit.into));
    if (edit.op === 'merge' || edit.op === 'rename') {
      has.delete(from);
      give(label(edit.op === 'merge' ? edit.into : edit.to));
    }
  });
  return { labels, moves, bones: bonesOf(labels, has, made) };
}

/** Volumes and centres as they are now; what has no voxel left is no bone. */
function bonesOf(
  { data, grid }: Volume<'label', Uint8Array>,
  has: ReadonlySet<number>,
  made: ReadonlySet<number>,
): EditedBone[] {
  const { nx, ny, nz, spacing } = blockOf(grid);
  const sums = new Float64Array(4 * 256);
  const atEnd = new Uint8Array(256);
  for (let z = 0, i = 0; z < nz; z++)
    for (let y = 0; y < ny; y++) {
      const isRim = z === 0 || z === nz - 1 || y === 0 || y === ny - 1;
      for (let x = 0; x < nx; x++, i++) {
        const s = 4 * data[i];
        if (s === 0) continue;
        sums[s]++;
        sums[s + 1] += x;
        sums[s + 2] += y;
        sums[s + 3] += z;
        if (isRim || x === 0 || x === nx - 1) atEnd[data[i]] = 1;
      }
    }
  const cell = spacing[0] * spacing[1] * spacing[2];
  return [...has]
    .filter((label) => sums[4 * label] > 0)
    .sort((a, b) => a - b)
    .map((label) => {
      const n = sums[4 * label];
      const middle: Vec3 = [sums[4 * label + 1] / n, sums[4 * label + 2] / n, sums[4 * label + 3] / n];
      return {
        label,
        volumeMm3: n * cell,
        centre: apply(grid.lpsFromVoxel, middle),
        made: made.has(label),
        atEnd: atEnd[label] === 1,
      };
    });
}
