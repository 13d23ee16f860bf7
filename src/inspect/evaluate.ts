import { type Finding, type Job, LPS_IDENTITY, type LpsTransform, NO_JOB, type Vec3 } from '../base/index.ts';
import { add, apply, applyLinear, compose, distance, invert, rotationAngleRad, scale, sub } from '../math/index.ts';
import { brokenSocket, type FractureGaps, fitAcetabulum, gapsAt, insideRuns, type SliceGap } from '../measure/index.ts';
import {
  type Bvh,
  buildBvh,
  centroid,
  closestPoints,
  type Mesh,
  signedDistance,
  transformMesh,
} from '../mesh/index.ts';
import { poseInScan, type ScanPose, type SurfaceSamples, sampleSurface } from '../register/index.ts';
import { type FoundRods, findRods } from '../segment/index.ts';
import { createSampler, type Volume } from '../volume/index.ts';
import type { SurgeryPlan } from './evaluation-plan.ts';
import { type Grade, gradeReduction, type Residual } from './grades.ts';
import { patientPose } from './patient-pose.ts';
import { type PairedScrews, pairScrews, type SeenScrew } from './screw-pairs.ts';

/** A fragment as it was found after surgery. */
export interface FragmentOutcome {
  readonly name: string;
  readonly intact: boolean;
  /** Frame of the plan; where the scan before surgery shows the fragment → where it lies now. */
  readonly placedFromImaged: LpsTransform;
  /** Against the plan: shift of its middle, and turn. */
  readonly shiftMm: number;
  readonly turnDeg: number;
  readonly rmsMm: number;
  /** Share of its surface that was seen again. */
  readonly seen: number;
}

export interface Evaluation {
  /** Scan after surgery → plan, by what did not move. */
  readonly planFromScan: LpsTransform;
  readonly match: Omit<ScanPose, 'scanFromBone'>;
  readonly metal: Pick<FoundRods, 'ends' | 'bloomingMm'> &
    Pick<FoundRods['metal'], 'thresholdHu' | 'volumeMm3' | 'clippedAtHu' | 'clippedFraction'>;
  readonly screws: PairedScrews;
  readonly fragments: readonly FragmentOutcome[];
  readonly joint: { readonly centreMm: Vec3; readonly radiusMm: number };
  /** Gap and step-off as imaged before, as planned, and after surgery. */
  readonly gaps: { readonly before: FractureGaps; readonly planned: FractureGaps; readonly after: FractureGaps };
  /** Absent where no slice crosses a fracture line of the joint. */
  readonly residual: { readonly before?: ReadResidual; readonly after?: ReadResidual };
  readonly grades: readonly Grade[];
  readonly findings: readonly Finding[];
}

/** Gap and step-off, and in which slices they were read. */
export interface ReadResidual extends Residual {
  readonly read: 'slices through the dome' | 'worst of all slices through the joint';
}

export interface EvaluationInput {
  readonly plan: SurgeryPlan;
  /** Bones by name, as scanned before surgery. */
  readonly bones: Readonly<Record<string, Mesh>>;
  readonly ct: Volume;
}

const SAMPLES = 3000;
/** Surface nearer than this to another fragment of the reduced bone is fracture: it is not seen after surgery, mm. */
const FRACTURE_MM = 2;
/** Less of a fragment than this seen again: its pose is not trusted. */
const SEEN_FRAGMENT = 0.5;
/** What two sides of one person differ by; a fragment off its plan by more is said so. @source Sci. Rep. 10 (2020) */
const OFF_PLAN = { mm: 3, deg: 2 };

/**
 * An operation against its plan, from the CT after it: metal and every screw in it, pairs with the planned ones, poses of
 * the fragments, gap and step-off before and after, grades.
 * @throws metal.none, inspect.other-patient, measure.no-sphere, dicom.modality
 * @cost 10 CPU s for a pelvis of 30 million voxels
 * @accuracy docs/evidence/evaluation.md
 */
