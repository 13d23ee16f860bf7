import type { LpsTransform, Side, Vec3 } from '../../base/index.ts';
import { writeCtSeries } from '../../dicom/index.ts';
import { readMesh } from '../../io/index.ts';
import { add, apply, compose, distance, norm, rotationAngleRad, scale, sub } from '../../math/index.ts';
import { insideRuns, type SurfaceDistance, segmentToPoint, surfaceDistance } from '../../measure/index.ts';
import { buildBvh, centroid, checkMesh, closestPoint, type Mesh, meshIntersections } from '../../mesh/index.ts';
import {
  ctOfPelvis,
  type NamedMesh,
  PELVIS_DEFAULTS,
  type Pelvis,
  pelvisOf,
  SCANNER_DEFAULTS,
} from '../../phantom/index.ts';
import type { Engines, FileBytes, ParamTable, Step } from '../../plan/index.ts';

/** A broken pelvis of known shape: its CT, and how near to the truth a case of it has come. */

export interface PelvisParams {
  readonly seed: number;
  readonly affectedSide: string;
  readonly pixelMm: number;
  readonly sliceMm: number;
  readonly noiseHu: number;
}
const [pixel, , slice] = PELVIS_DEFAULTS.spacingMm;
const PELVIS_PARAMS: ParamTable<PelvisParams> = {
  seed: { label: 'seed of shape, fracture and noise', unit: '', default: 1, min: 0, max: 1e6, source: 'the caller' },
  affectedSide: {
    label: 'broken side',
    unit: '',
    default: PELVIS_DEFAULTS.affectedSide,
    choices: ['left', 'right'],
    source: 'the caller',
  },
  pixelMm: { label: 'pixel', unit: 'mm', default: pixel, min: 0.3, max: 2, source: 'the pelvis protocol' },
  sliceMm: { label: 'slice spacing', unit: 'mm', default: slice, min: 0.3, max: 2, source: 'the pelvis protocol' },
  noiseHu: { label: 'noise', unit: 'HU', default: SCANNER_DEFAULTS.noiseHu, min: 0, max: 200, source: 'low-dose CT' },
};

const pelvisFor = (p: PelvisParams): Pelvis =>
  pelvisOf({
    seed: p.seed,
    affectedSide: p.affectedSide as Side,
    spacingMm: [p.pixelMm, p.pixelMm, p.sliceMm],
  });

/** The bones as they stand in the scan and before the accident, and what is known about them. */
export const pelvisTruth: Step<Record<string, never>, PelvisParams, Pelvis, Engines> = {
  id: 'phantom.pelvis-truth',
  version: 1,
  label: 'breaking a pelvis',
  costS: 3,
  params: PELVIS_PARAMS,
  handler: (_, params) => pelvisFor(params),
};

/** The CT of a broken pelvis as DICOM files, one for each slice. */
export const pelvisScan: Step<
  Record<string, never>,
  PelvisParams,
  { readonly files: readonly Uint8Array[]; readonly size: Vec3 },
  Engines
> = {
  id: 'phantom.pelvis-scan',
  version: 2,
  label: 'making the CT of a broken pelvis',
  costS: 15,
  transient: true,
  params: PELVIS_PARAMS,
  handler(_, p, { job }) {
    const pelvis = pelvisFor(p);
    const ct = ctOfPelvis(pelvis, { seed: p.seed, noiseHu: p.noiseHu, job: job.part(0, 0.9) });
    const tags = {
      seed: `pelvis ${p.seed} ${p.affectedSide} ${ct.grid.size.join(' ')}`,
      patientId: 'PHANTOM',
      bodyPart: 'PELVIS',
      seriesDescription: 'Pelvis, synthetic',
      laterality: 'both',
    } as const;
    return { files: writeCtSeries(ct, tags), size: ct.grid.size };
  },
};

/** What a case has made, as a reader of its folder finds it. */
export interface MadePelvis {
  /** STL files by path. */
  readonly files: readonly FileBytes[];
  /** Parts of `plan.json`. */
  readonly plan: {
    readonly transforms: { readonly reducedFromImaged: Readonly<Record<string, readonly number[]>> };
    readonly acetabulum: { readonly centreMm: Vec3; readonly radiusMm: number };
    readonly screws: readonly {
      readonly id: string;
      readonly entryMm: Vec3;
      readonly direction: Vec3;
      readonly lengthMm: number;
      readonly screw: { readonly diameterMm: number };
    }[];
    readonly plate?: { readonly boneSide: { readonly rmsMm: number } };
  };
}

