import { type Finding, type Job, LPS_IDENTITY, type LpsTransform, NO_JOB, OsteonError } from '../../base/index.ts';
import { apply, applyLinear, determinant, distance, dot, rotationAngleRad } from '../../math/index.ts';
import { areaMm2, type Mesh, volumeMm3 } from '../../mesh/index.ts';
import { type Body, createBody, hits, picked } from './bodies.ts';
import { findingsOf } from './findings.ts';
import { SAME, type Scene } from './joint.ts';
import { type FragmentFit, fitOf, type Overlap, overlaps, spreads, uncoveredMm2, withSpread } from './judge.ts';
import type { MirrorPlane } from './plane.ts';
import { searchPoses } from './search.ts';
import { settle } from './settle.ts';
import { fitTemplate, type Template } from './template.ts';

export interface Fragment {
  readonly name: string;
  readonly mesh: Mesh;
}

/** A person's word on a fragment. */
export interface PoseCorrection {
  readonly name: string;
  readonly reducedFromImaged: LpsTransform;
  /** Kept exactly; else it is where the search for this fragment starts. */
  readonly hold: boolean;
}

export interface ReductionInput {
  /** All pieces of the broken hip bone as imaged, the intact one among them. */
  readonly fragments: readonly Fragment[];
  /** Name of the piece that has not moved: it carries the joint with the sacrum. */
  readonly intact: string;
  /** The other hip bone, whole. */
  readonly healthy: Mesh;
  /** Makes the plane of symmetry better. */
  readonly sacrum?: Mesh;
  readonly corrections?: readonly PoseCorrection[];
}

export interface ReductionOptions {
  /** Samples on each fragment and on the template. */
  readonly samples: number;
}

export const REDUCTION_DEFAULTS: ReductionOptions = {
  samples: 2500, // one for every 5 mm² of a column; twice as many move the answer by less than 0.05 mm
};

export interface FragmentPose {
  readonly name: string;
  readonly reducedFromImaged: LpsTransform;
  /** How far it carries the middle of the fragment's surface, mm, and how far it turns it, degrees. */
  readonly shiftMm: number;
  readonly turnDeg: number;
  readonly by: 'intact' | 'found' | 'held';
}

export interface Reduction {
  /** Mid-sagittal plane, from the two hip bones and the sacrum. */
  readonly plane: MirrorPlane;
  /** Broken side from healthy side; determinant −1. */
  readonly templateFromHealthy: LpsTransform;
  /** How well the template lies on the intact piece, and how far it is from a pure reflection in the plane. */
  readonly symmetry: {
    readonly sdMm: number;
    readonly rmsMm: number;
    readonly p95Mm: number;
    readonly offPlaneMm: number;
    readonly offPlaneDeg: number;
  };
  readonly poses: readonly FragmentPose[];
  readonly residuals: readonly FragmentFit[];
  readonly overlaps: readonly Overlap[];
  readonly overlapMm3: number;
  readonly findings: readonly Finding[];
}

/**
 * Puts the pieces of a broken hip bone together: the healthy side, mirrored and laid on the intact piece, shows where the
 * outer surface belongs; the fracture faces show where the pieces meet. All pieces move together.
 * @requires closed meshes with outward normals, LPS mm; the intact piece where it was before the injury
 * @throws register.side, register.no-healthy-side, param.unknown, mesh.empty, register.mirror
 * @job at every stage
 * @cost 8 s for three fragments of 40 000 triangles
 * @accuracy docs/evidence/reduction.md
 * @source own method; robust joint point-to-surface alignment after Chen and Medioni 1992 and Fitzgibbon 2003
 */
