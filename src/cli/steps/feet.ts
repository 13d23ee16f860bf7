import type { LpsTransform, Side, Vec3 } from '../../base/index.ts';
import { writeCtSeries } from '../../dicom/index.ts';
import { readMesh } from '../../io/index.ts';
import { apply, compose, distance, invert, rotationAngleRad } from '../../math/index.ts';
import { type SurfaceDistance, surfaceDistance } from '../../measure/index.ts';
import { bounds, centroid, checkMesh, type Mesh, volumeMm3 } from '../../mesh/index.ts';
import {
  ctOfFeet,
  type NamedMesh,
  SCANNER_DEFAULTS,
  TWO_FEET_DEFAULTS,
  type TwoFeet,
  twoFeet,
} from '../../phantom/index.ts';
import type { Engines, FileBytes, ParamTable, Step } from '../../plan/index.ts';

/** Two feet of known shape: their CT, and how near to the truth a case of them has come. */

export interface FeetParams {
  readonly seed: number;
  readonly affectedSide: string;
  readonly collapseMm: number;
  readonly pixelMm: number;
  readonly sliceMm: number;
  readonly noiseHu: number;
}
const [pixel, , slice] = TWO_FEET_DEFAULTS.spacingMm;
const FEET_PARAMS: ParamTable<FeetParams> = {
  seed: { label: 'seed of pose and noise', unit: '', default: 1, min: 0, max: 1e6, source: 'the caller' },
  affectedSide: {
    label: 'side with the collapsed talus',
    unit: '',
    default: TWO_FEET_DEFAULTS.affectedSide,
    choices: ['left', 'right'],
    source: 'the caller',
  },
  collapseMm: {
    label: 'height the talar dome has lost',
    unit: 'mm',
    default: TWO_FEET_DEFAULTS.collapseMm,
    min: 0.5,
    max: 8,
    source: 'late collapse, a tenth of the bone',
  },
  pixelMm: { label: 'pixel', unit: 'mm', default: pixel, min: 0.3, max: 2, source: 'the foot protocol' },
  sliceMm: { label: 'slice spacing', unit: 'mm', default: slice, min: 0.3, max: 2, source: 'the foot protocol' },
  noiseHu: { label: 'noise', unit: 'HU', default: SCANNER_DEFAULTS.noiseHu, min: 0, max: 200, source: 'low-dose CT' },
};

const feetOf = (bones: readonly NamedMesh[], p: FeetParams): TwoFeet =>
  twoFeet(bones, {
    seed: p.seed,
    affectedSide: p.affectedSide as Side,
    collapseMm: p.collapseMm,
    spacingMm: [p.pixelMm, p.pixelMm, p.sliceMm],
  });

/** The bones as they stand in the scan, and what is known about them. */
export const feetTruth: Step<{ bones: readonly NamedMesh[] }, FeetParams, TwoFeet, Engines> = {
  id: 'phantom.truth',
  version: 1,
  label: 'posing two feet',
  costS: 0.3,
  params: FEET_PARAMS,
  handler: ({ bones }, params) => feetOf(bones, params),
};

/** The CT of two feet as DICOM files, one for each slice. */
export const feetScan: Step<
  { bones: readonly NamedMesh[] },
  FeetParams,
  { readonly files: readonly Uint8Array[]; readonly size: Vec3 },
  Engines
> = {
  id: 'phantom.scan',
  version: 1,
  label: 'making the CT of two feet',
  costS: 20,
  transient: true,
  params: FEET_PARAMS,
  handler({ bones }, p, { job }) {
    const { imaged, grid } = feetOf(bones, p);
    const scleroticBone = `${p.affectedSide}-talus`;
    const ct = ctOfFeet(imaged, grid, { seed: p.seed, noiseHu: p.noiseHu, scleroticBone, job: job.part(0, 0.9) });
    const { seed, affectedSide, collapseMm } = p;
    const tags = {
      seed: `two feet ${seed} ${affectedSide} ${collapseMm} ${grid.size.join(' ')}`,
      patientId: 'PHANTOM',
      seriesDescription: 'Both feet, synthetic',
      laterality: 'both',
    } as const;
    return { files: writeCtSeries(ct, tags), size: grid.size };
  },
};

/** What a case has made, as a reader of its folder finds it. */
export interface MadeCase {
  /** STL files by path. */
  readonly files: readonly FileBytes[];
  /** Of `plan.json`, row-major 4 × 4, LPS mm. */
  readonly transforms: {
    readonly affectedFromHealthy: readonly number[];
    readonly restoredFromAffected: readonly number[];
  };
}

