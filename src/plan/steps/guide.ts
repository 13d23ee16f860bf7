import type { Side } from '../../base/index.ts';
import {
  designGuide,
  GUIDE_PARAMS,
  GUIDE_PROCESSES,
  type Guide,
  type GuideProcessName,
  type GuideValues,
  type Plate,
} from '../../design/index.ts';
import type { Engines } from '../engines.ts';
import type { Param, ParamTable, Step } from '../step.ts';
import type { ReducedBone } from './pelvis.ts';
import type { ScrewPlans } from './screw-plan.ts';

type GuideParams = GuideValues & {
  readonly caseId: string;
  readonly side: string;
  readonly process: string;
  readonly windowMm: number;
  readonly openingMm: number;
};
const text = (label: string, value: string, choices?: readonly string[]): Param<string> => ({
  label,
  unit: '',
  default: value,
  source: 'the case',
  ...(choices && { choices }),
});
const number = (label: string, value: number): Param<number> => ({
  label,
  unit: 'mm',
  default: value,
  min: 10,
  max: 300,
  source: 'as for the plate',
});

/** What a case decides elsewhere, not as a parameter of the guide. */
export const GUIDE_DECIDED = ['caseId', 'side', 'process', 'windowMm', 'openingMm'];

/** The drilling guide that sits on the plate. */
export const guideDesign: Step<{ plate: Plate; reduced: ReducedBone; plans: ScrewPlans }, GuideParams, Guide, Engines> =
  {
    id: 'guide.design',
    version: 1,
    label: 'shaping the drilling guide',
    costS: 12,
    params: {
      ...(GUIDE_PARAMS as unknown as ParamTable<GuideValues>),
      caseId: text('engraved number of the case', 'case'),
      side: text('engraved side', 'left', ['left', 'right']),
      process: text('how it is made', 'polyamide, laser-sintered', Object.keys(GUIDE_PROCESSES)),
      windowMm: number('length of the incision', 80),
      openingMm: number('width to which it opens', 50),
    },
    async handler({ plate, reduced, plans }, p, { engines, job }) {
      const { caseId, side, process, windowMm, openingMm, ...values } = p;
      const { centreMm, radiusMm } = reduced.acetabulum;
      return designGuide(
        {
          plate,
          bones: reduced.fragments.map((f) => f.mesh),
          screws: plans.screws,
          caseId,
          side: side as Side,
          process: process as GuideProcessName,
          joint: { centreMm, radiusMm },
          windowMm,
          openingMm,
          solids: await engines.solids(),
        },
        values as GuideValues,
        job,
      );
    },
  };
