import { unpack } from '../../base/index.ts';
import {
  type CaseFields,
  type JudgedCase,
  type Judgement,
  judge,
  judgeCase,
  type Limits,
  type Model,
  materialsOf,
  numbersOf,
  type SolvedModel,
  type Study,
  type VolumeMeshFigures,
} from '../../fea/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Volume } from '../../volume/index.ts';
import type { Artefact, Graph } from '../graph.ts';
import { strengthModel, strengthSolve } from '../steps/strength.ts';

/** Another program that solves a model: CalculiX. Takes it, gives the fields of every load case. */
export type OutsideSolver = (model: Model, study: Study) => Promise<readonly CaseFields[]>;

export interface StrengthOptions {
  readonly elementMm?: number;
  readonly nodes?: number;
  readonly limits: Limits;
  /** Grey values, where the study takes stiffness from them. */
  readonly ct?: Artefact<{ readonly volume: Volume }>;
  /** Solves both meshes instead of our own solver. */
  readonly outside?: OutsideSolver;
}

/** A study on two meshes, judged. */
export interface StrengthResult extends Judgement {
  readonly model: Artefact<Model>;
  readonly solved: Artefact<SolvedModel>;
  readonly cases: readonly JudgedCase[];
  readonly mesh: VolumeMeshFigures;
  readonly coarseMesh: VolumeMeshFigures;
  /** Area of each region on the finer mesh, mm². */
  readonly regionAreasMm2: Readonly<Record<string, number>>;
}

/** Elements of the coarser mesh against those of the finer one: a third of the nodes. */
export const COARSER = 1.5;

type Part = Artefact<{ readonly mesh: Mesh }>;

/**
 * Solves a study on two meshes side by side and judges it.
 * @throws whatever the steps throw
 */
export async function runStudy(
  graph: Graph,
  solid: Part,
  surfaces: Readonly<Record<string, Part>>,
  study: Study,
  { limits, outside, ct, ...size }: StrengthOptions,
): Promise<StrengthResult> {
  const request = graph.value({ study, surfaces: Object.keys(surfaces) });
  const others = Object.values(surfaces);
  const level = async (coarser: number) => {
    const model = await graph.step(strengthModel, { solid, surfaces: others, request, ct }, { ...size, coarser });
    const made = unpack<Model>(await model.load());
    if (!outside) {
      const solved = await graph.step(strengthSolve, { model, study: graph.value(study) });
      return { model, made, solved, numbers: unpack<SolvedModel>(await solved.load()).numbers };
    }
    const fields = await outside(made, study);
    const numbers = fields.map((f, i) => numbersOf(made, study, i, f));
    return { model, made, solved: graph.value<SolvedModel>({ fields, numbers }), numbers };
  };
  const [fine, coarse] = await Promise.all([level(1), level(COARSER)]);
  const cases = fine.numbers.map((n, i) => judgeCase(n, coarse.numbers[i], COARSER, materialsOf(study)));
  const { volume, regions } = fine.made;
  return {
    ...judge(cases, materialsOf(study), volume.findings, limits),
    model: fine.model,
    solved: fine.solved,
    cases,
    mesh: volume.figures,
    coarseMesh: coarse.made.volume.figures,
    regionAreasMm2: Object.fromEntries(Object.entries(regions).map(([name, r]) => [name, r.areaMm2])),
  };
}