export function reduceFragments(
  input: ReductionInput,
  options: Partial<ReductionOptions> = {},
  job: Job = NO_JOB,
): Reduction {
  const { samples } = { ...REDUCTION_DEFAULTS, ...options };
  const { fragments, healthy } = input;
  checkNames(input);
  const meshes = fragments.map((f) => f.mesh);
  const intact = meshes[fragments.findIndex((f) => f.name === input.intact)];
  const template = fitTemplate(meshes, intact, healthy, input.sacrum, samples, job.part(0, 0.5));
  const bodies = fragments.map((f) => createBody(f.name, f.mesh, samples));
  const held = fragments.map((f) => input.corrections?.find((c) => c.name === f.name));
  const movable = fragments.map((f, i) => f.name !== input.intact && !held[i]?.hold);
  const whole: Scene = { bodies, movable, template: template.body };
  const scene = withoutSettled(
    whole,
    fragments.findIndex((f) => f.name === input.intact),
  );
  let poses = fragments.map((_, i) => held[i]?.reducedFromImaged ?? LPS_IDENTITY);
  if (movable.some(Boolean)) {
    const search: Scene = { ...scene, movable: movable.map((m, i) => m && !held[i]) };
    if (search.movable.some(Boolean)) poses = searchPoses(search, poses);
    job.at(0.7);
  }
  const settled = settle(scene, poses, template.alignment.sdMm);
  job.at(0.95);
  const free = spreads(settled.last.information, 6 * movable.filter(Boolean).length);
  const residuals = fragments.map((_, i) => {
    const fit = fitOf(whole, settled.poses, i);
    return movable[i] ? withSpread(fit, free[movable.slice(0, i).filter(Boolean).length]) : fit;
  });
  const shared = overlaps(whole, settled.poses);
  const result = {
    plane: template.plane,
    templateFromHealthy: template.alignment.lpsFromMoving,
    symmetry: symmetryOf(template),
    poses: bodies.map((b, i) => poseOf(b, settled.poses[i], movable[i] ? 'found' : held[i] ? 'held' : 'intact')),
    residuals,
    overlaps: shared,
    overlapMm3: shared.reduce((s, o) => s + o.mm3, 0),
  };
  const findings = findingsOf({
    ...result,
    converged: settled.converged,
    uncovered: uncoveredMm2(whole, settled.poses) / areaMm2(template.body.bvh.mesh),
    isIntactLargest: meshes.every((m) => volumeMm3(m) <= volumeMm3(intact)),
    volumeRatio: meshes.reduce((s, m) => s + volumeMm3(m), 0) / volumeMm3(healthy),
    alignment: template.alignment.findings,
  });
  job.at(1);
  return { ...result, findings };
}

/** @throws param.unknown, mesh.empty, register.mirror */
function checkNames({ fragments, intact, corrections = [] }: ReductionInput): void {
  for (const { name, mesh } of fragments)
    if (mesh.triangles.length === 0) throw new OsteonError('mesh.empty', { fragment: name });
  const known = fragments.map((f) => f.name);
  for (const name of [intact, ...corrections.map((c) => c.name)])
    if (!known.includes(name)) throw new OsteonError('param.unknown', { name }, `Fragments: ${known.join(', ')}.`);
  for (const { name, reducedFromImaged: t } of corrections)
    if (!isMotion(t)) throw new OsteonError('register.mirror', { name });
}

/** Turns and shifts only. */
function isMotion(t: LpsTransform): boolean {
  const axes = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map((e) => applyLinear(t, e));
  const square = axes.every((a, i) => axes.every((b, j) => Math.abs(dot(a, b) - (i === j ? 1 : 0)) < 1e-4));
  return square && determinant(t) > 0;
}

/** What the intact piece and the template explain of each other decides nothing: only the rest is looked at. */
function withoutSettled(scene: Scene, intact: number): Scene {
  const alone = (body: Body, other: Body): Body => {
    const { points, normals } = body.samples;
    const { distanceMm, cos } = hits(points, normals, other.bvh, LPS_IDENTITY, SETTLED_MM);
    const keep = Array.from(cos.keys()).filter((s) => !(distanceMm[s] < Infinity && cos[s] > SAME));
    return picked(body, keep);
  };
  return {
    ...scene,
    bodies: scene.bodies.map((b, i) => (i === intact ? alone(b, scene.template) : b)),
    template: alone(scene.template, scene.bodies[intact]),
  };
}

const SETTLED_MM = 2.5;

function poseOf(body: Body, reducedFromImaged: LpsTransform, by: FragmentPose['by']): FragmentPose {
  return {
    name: body.name,
    reducedFromImaged,
    shiftMm: distance(apply(reducedFromImaged, body.centre), body.centre),
    turnDeg: (rotationAngleRad(reducedFromImaged) * 180) / Math.PI,
    by,
  };
}

const symmetryOf = ({ alignment, offPlane }: Template): Reduction['symmetry'] => ({
  sdMm: alignment.sdMm,
  rmsMm: alignment.rmsMm,
  p95Mm: alignment.p95Mm,
  offPlaneMm: offPlane.shiftMm,
  offPlaneDeg: offPlane.turnDeg,
});