export function evaluateSurgery({ plan, bones, ct }: EvaluationInput, job: Job = NO_JOB): Evaluation {
  const sampler = createSampler(ct);
  const still = plan.still.map((name) => bones[name]);
  const level = plan.levelHu[plan.intact];
  const match = patientPose(still, ct, sampler, level, job.part(0, 0.25));
  const planFromScan = invert(match.scanFromBone);
  const diameters = [...new Set(plan.screws.map((s) => s.diameterMm))];
  const found = findRods(ct, { ...(diameters.length > 0 && { diametersMm: diameters }), job: job.part(0.25, 0.6) });

  const reduced = plan.fragments.map(({ name, reducedFromImaged }) => transformMesh(reducedFromImaged, bones[name]));
  const { surface } = fitAcetabulum(reduced);
  const joint = { centreMm: surface.centreMm, radiusMm: surface.radiusMm };
  const trees = reduced.map(buildBvh);
  const outsideBone = (p: Vec3): number => Math.min(...trees.map((t) => signedDistance(t, p[0], p[1], p[2])));
  job.at(0.65);
  const placements: LpsTransform[] = [];
  const fragments = plan.fragments.map(({ name, reducedFromImaged }, i): FragmentOutcome => {
    const pose = poseInScan(sampler, outside(reduced, trees, i), plan.levelHu[name], match.scanFromBone);
    job.at(0.65 + (0.15 * (i + 1)) / plan.fragments.length);
    const placedFromReduced = compose(planFromScan, pose.scanFromBone);
    placements.push(placedFromReduced);
    const middle = centroid(reduced[i]);
    return {
      name,
      intact: name === plan.intact,
      placedFromImaged: compose(placedFromReduced, reducedFromImaged),
      shiftMm: distance(apply(placedFromReduced, middle), middle),
      turnDeg: (rotationAngleRad(placedFromReduced) * 180) / Math.PI,
      rmsMm: pose.rmsMm,
      seen: pose.seen,
    };
  });
  const ontoBone = (s: SeenScrew, near: Vec3) => boneEntry(trees, placements, s, near);
  const screws = pairScrews(plan.screws, found.rods, planFromScan, joint, outsideBone, ontoBone);
  const mirrored = plan.healthy && transformMesh(plan.healthy.templateFromHealthy, bones[plan.healthy.name]);
  const socket = brokenSocket({
    pieces: plan.fragments.map(({ name, reducedFromImaged }) => ({
      name,
      mesh: bones[name],
      reduced: reducedFromImaged,
    })),
    joint: surface,
    slices: plan.joint,
    ...(mirrored && { template: { mesh: mirrored, joint: fitAcetabulum(mirrored).surface } }),
  });
  const gaps = {
    before: gapsAt(
      socket,
      plan.fragments.map(() => LPS_IDENTITY),
    ),
    planned: gapsAt(socket, socket.reduced),
    after: gapsAt(
      socket,
      fragments.map((f) => f.placedFromImaged),
    ),
  };
  job.at(1);
  const before = residualOf(gaps.before);
  const after = residualOf(gaps.after);
  const { scanFromBone: _, ...quality } = match;
  const { thresholdHu, volumeMm3, clippedAtHu, clippedFraction } = found.metal;
  return {
    planFromScan,
    match: quality,
    metal: {
      thresholdHu,
      volumeMm3,
      clippedFraction,
      ...(clippedAtHu !== undefined && { clippedAtHu }),
      ends: found.ends,
      bloomingMm: found.bloomingMm,
    },
    screws,
    fragments,
    joint,
    gaps,
    residual: { ...(before && { before }), ...(after && { after }) },
    grades: after ? gradeReduction(after) : [],
    findings: [...found.findings, ...screwFindings(screws), ...fragmentFindings(fragments)],
  };
}

/** A screw's axis is followed so far back from its metal, mm. */
const BACK_MM = 20;

/** Where the axis of a screw goes into bone as it lies after surgery, nearest to a point. */
function boneEntry(
  trees: readonly Bvh[],
  placements: readonly LpsTransform[],
  { entryMm, direction, lengthMm }: SeenScrew,
  near: Vec3,
): Vec3 | undefined {
  const from = sub(entryMm, scale(direction, BACK_MM));
  const places = trees.flatMap((tree, i) => {
    const reducedFromPlaced = invert(placements[i]);
    const way = applyLinear(reducedFromPlaced, direction);
    const runs = insideRuns(tree, apply(reducedFromPlaced, from), way, BACK_MM + lengthMm);
    return runs.filter(([start]) => start > 0).map(([start]) => add(from, scale(direction, start)));
  });
  return places.reduce<Vec3 | undefined>(
    (best, p) => (best && distance(best, near) <= distance(p, near) ? best : p),
    undefined,
  );
}

