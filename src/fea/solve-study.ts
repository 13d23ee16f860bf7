import { type Job, NO_JOB } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { type CaseFields, type CaseNumbers, numbersOf } from './judge.ts';
import { buildModel, type Model } from './model.ts';
import type { Surfaces } from './regions.ts';
import { nodalStress } from './stress.ts';
import type { Study } from './study.ts';
import { prepareSystem } from './system.ts';

export interface SolvedStudy {
  readonly model: Model;
  readonly fields: readonly CaseFields[];
  readonly numbers: readonly CaseNumbers[];
  /** What the solver held, in bytes, and the unknowns of its levels. */
  readonly solver: { readonly bytes: number; readonly levels: readonly number[] };
}

export interface SolveStudyOptions {
  readonly cellMm?: number;
  readonly maxNodes?: number;
  readonly tolerance?: number;
  readonly job?: Job;
}

/**
 * Every load case of a study on one mesh.
 * @throws whatever `buildModel` and `prepareSystem` throw
 * @cost docs/evidence/strength.md
 */
export function solveStudy(
  solid: Mesh,
  surfaces: Surfaces,
  study: Study,
  options: SolveStudyOptions = {},
): SolvedStudy {
  const { job = NO_JOB, tolerance = 1e-8, ...rest } = options;
  const model = buildModel(solid, surfaces, study, { ...rest, job: job.part(0, 0.2) });
  const solver = prepareSystem(model.system, job.part(0.2, 0.4));
  const { mesh, lameMPa } = model.system;
  const n = model.forcesN.length;
  const fields = model.forcesN.map((forces, i): CaseFields => {
    const part = job.part(0.4 + (0.6 * i) / n, 0.4 + (0.6 * (i + 1)) / n);
    const { displacementMm, ...rest } = solver.solve(forces, { tolerance, job: part });
    return { displacementMm, stressMPa: nodalStress(mesh, lameMPa, displacementMm), ...rest };
  });
  return {
    model,
    fields,
    numbers: fields.map((f, i) => numbersOf(model, study, i, f)),
    solver: { bytes: solver.bytes, levels: solver.cycle.sizes },
  };
}
