export {
  COHORT_DEFAULTS,
  COHORT_METHODS,
  type Cohort,
  type CohortOptions,
  judgeCohort,
  type PairedComparison,
  type ScoreSeries,
} from './cohort.ts';
export { COHORT_HEAD, cohortCsv, cohortRows, figure, pText } from './cohort-table.ts';
export { type Column, columnOf } from './columns.ts';
export { type Evaluation, type EvaluationInput, evaluateSurgery, type FragmentOutcome } from './evaluate.ts';
export { deviationPlot, evaluationScene } from './evaluation-pictures.ts';
export { type PlannedScrewFacts, parseSurgeryPlan, type SurgeryPlan } from './evaluation-plan.ts';
export {
  cohortLine,
  GAP_HEAD,
  gapRows,
  SCREW_HEAD,
  screwCsv,
  screwRows,
  screwSummary,
} from './evaluation-table.ts';
export { ctGrade, type Grade, gradeReduction, mattaGrade, type Residual } from './grades.ts';
export { patientPose, SAME_PATIENT } from './patient-pose.ts';
export { pairedPlot, visitsPlot } from './plots.ts';
export { type PairedScrews, pairScrews, type ScrewOutcome, type SeenScrew } from './screw-pairs.ts';
export { cellNumber, csvLine, isEmptyCell, parseTable, type Table } from './table.ts';
