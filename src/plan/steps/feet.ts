import type { LpsTransform, Vec3 } from '../../base/index.ts';
import { asHounsfield } from '../../dicom/index.ts';
import { applyEdits, type Edits, type Feet, segmentFeet } from '../../segment/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';
import type { ScanVolume } from './scan.ts';

type None = Record<string, never>;

/** A point in each bone that a person helped with, by name, LPS mm. */
export type BonePoints = Readonly<Record<string, Vec3>>;

/** `Feet` as plain data: motions set by hand are a list. */
export interface FeetValue extends Omit<Feet, 'moves'> {
  readonly moves: readonly { readonly label: number; readonly transform: LpsTransform }[];
}
const toValue = ({ moves, ...feet }: Feet): FeetValue => ({
  ...feet,
  moves: [...moves].map(([label, transform]) => ({ label, transform })),
});
const fromValue = ({ moves, ...feet }: FeetValue): Feet => ({
  ...feet,
  moves: new Map(moves.map(({ label, transform }) => [label, transform])),
});

/** Every bone of both feet apart, named and sided. */
export const feetBones: Step<{ scan: ScanVolume; points: BonePoints }, None, FeetValue, Engines> = {
  id: 'feet.bones',
  version: 3,
  label: 'finding bones',
  costS: 20,
  params: {},
  handler: ({ scan, points }, _, { job }) => toValue(segmentFeet(asHounsfield(scan.volume), { points, job })),
};

/** What a person drew, cut, joined, renamed or moved. */
export const feetEdited: Step<{ feet: FeetValue; scan: ScanVolume; edits: Edits }, None, FeetValue, Engines> = {
  id: 'feet.edited',
  version: 1,
  label: 'applying edits',
  costS: 2,
  params: {},
  handler: ({ feet, scan, edits }, _, { job }) =>
    toValue(applyEdits(fromValue(feet), asHounsfield(scan.volume), edits, job)),
};