/** Samples of a reduced fragment where it does not face another one. */
function outside(reduced: readonly Mesh[], trees: readonly Bvh[], own: number): SurfaceSamples {
  const { positions: p, triangles: t } = reduced[own];
  const middles = new Float64Array(t.length);
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) middles[i + k] = (p[3 * t[i] + k] + p[3 * t[i + 1] + k] + p[3 * t[i + 2] + k]) / 3;
  const region = new Uint8Array(t.length / 3).fill(1);
  trees.forEach((other, j) => {
    if (j === own) return;
    const { distanceMm } = closestPoints(other, middles, { limitMm: FRACTURE_MM });
    for (let i = 0; i < region.length; i++) if (distanceMm[i] < FRACTURE_MM) region[i] = 0;
  });
  return sampleSurface(reduced[own], SAMPLES, 1, region);
}

/**
 * What a surgeon reads off the slices through the dome: the widest gap and the highest step-off. Where those cross no
 * fracture line of the joint, the worst of all slices through it.
 */
function residualOf({ dome, widest, steepest }: FractureGaps): ReadResidual | undefined {
  const of = (list: readonly Readonly<Record<string, SliceGap | null>>[]) =>
    list.flatMap((slices) => Object.values(slices)).filter((s) => s !== null);
  const inDome = of([dome]);
  const slices = inDome.length > 0 ? inDome : of([widest, steepest]);
  if (slices.length === 0) return undefined;
  return {
    gapMm: Math.max(...slices.map((s) => s.gapMm)),
    stepMm: Math.max(...slices.map((s) => s.stepMm)),
    read: inDome.length > 0 ? 'slices through the dome' : 'worst of all slices through the joint',
  };
}

function screwFindings({ screws, others }: PairedScrews): Finding[] {
  const missing = screws.filter((s) => !s.placed);
  const inJoint = [
    ...screws.filter((s) => s.placed && s.placed.jointMm < 0).map((s) => ({ id: s.id, mm: s.placed!.jointMm })),
    ...others.filter((s) => s.jointMm < 0).map((s, i) => ({ id: `unplanned ${i + 1}`, mm: s.jointMm })),
  ];
  return [
    ...inJoint.map(
      ({ id, mm }): Finding => ({
        level: 'warning',
        code: 'inspect.joint',
        text: `Screw ${id} enters the sphere of the joint`,
        facts: { depthMm: -mm },
        hint: 'Look at it in the scan: the sphere is fitted to the joint surface, the fossa lies outside it',
      }),
    ),
    ...(missing.length > 0
      ? [
          {
            level: 'note',
            code: 'inspect.not-placed',
            text: `Planned screws that no metal pairs with: ${missing.map((s) => s.id).join(', ')}`,
            facts: { notPlaced: missing.length, planned: screws.length },
          } satisfies Finding,
        ]
      : []),
    ...(others.length > 0
      ? [
          {
            level: 'note',
            code: 'inspect.unplanned',
            text: 'Straight metal that pairs with no planned screw',
            facts: { pieces: others.length },
            hint: 'A screw that was put elsewhere, a wire, or the edge of a plate',
          } satisfies Finding,
        ]
      : []),
  ];
}

function fragmentFindings(fragments: readonly FragmentOutcome[]): Finding[] {
  return fragments.flatMap((f): Finding[] => {
    if (f.seen < SEEN_FRAGMENT)
      return [
        {
          level: 'warning',
          code: 'inspect.fragment-unsure',
          text: `Too little of the surface of ${f.name} was seen again for a sure pose`,
          facts: { seenPercent: Math.round(100 * f.seen) },
        },
      ];
    if (f.shiftMm <= OFF_PLAN.mm && f.turnDeg <= OFF_PLAN.deg) return [];
    return [
      {
        level: 'warning',
        code: 'inspect.off-plan',
        text: `${f.name} lies elsewhere than planned`,
        facts: { shiftMm: f.shiftMm, turnDeg: f.turnDeg },
      },
    ];
  });
}