/** How near to the truth a case has come. */
export interface FeetAccuracy {
  readonly bones: { readonly wanted: number; readonly found: number; readonly missing: readonly string[] };
  /** Surface found against true surface, both ways: talus, calcaneus and navicular of both sides. */
  readonly surfaces: readonly { readonly name: string; readonly meanMm: number; p95Mm: number; biasMm: number }[];
  /** The mirrored calcaneus against where it truly stood, at its centre. */
  readonly alignmentMm: number;
  readonly alignmentDeg: number;
  /** The implant of 100 % against the talus before its collapse. */
  readonly implant: { readonly meanMm: number; p95Mm: number; maxMm: number; volumePercent: number };
  readonly solidImplants: boolean;
  /** Height given back less the height lost, along the scan's axis at the ankle. */
  readonly collapseMm: number;
  readonly givenBackMm: number;
}

/** Bones a case must find, both sides: toes are not among them. */
const WANTED = /talus|calcaneus|navicular|cuboid|cuneiform|metatarsal|tibia|fibula/;

export const feetJudge: Step<{ truth: TwoFeet; made: MadeCase }, { affectedSide: string }, FeetAccuracy, Engines> = {
  id: 'phantom.judge',
  version: 1,
  label: 'comparing with the truth',
  costS: 4,
  params: { affectedSide: FEET_PARAMS.affectedSide },
  handler({ truth, made }, { affectedSide: side }, { job }) {
    const healthy = side === 'left' ? 'right' : 'left';
    const imaged = (name: string) => meshOf(truth.imaged, name);
    const file = (path: string): Mesh | undefined => {
      const found = made.files.find((f) => f.name === path);
      return found && readMesh(found.bytes, path).mesh;
    };
    const wanted = truth.imaged.map((b) => b.name).filter((name) => WANTED.test(name));
    const missing = wanted.filter((name) => !made.files.some((f) => f.name === `bones/${name}.stl`));
    const surfaces = [side, healthy]
      .flatMap((s) => ['talus', 'calcaneus', 'navicular'].map((b) => `${s}-${b}`))
      .flatMap((name, i) => {
        job.at(i / 8);
        const found = file(`bones/${name}.stl`);
        return found ? [{ name, ...summary(surfaceDistance(found, imaged(name))) }] : [];
      });
    const calcaneus = centroid(imaged(`${side}-calcaneus`));
    const apart = compose(transformOf(made.transforms.affectedFromHealthy), invert(truth.affectedFromHealthy));
    const natural = meshOf(truth.natural, `${side}-talus`);
    const implants = made.files.filter((f) => /^implants\/.*\.stl$/.test(f.name));
    const implant = file('implants/talus-100.stl');
    const ankle = centroid(natural);
    const restored = apply(transformOf(made.transforms.restoredFromAffected), [
      ankle[0],
      ankle[1],
      bounds(natural).hi[2],
    ]);
    const distanceOf = implant && surfaceDistance(implant, natural);
    return {
      bones: { wanted: wanted.length, found: wanted.length - missing.length, missing },
      surfaces,
      alignmentMm: distance(apply(apart, calcaneus), calcaneus),
      alignmentDeg: (rotationAngleRad(apart) * 180) / Math.PI,
      implant: {
        meanMm: distanceOf?.meanMm ?? Number.NaN,
        p95Mm: distanceOf?.p95Mm ?? Number.NaN,
        maxMm: distanceOf?.hausdorffMm ?? Number.NaN,
        volumePercent: implant ? (100 * volumeMm3(implant)) / volumeMm3(natural) : Number.NaN,
      },
      solidImplants: implants.every((f) => checkMesh(readMesh(f.bytes, f.name).mesh).solid),
      collapseMm: truth.restoreMm[2],
      givenBackMm: restored[2] - bounds(natural).hi[2],
    };
  },
};

const meshOf = (bones: readonly NamedMesh[], name: string): Mesh => bones.find((b) => b.name === name)!.mesh;

const transformOf = (m: readonly number[]): LpsTransform => ({ from: 'lps', to: 'lps', m: m.slice(0, 12) });

const summary = ({ meanMm, p95Mm, aToB }: SurfaceDistance) => ({ meanMm, p95Mm, biasMm: aToB.signedMeanMm });
