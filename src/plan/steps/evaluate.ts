import {
  deviationPlot,
  type Evaluation,
  evaluateSurgery,
  evaluationScene,
  type SurgeryPlan,
} from '../../inspect/index.ts';
import { type MeshFile, writePng } from '../../io/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Engines } from '../engines.ts';
import type { Figure } from '../report/model.ts';
import type { Step } from '../step.ts';
import type { ScanVolume } from './scan.ts';

type None = Record<string, never>;

/** A plan and the bones it names, in the order of `names`. */
interface PlannedBones {
  readonly plan: SurgeryPlan;
  readonly names: readonly string[];
  readonly bones: readonly MeshFile[];
}

const byName = ({ names, bones }: PlannedBones): Record<string, Mesh> =>
  Object.fromEntries(names.map((name, i) => [name, bones[i].mesh]));

/** An operation against its plan, from the CT after it. */
export const inspectEvaluate: Step<PlannedBones & { scan: ScanVolume }, None, Evaluation, Engines> = {
  id: 'inspect.evaluate',
  version: 2,
  label: 'finding screws and fragments after surgery',
  costS: 30,
  params: {},
  handler: ({ plan, scan, ...bones }, _, { job }) =>
    evaluateSurgery({ plan, bones: byName({ plan, ...bones }), ct: scan.volume }, job),
};

export const inspectEvaluationPictures: Step<
  PlannedBones & { evaluation: Evaluation },
  None,
  { readonly figures: readonly (Figure & { readonly path: string })[] },
  Engines
> = {
  id: 'inspect.evaluation-pictures',
  version: 3,
  label: 'drawing the evaluation',
  costS: 6,
  params: {},
  handler({ evaluation, ...plan }, _, { job }) {
    const scene = writePng(evaluationScene(evaluation, byName(plan), plan.plan.affectedSide));
    job.at(0.8);
    return {
      figures: [
        {
          path: 'after.png',
          png: scene,
          caption:
            'The fragments after surgery with planned screws (blue), placed ones (orange) and other metal (grey)',
        },
        {
          path: 'deviations.png',
          png: writePng(deviationPlot(evaluation)),
          caption: 'Placed against planned, screw by screw',
        },
      ],
    };
  },
};
