import { type Finding, LPS_IDENTITY, type LpsTransform, otherSide, type Side, type Vec3 } from '../../base/index.ts';
import { asHounsfield } from '../../dicom/index.ts';
import { apply, compose, rotation, translation } from '../../math/index.ts';
import { type Acetabulum, fitAcetabulum, fitFemoralHead } from '../../measure/index.ts';
import { centroid, type Mesh, transformMesh } from '../../mesh/index.ts';
import { type PoseCorrection, REDUCTION_DEFAULTS, type Reduction, reduceFragments } from '../../register/index.ts';
import { type Pelvis, segmentPelvis } from '../../segment/index.ts';
import type { PoseCorrection as WantedCorrection } from '../case/acetabulum.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';
import type { BoneMesh } from './bones.ts';
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
  version: 1,
  label: 'finding bones and fragments',
  costS: 25,
  params: { side: SIDE },
  handler: ({ scan, points }, { side }, { job }) =>
    segmentPelvis(asHounsfield(scan.volume), { affectedSide: side as Side, points, job }),
};

export interface ReduceNames {
  readonly fragments: readonly string[];
  readonly intact: string;
}

/** Every fragment to the mirrored healthy side and to its neighbours. */
export const pelvisReduce: Step<
  {
    names: ReduceNames;
    fragments: readonly BoneMesh[];
    healthy: BoneMesh;
    sacrum?: BoneMesh;
    corrections: readonly PoseCorrection[];
  },
  { samples: number },
  Reduction,
  Engines
> = {
  id: 'reduce.fragments',
  version: 1,
  label: 'reducing the fracture',
  costS: 12,
  params: {
    samples: {
      label: 'samples on each fragment and on the template',
      unit: '',
      default: REDUCTION_DEFAULTS.samples,
      min: 500,
      max: 20000,
      source: 'docs/evidence/reduction.md',
    },
  },
  handler({ names, fragments, healthy, sacrum, corrections }, { samples }, { job }) {
    return reduceFragments(
      {
        fragments: names.fragments.map((name, i) => ({ name, mesh: fragments[i].mesh })),
        intact: names.intact,
        healthy: healthy.mesh,
        ...(sacrum && { sacrum: sacrum.mesh }),
        corrections,
      },
      { samples },
      job,
    );
  },
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
  readonly findings: readonly Finding[];
}

/** Fragments in their new places, and the sphere of the joint: of the healthy femoral head, mirrored, where there is one. */
export const pelvisPlaced: Step<
  {
    names: ReduceNames;
    fragments: readonly BoneMesh[];
    reduction: Reduction;
    healthyFemur?: BoneMesh;
  },
  None,
  ReducedBone,
  Engines
> = {
  id: 'reduce.placed',
  version: 1,
  label: 'putting the bone together',
  costS: 1,
  params: {},
  handler({ names, fragments, reduction, healthyFemur }) {
    const placed = names.fragments.map((name, i) => {
      const reducedFromImaged = poseOf(reduction, name);
      return { name, mesh: transformMesh(reducedFromImaged, fragments[i].mesh), reducedFromImaged };
    });
    const head = healthyFemur && fitFemoralHead(healthyFemur.mesh);
    const mirrored = head && {
      centreMm: apply(reduction.templateFromHealthy, head.centreMm),
      radiusMm: head.radiusMm,
    };
    const acetabulum = fitAcetabulum(
      placed.map((f) => f.mesh),
      mirrored ? { head: mirrored } : {},
    );
    return { fragments: placed, acetabulum, findings: acetabulum.findings };
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
