import { LPS_IDENTITY, type LpsTransform, otherSide, type Side, type Vec3 } from '../../base/index.ts';
import { asHounsfield } from '../../dicom/index.ts';
import { apply, compose, rotation, translation } from '../../math/index.ts';
import type { Acetabulum } from '../../measure/index.ts';
import { centroid, type Mesh, transformMesh } from '../../mesh/index.ts';
import type { PoseCorrection, Reduction } from '../../register/index.ts';
import { applyPelvicEdits, type Edits, type Pelvis, segmentPelvis } from '../../segment/index.ts';
import type { PoseCorrection as WantedCorrection } from '../case/acetabulum.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';
import type { BoneMesh } from './bones.ts';
import type { FractureMeasures } from './fracture.ts';
import type { ScanVolume } from './scan.ts';

type None = Record<string, never>;

const SIDE = {
  label: 'broken side',
  unit: '',
  default: 'left',
  choices: ['left', 'right'],
  source: 'the case',
} as const;

/** Hip bones, sacrum, femora, and the fragments of the broken side. */
export const pelvisBones: Step<
  { scan: ScanVolume; points: Readonly<Record<string, Vec3>> },
  { side: string },
  Pelvis,
  Engines
> = {
  id: 'pelvis.bones',
  version: 3,
  label: 'finding bones and fragments',
  costS: 25,
  params: { side: SIDE },
  handler: ({ scan, points }, { side }, { job }) =>
    segmentPelvis(asHounsfield(scan.volume), { affectedSide: side as Side, points, job }),
};

/** What a person drew, cut, joined or renamed. */
export const pelvisEdited: Step<{ pelvis: Pelvis; scan: ScanVolume; edits: Edits }, { side: string }, Pelvis, Engines> =
  {
    id: 'pelvis.edited',
    version: 1,
    label: 'applying edits',
    costS: 2,
    params: { side: SIDE },
    handler: ({ pelvis, scan, edits }, { side }, { job }) =>
      applyPelvicEdits(pelvis, asHounsfield(scan.volume), edits, side as Side, job),
  };

const NONE: Vec3 = [0, 0, 0];

/** What a person changes, as motions from the scan: on top of what was found, or of no motion at all. */
export function correctionsOf(
  wanted: Readonly<Record<string, WantedCorrection>>,
  names: readonly string[],
  meshes: readonly Mesh[],
  found: Reduction,
): PoseCorrection[] {
  return Object.entries(wanted).map(([name, { shiftMm = NONE, turnDeg = NONE, asScanned = false }]) => {
    const start = asScanned ? LPS_IDENTITY : poseOf(found, name);
    const centre = apply(start, centroid(meshes[names.indexOf(name)]));
    const deg = Math.sqrt(turnDeg.reduce((s, x) => s + x * x, 0));
    const turn = deg > 0 ? rotation(turnDeg, (deg * Math.PI) / 180, centre) : LPS_IDENTITY;
    return { name, reducedFromImaged: compose(translation(shiftMm), compose(turn, start)), hold: true };
  });
}

export const poseOf = ({ poses }: Pick<Reduction, 'poses'>, name: string): LpsTransform =>
  poses.find((p) => p.name === name)?.reducedFromImaged ?? LPS_IDENTITY;

/** The broken bone put together, with its joint. */
export interface ReducedBone {
  readonly fragments: readonly {
    readonly name: string;
    readonly mesh: Mesh;
    readonly reducedFromImaged: LpsTransform;
  }[];
  readonly acetabulum: Acetabulum;
}

/** Fragments in their new places. */
export const pelvisPlaced: Step<
  {
    names: { readonly fragments: readonly string[] };
    fragments: readonly BoneMesh[];
    reduction: Reduction;
    measures: FractureMeasures;
  },
  None,
  ReducedBone,
  Engines
> = {
  id: 'pelvis.reduced',
  version: 1,
  label: 'putting the bone together',
  costS: 0.5,
  params: {},
  handler({ names, fragments, reduction, measures: { acetabulum } }) {
    const placed = names.fragments.map((name, i) => {
      const reducedFromImaged = poseOf(reduction, name);
      return { name, mesh: transformMesh(reducedFromImaged, fragments[i].mesh), reducedFromImaged };
    });
    return { fragments: placed, acetabulum };
  },
};

/** Names of the bones a case rests on. */
export const pelvicNames = (side: Side) => ({
  intact: `${side}-ilium`,
  whole: `${side}-hip-bone`,
  healthy: `${otherSide(side)}-hip-bone`,
  femur: `${side}-femur`,
  healthyFemur: `${otherSide(side)}-femur`,
  sacrum: 'sacrum',
});
