import { PELVIC_IDS } from '../../segment/index.ts';
import type { AcetabulumVocabulary } from '../case/acetabulum.ts';
import { checksOf, settable } from '../settable.ts';
import type { AnyStep, Param } from '../step.ts';
import { fractureReduce } from '../steps/fracture.ts';
import { GUIDE_DECIDED, guideDesign } from '../steps/guide.ts';
import { plateDesign } from '../steps/plate.ts';
import { plateStrength } from '../steps/plate-strength.ts';
import { scanDecode } from '../steps/scan.ts';
import { screwsPlan } from '../steps/screw-plan.ts';
import { screwsCorridors, screwsPlaces } from '../steps/screws.ts';

/** Steps whose parameters a case may set. */
export const ACETABULUM_STEPS: readonly AnyStep[] = [
  scanDecode,
  fractureReduce,
  screwsPlaces,
  screwsCorridors,
  screwsPlan,
  plateDesign,
  plateStrength,
  guideDesign,
];

/** Every parameter a case may set, by name. */
export const ACETABULUM_PARAMETERS: ReadonlyMap<string, Param> = settable(
  ACETABULUM_STEPS,
  GUIDE_DECIDED.map((param) => `guide.${param}`),
);

/** What a case of acetabular fracture may name; with it a case is checked before anything is read. */
export const acetabulumVocabulary = (): AcetabulumVocabulary => ({
  bones: PELVIC_IDS,
  parameters: checksOf(ACETABULUM_PARAMETERS),
});