/** How near to the truth a case has come. */
export interface PelvisAccuracy {
  readonly bones: { readonly wanted: number; readonly found: number; readonly missing: readonly string[] };
  /** Surface found against true surface, both ways. */
  readonly surfaces: readonly { readonly name: string; readonly meanMm: number; p95Mm: number; biasMm: number }[];
  /** Each fragment that moved, put back: how far its middle is from where it was before the accident. */
  readonly fragments: readonly { readonly name: string; readonly mm: number; readonly deg: number }[];
  readonly acetabulum: { readonly centreMm: number; readonly radiusMm: number };
  /** In the bone as it was before the accident. */
  readonly screws: {
    readonly count: number;
    readonly throughJoint: readonly string[];
    /** The farthest that a tip stands out of bone. */
    readonly beyondMm: number;
    /** The least share of an axis in bone. */
    readonly leastInBone: number;
  };
  readonly plate: { readonly boneSideRmsMm: number; readonly crossings: number; readonly solid: boolean } | null;
}

export const pelvisJudge: Step<{ truth: Pelvis; made: MadePelvis }, { affectedSide: string }, PelvisAccuracy, Engines> =
  {
    id: 'phantom.pelvis-judge',
    version: 1,
    label: 'comparing with the truth',
    costS: 5,
    params: { affectedSide: PELVIS_PARAMS.affectedSide },
    handler({ truth, made: { files, plan } }, { affectedSide: side }, { job }) {
      const file = (path: string): Mesh | undefined => {
        const found = files.find((f) => f.name === path);
        return found && readMesh(found.bytes, path).mesh;
      };
      const wanted = truth.imaged.map((b) => b.name);
      const missing = wanted.filter((name) => !files.some((f) => f.name === `bones/${name}.stl`));
      // Femora go on beyond the scan.
      const surfaces = wanted
        .filter((name) => !name.endsWith('femur'))
        .flatMap((name, i) => {
          job.at(i / 8);
          const found = file(`bones/${name}.stl`);
          return found ? [{ name, ...summary(surfaceDistance(found, meshOf(truth.imaged, name))) }] : [];
        });
      const fragments = truth.motions.flatMap(({ name, imagedFromAnatomic }) => {
        const back = plan.transforms.reducedFromImaged[name];
        if (!back) return [];
        const left = compose(transformOf(back), imagedFromAnatomic);
        const middle = centroid(meshOf(truth.anatomic, name));
        return [{ name, mm: distance(apply(left, middle), middle), deg: (rotationAngleRad(left) * 180) / Math.PI }];
      });
      const plate = file('plate/plate.stl');
      const reduced = files.filter((f) => f.name.startsWith('reduced/')).map((f) => readMesh(f.bytes, f.name).mesh);
      return {
        bones: { wanted: wanted.length, found: wanted.length - missing.length, missing },
        surfaces,
        fragments,
        acetabulum: {
          centreMm: distance(plan.acetabulum.centreMm, truth.acetabulum.centreMm),
          radiusMm: plan.acetabulum.radiusMm - truth.acetabulum.radiusMm,
        },
        screws: screwsIn(plan.screws, meshOf(truth.anatomic, `${side}-hip-bone`), truth.acetabulum),
        plate: plate
          ? {
              boneSideRmsMm: plan.plate?.boneSide.rmsMm ?? Number.NaN,
              crossings: reduced.reduce(
                (n, bone) => n + meshIntersections(buildBvh(plate), buildBvh(bone)).length / 2,
                0,
              ),
              solid: checkMesh(plate).solid,
            }
          : null,
      };
    },
  };

function screwsIn(
  screws: MadePelvis['plan']['screws'],
  bone: Mesh,
  { centreMm, radiusMm }: Pelvis['acetabulum'],
): PelvisAccuracy['screws'] {
  const bvh = buildBvh(bone);
  const throughJoint: string[] = [];
  let beyondMm = 0;
  let leastInBone = 1;
  for (const s of screws) {
    if (segmentToPoint(s.entryMm, s.direction, s.lengthMm, centreMm) < radiusMm + s.screw.diameterMm / 2)
      throughJoint.push(s.id);
    const runs = insideRuns(bvh, s.entryMm, s.direction, s.lengthMm);
    const inBone = runs.reduce((sum, [a, b]) => sum + b - a, 0);
    leastInBone = Math.min(leastInBone, inBone / s.lengthMm);
    const last = runs.at(-1)?.[1] ?? 0;
    if (last < s.lengthMm) {
      const tip = add(s.entryMm, scale(s.direction, s.lengthMm));
      const near = closestPoint(bvh, ...tip);
      beyondMm = Math.max(beyondMm, near ? norm(sub(tip, [near.x, near.y, near.z])) : Infinity);
    }
  }
  return { count: screws.length, throughJoint, beyondMm, leastInBone };
}

const meshOf = (bones: readonly NamedMesh[], name: string): Mesh => bones.find((b) => b.name === name)!.mesh;
const transformOf = (m: readonly number[]): LpsTransform => ({ from: 'lps', to: 'lps', m: m.slice(0, 12) });
const summary = ({ meanMm, p95Mm, aToB }: SurfaceDistance) => ({ meanMm, p95Mm, biasMm: aToB.signedMeanMm });
