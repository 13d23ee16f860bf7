import {
  applyEdit,
  type BoneNames,
  type Edit,
  type EditBone,
  type EditSite,
  type LabelEdit,
  type Levels,
  labelIn,
  measureLevels,
  reachOfEdit,
} from '../../src/segment/index.ts';
import { createVolume, type Grid, type Volume, type VoxelBox } from '../../src/volume/index.ts';

interface Done {
  readonly edit: Edit;
  /** What was there before, in the box it could reach. */
  readonly before: { readonly box: VoxelBox; readonly data: Uint8Array } | null;
  /** Bones that it may have changed. */
  readonly labels: readonly number[];
}

/** What changed on the way from one list of edits to another. */
export interface LabelChange {
  readonly boxes: readonly VoxelBox[];
  /** Labels whose voxels changed. */
  readonly labels: ReadonlySet<number>;
  /** Edits that could not be done, and why. */
  readonly failed: readonly { readonly edit: Edit; readonly error: unknown }[];
}

interface Growing {
  readonly boxes: VoxelBox[];
  readonly labels: Set<number>;
  readonly failed: { edit: Edit; error: unknown }[];
}
const nothing = (): Growing => ({ boxes: [], labels: new Set(), failed: [] });

/**
 * Labels under a person's edits. The labels of the last run stand at the bottom, with the edits that went into them; those
 * that came later are done on top, and can be taken back one by one without asking anyone.
 */
export class LabelState {
  readonly labels: Volume<'label', Uint8Array>;
  private readonly site: EditSite;
  private readonly baked: readonly string[];
  private readonly done: Done[] = [];
  private drafts: Done[] = [];

  constructor(grid: Grid, hu: Int16Array, labels: Uint8Array, baked: readonly Edit[], names: () => BoneNames) {
    const ct = createVolume(grid, 'hu', hu);
    this.labels = createVolume(grid, 'label', labels);
    let levels: Levels | undefined;
    this.site = {
      // A case may be told what it is about after its scan is there.
      get names() {
        return names();
      },
      labels: this.labels,
      ct,
      // A pass over the scan, for the one tool that asks.
      get levels() {
        levels ??= measureLevels(ct);
        return levels;
      },
    };
    this.baked = baked.map((e) => JSON.stringify(e));
  }

  /** Whether the edits begin with those that the labels of the last run hold: otherwise they must be made anew. */
  holds(edits: readonly Edit[]): boolean {
    return this.baked.every((text, i) => edits[i] !== undefined && JSON.stringify(edits[i]) === text);
  }

  /** Brings the labels in line with a list of edits. @cost that of the edits by which they differ */
  follow(edits: readonly Edit[]): LabelChange {
    const change = nothing();
    const wanted = this.holds(edits) ? edits.slice(this.baked.length) : [];
    let same = 0;
    while (same < this.done.length && same < wanted.length && sameEdit(this.done[same].edit, wanted[same])) same++;
    while (this.done.length > same) this.takeBack(this.done.pop()!, change);
    for (const edit of wanted.slice(same)) this.doIt(edit, change, this.done);
    return change;
  }

  /** Shows an edit that is still under the hand. */
  draft(edit: Edit): LabelChange {
    const change = nothing();
    this.doIt(edit, change, this.drafts);
    return change;
  }

  /** Takes back all that was only shown. */
  dropDrafts(): LabelChange {
    const change = nothing();
    while (this.drafts.length > 0) this.takeBack(this.drafts.pop()!, change);
    return change;
  }

  private takeBack({ before, labels }: Done, change: Growing): void {
    if (!before) return;
    pasteBox(this.labels, before.box, before.data);
    change.boxes.push(before.box);
    for (const label of labels) change.labels.add(label);
  }

  private doIt(edit: Edit, change: Growing, done: Done[]): void {
    if (edit.op === 'move') {
      done.push({ edit, before: null, labels: [] });
      return;
    }
    const box = reachOfEdit(this.site, edit as LabelEdit);
    const before = box ? { box, data: copyBox(this.labels, box) } : null;
    try {
      if (box) applyEdit(this.site, edit as LabelEdit, 'edit');
    } catch (error) {
      change.failed.push({ edit, error });
    }
    const labels = labelsOf(edit, this.site.names);
    if (before && 'over' in edit && edit.over) labels.push(...new Set(before.data.filter((label) => label > 0)));
    done.push({ edit, before, labels });
    if (!box) return;
    change.boxes.push(box);
    for (const label of labels) change.labels.add(label);
  }
}

const sameEdit = (a: Edit, b: Edit): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Bones whose voxels an edit may change. */
export function labelsOf(edit: Edit, names: BoneNames): number[] {
  const ids: (EditBone | undefined)[] =
    edit.op === 'merge'
      ? [edit.from, edit.into]
      : edit.op === 'rename'
        ? [edit.from, edit.to]
        : edit.op === 'split' || edit.op === 'cut'
          ? [edit.bone, edit.into]
          : edit.op === 'move'
            ? []
            : [edit.bone];
  return ids.filter((id) => id !== undefined).map((id) => labelIn(names, id));
}

/** Voxels of a box, row after row. */
export function copyBox({ data, grid: { size } }: Volume<'label', Uint8Array>, { lo, hi }: VoxelBox): Uint8Array {
  const [mx, my, mz] = hi.map((h, k) => h - lo[k]);
  const out = new Uint8Array(mx * my * mz);
  for (let z = 0, o = 0; z < mz; z++)
    for (let y = 0; y < my; y++, o += mx) {
      const i = ((lo[2] + z) * size[1] + lo[1] + y) * size[0] + lo[0];
      out.set(data.subarray(i, i + mx), o);
    }
  return out;
}

function pasteBox({ data, grid: { size } }: Volume<'label', Uint8Array>, { lo, hi }: VoxelBox, from: Uint8Array): void {
  const [mx, my, mz] = hi.map((h, k) => h - lo[k]);
  for (let z = 0, o = 0; z < mz; z++)
    for (let y = 0; y < my; y++, o += mx) {
      const i = ((lo[2] + z) * size[1] + lo[1] + y) * size[0] + lo[0];
      data.set(from.subarray(o, o + mx), i);
    }
}
