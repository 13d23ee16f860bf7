import type { Side } from '../../base/index.ts';
import { type BoneNames, labelIn } from '../names.ts';

export type PelvicKind = 'hip-bone' | 'sacrum' | 'femur' | 'fragment';

/** A bone of the pelvis, or a fragment of a broken hip bone, as case files and file names write it. */
export type PelvicId = 'sacrum' | `${Side}-${PelvicBone}`;
export type PelvicBone = 'hip-bone' | 'femur' | FragmentName;
/** The ilium carries the sacro-iliac joint, the anterior column the symphysis, the posterior column the ischium. */
export type FragmentName = 'ilium' | 'anterior-column' | 'posterior-column' | `fragment-${4 | 5 | 6 | 7 | 8 | 9}`;

export const FRAGMENT_NAMES: readonly FragmentName[] = [
  'ilium',
  'anterior-column',
  'posterior-column',
  'fragment-4',
  'fragment-5',
  'fragment-6',
  'fragment-7',
  'fragment-8',
  'fragment-9',
];

const SIDES = ['left', 'right'] as const;
/** Label of each, from 1: the same for the same bone in every scan. */
export const PELVIC_IDS: readonly PelvicId[] = [
  'left-hip-bone',
  'right-hip-bone',
  'sacrum',
  'left-femur',
  'right-femur',
  ...SIDES.flatMap((side) => FRAGMENT_NAMES.map((name): PelvicId => `${side}-${name}`)),
];

export const PELVIC_NAMES: BoneNames = {
  ids: PELVIC_IDS,
  hint: `Bones of the pelvis are named ${PELVIC_IDS.slice(0, 9).join(', ')} …`,
  unmoved: 'in a pelvis fragments are moved by the corrections of the case',
};

export interface PelvicName {
  readonly label: number;
  readonly kind: PelvicKind;
  readonly side?: Side;
}

/** @throws param.unknown */
export function pelvicName(id: string): PelvicName {
  const label = labelIn(PELVIC_NAMES, id);
  if (id === 'sacrum') return { label, kind: 'sacrum' };
  const side = id.startsWith('left') ? 'left' : 'right';
  const kind = id.endsWith('hip-bone') ? 'hip-bone' : id.endsWith('femur') ? 'femur' : 'fragment';
  return { label, kind, side };
}
