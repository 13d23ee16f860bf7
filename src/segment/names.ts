import { OsteonError, type Side } from '../base/index.ts';
import { type BoneName, FOOT_BONES, SHANK_BONES } from './anatomy.ts';

export const ALL_BONES: readonly BoneName[] = [...FOOT_BONES, ...SHANK_BONES];

/** A bone of a side, as case files and file names write it: `left-talus`. */
export type BoneId = `${Side}-${BoneName}`;
export const BONE_IDS: readonly BoneId[] = (['left', 'right'] as const).flatMap((side) =>
  ALL_BONES.map((bone): BoneId => `${side}-${bone}`),
);

/** Bones that can be told apart in a scan. The label of each is its place in the list, from 1. */
export interface BoneNames {
  readonly ids: readonly string[];
  /** What they look like, for whoever mistypes one. */
  readonly hint: string;
  /** Why no edit moves them; absent: it may. */
  readonly unmoved?: string;
}
export const FOOT_NAMES: BoneNames = { ids: BONE_IDS, hint: 'Bones are named like left-talus' };

/** @throws param.unknown */
export function labelIn({ ids, hint }: Pick<BoneNames, 'ids' | 'hint'>, id: string): number {
  const k = ids.indexOf(id);
  if (k < 0) throw new OsteonError('param.unknown', { bone: id.slice(0, 60) }, hint);
  return k + 1;
}

/** Label of a bone: 1 to 14 on the left, 15 to 28 on the right, in the order of `FOOT_BONES` and `SHANK_BONES`. */
export const labelOf = (side: Side, bone: BoneName): number => 1 + BONE_IDS.indexOf(`${side}-${bone}`);

/** @throws param.unknown */
export function boneOf(id: string): { readonly side: Side; readonly bone: BoneName; readonly label: number } {
  const label = labelIn(FOOT_NAMES, id);
  const side = label <= ALL_BONES.length ? 'left' : 'right';
  return { side, bone: ALL_BONES[(label - 1) % ALL_BONES.length], label };
}
