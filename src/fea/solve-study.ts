import { type Job, NO_JOB } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { type CaseFields, type CaseNumbers, numbersOf } from './judge.ts';
import { buildModel, type Model, systemOf } from './model.ts';
import type { Surfaces } from './regions.ts';
import { nodalStress } from './stress.ts';
import type { Study } from './study.ts';
import { prepareSystem } from './system.ts';

/** Every load case of a model, solved. */
export interface SolvedModel {
  readonly fields: readonly CaseFields[];
  readonly numbers: readonly CaseNumbers[];
  /** What the solver held, in bytes, and the unknowns of its levels; nothing where another program solved. */
  readonly solver?: { readonly bytes: number; readonly levels: readonly number[] };
}

export interface SolveModelOptions {
  /** Of the residual against the load. */
  readonly tolerance?: number;
  readonly job?: Job;
}

/** @throws fea.no-support, fea.element @cost docs/evidence/strength.md */
export function solveModel(model: Model, study: Study, options: SolveModelOptions = {}): SolvedModel {
  const { job = NO_JOB, tolerance = 1e-8 } = options;
  const solver = prepareSystem(systemOf(model), job.part(0, 0.2));
  const n = model.forcesN.length;
  const fields = model.forcesN.map((forces, i): CaseFields => {
    const part = job.part(0.2 + (0.8 * i) / n, 0.2 + (0.8 * (i + 1)) / n);
    const { displacementMm, ...rest } = solver.solve(forces, { tolerance, job: part });
    return { displacementMm, stressMPa: nodalStress(model.volume.mesh, model.lameMPa, displacementMm), ...rest };
  });
  return {
    fields,
    numbers: fields.map((f, i) => numbersOf(model, study, i, f)),
    solver: { bytes: solver.bytes, levels: solver.cycle.sizes },
  };
}

export interface SolveStudyOptions extends SolveModelOptions {
  readonly cellMm?: number;
  readonly maxNodes?: number;
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
  const { job = NO_JOB, tolerance = 1e-8, ...rest } = options;
  const model = buildModel(solid, surfaces, study, { ...rest, job: job.part(0, 0.2) });
  return { model, ...solveModel(model, study, { tolerance, job: job.part(0.2, 1) }) };
}
