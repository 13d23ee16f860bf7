import { type LpsTransform, OsteonError } from '../../base/index.ts';
import { asHounsfield } from '../../dicom/index.ts';
import { type Segment, writeNrrd } from '../../io/index.ts';
import { transformMesh } from '../../mesh/index.ts';
import { boneColour } from '../../render/index.ts';
import {
  type BoneSurface,
  boneEdges,
  boneSurface,
  type EdgeCalibration,
  relabel,
  type SharedEdges,
} from '../../surface/index.ts';
import { boxOf, crop, growBox, spacingMm, type Volume } from '../../volume/index.ts';
import type { Engines } from '../engines.ts';
import type { Step } from '../step.ts';
import type { ScanVolume } from './scan.ts';
import { asSolid } from './solid.ts';

type None = Record<string, never>;

/** What the surface of one bone is made from: grey values and labels around it, and its number among the labels. */
export interface BoneBlock {
  readonly hu: Volume<'hu', Int16Array>;
  readonly labels: Volume<'label'>;
  readonly label: number;
}

/** Room around a bone that its surface may depend on, mm. */
const ROOM_MM = 8;

/**
 * One bone cut out of the scan. The surface is named by this block and not by the whole scan, so that an edit to one bone
 * leaves the surfaces of the others as they are.
 */
export const boneBlock: Step<
  { scan: ScanVolume; feet: { labels: Volume<'label'> } },
  { label: number },
  BoneBlock,
  Engines
> = {
  id: 'bones.block',
  version: 1,
  label: 'cutting out bones',
  costS: 0.2,
  transient: true,
  params: { label: { label: 'number of the bone', unit: '', default: 1, min: 1, max: 65535, source: 'the labels' } },
  handler({ scan, feet: { labels } }, { label }) {
    const tight = boxOf(labels, label);
    if (!tight) throw new OsteonError('segment.bone-missing', { label });
    const [x, y, z] = spacingMm(labels.grid).map((s) => Math.ceil(ROOM_MM / s));
    const box = growBox(tight, [x, y, z], labels.grid.size);
    return { hu: crop(asHounsfield(scan.volume), box), labels: crop(labels, box), label };
  },
};

export type BoneMesh = Pick<BoneSurface, 'mesh' | 'levelHu' | 'maskDeviation' | 'findings'>;

/** Blur and densities as one bone tells them. */
export const boneCalibration: Step<{ block: BoneBlock }, None, EdgeCalibration, Engines> = {
  id: 'bones.calibration',
  version: 1,
  label: 'measuring the blur of edges',
  costS: 0.5,
  params: {},
  handler: ({ block: { hu, labels, label } }) => boneEdges(hu, labels, label),
};

/** The surface of one bone from its grey values, with what the bones of the scan have in common. */
export const boneMesh: Step<{ block: BoneBlock; shared: SharedEdges }, None, BoneMesh, Engines> = {
  id: 'bones.surface',
  version: 5,
  label: 'tracing surfaces',
  costS: 2,
  params: {},
  handler({ block: { hu, labels, label }, shared }, _, { job }) {
    const traced = boneSurface(hu, labels, label, { shared, job: job.part(0, 0.9) });
    const { mesh, findings } = asSolid(traced.mesh);
    const { levelHu, maskDeviation } = traced;
    return { mesh, levelHu, maskDeviation, findings: [...traced.findings, ...findings] };
  },
};

/** A bone that a person moved by hand: its surface goes, its voxels stay. */
export const boneMoved: Step<{ bone: BoneMesh; transform: LpsTransform }, None, BoneMesh, Engines> = {
  id: 'bones.moved',
  version: 1,
  label: 'moving bones',
  costS: 0.1,
  params: {},
  handler: ({ bone, transform }) => ({ ...bone, mesh: transformMesh(transform, bone.mesh) }),
};

/** Labels that agree with the traced surfaces; `numbers` are those of the bones of `traced`. */
export const bonesRelabelled: Step<
  { feet: { labels: Volume<'label'> }; traced: readonly BoneMesh[]; numbers: readonly number[] },
  None,
  { labels: Volume<'label'> },
  Engines
> = {
  id: 'bones.relabelled',
  version: 1,
  label: 'labelling voxels by surfaces',
  costS: 3,
  transient: true,
  params: {},
  handler: ({ feet, traced, numbers }, _, { job }) => ({
    labels: relabel(
      feet.labels,
      traced.map(({ mesh }, i) => ({ mesh, label: numbers[i] })),
      job,
    ),
  }),
};

/** All labels with their names, as 3D Slicer opens them. */
export const labelsFile: Step<
  { feet: { labels: Volume<'label'> }; names: readonly { readonly value: number; readonly name: string }[] },
  None,
  { bytes: Uint8Array },
  Engines
> = {
  id: 'bones.labels-file',
  version: 2,
  label: 'writing labels',
  costS: 1.5,
  params: {},
  handler({ feet, names }, _, { job }) {
    const segments = names.map(({ value, name }, i): Segment => ({ value, name, colour: boneColour(name, i) }));
    return { bytes: writeNrrd(feet.labels, { segments }, job) };
  },
};
