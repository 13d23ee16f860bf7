import { type Job, NO_JOB } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { dot } from './chebyshev.ts';
import { type CaseFields, type CaseNumbers, numbersOf } from './judge.ts';
import { buildModel, type Model, type ModelOptions, systemOf } from './model.ts';
import type { Surfaces } from './regions.ts';
import { nodalStressOfParts } from './stress.ts';
import type { Study } from './study.ts';
import { prepareSystem, type Solution, type Solver } from './system.ts';

/** Every load case of a model, solved. */
export interface SolvedModel {
  readonly fields: readonly CaseFields[];
  readonly numbers: readonly CaseNumbers[];
  /** What the solver held, in bytes, and the unknowns of its levels; nothing where another program solved. */
  readonly solver?: { readonly bytes: number; readonly levels: readonly number[] };
}

/** Stress to six digits: a thousand times below the error of any mesh. */
export const STUDY_TOLERANCE = 1e-6;

export interface SolveModelOptions {
  /** Of the residual against the load. */
  readonly tolerance?: number;
  readonly job?: Job;
}

/** @throws fea.no-support, fea.element @cost docs/evidence/strength.md */
export function solveModel(model: Model, study: Study, options: SolveModelOptions = {}): SolvedModel {
  const { job = NO_JOB, tolerance = STUDY_TOLERANCE } = options;
  const solver = prepareSystem(systemOf(model), job.part(0, 0.2));
  const answers = solveAll(solver, model.forcesN, tolerance, job.part(0.2, 1));
  const fields = answers.map(
    (answer): CaseFields => ({
      ...answer,
      ...nodalStressOfParts(model.volume.mesh, model.lameMPa, answer.displacementMm),
    }),
  );
  return {
    fields,
    numbers: fields.map((f, i) => numbersOf(model, study, i, f)),
    solver: { bytes: solver.bytes, levels: solver.cycle.sizes },
  };
}

/**
 * Solutions of several loads. What earlier loads hold of a later one is taken from their solutions, so only the rest is
 * solved: three postures of one force, which are sums of two, cost two.
 */
function solveAll(solver: Solver, forces: readonly Float64Array[], tolerance: number, job: Job): Solution[] {
  const known: { readonly force: Float64Array; readonly square: number; readonly solution: Solution }[] = [];
  return forces.map((load, i) => {
    const rest = load.slice();
    const own: { share: number; of: Solution }[] = [];
    for (const { force, square, solution } of known) {
      const share = dot(rest, force) / square;
      for (let k = 0; k < rest.length; k++) rest[k] -= share * force[k];
      own.push({ share, of: solution });
    }
    const square = dot(rest, rest);
    if (square > 1e-24 * dot(load, load)) {
      const part = job.part(i / forces.length, (i + 1) / forces.length);
      const solution = solver.solve(rest, { tolerance, job: part });
      known.push({ force: rest, square, solution });
      own.push({ share: 1, of: solution });
    }
    return own.length === 1 && own[0].share === 1 ? own[0].of : combined(own, load.length);
  });
}

function combined(parts: readonly { readonly share: number; readonly of: Solution }[], length: number): Solution {
  const displacementMm = new Float64Array(length);
  const reactionN = new Float64Array(length);
  for (const { share, of } of parts)
    for (let k = 0; k < length; k++) {
      displacementMm[k] += share * of.displacementMm[k];
      reactionN[k] += share * of.reactionN[k];
    }
  return {
    displacementMm,
    reactionN,
    iterations: parts.reduce((s, p) => s + p.of.iterations, 0),
    residual: parts.reduce((m, p) => Math.max(m, p.of.residual), 0),
    converged: parts.every((p) => p.of.converged),
  };
}

export interface SolveStudyOptions extends SolveModelOptions {
  readonly cellMm?: number;
  readonly maxNodes?: number;
  readonly sampleHu?: ModelOptions['sampleHu'];
}

/**
 * Every load case of a study on one mesh.
 * @throws whatever `buildModel` and `solveModel` throw
 */
export function solveStudy(
  solid: Mesh,
  surfaces: Surfaces,
  study: Study,
  options: SolveStudyOptions = {},
): SolvedModel & { readonly model: Model } {
  const { job = NO_JOB, tolerance = STUDY_TOLERANCE, ...rest } = options;
  const model = buildModel(solid, surfaces, study, { ...rest, job: job.part(0, 0.2) });
  return { model, ...solveModel(model, study, { tolerance, job: job.part(0.2, 1) }) };
}
