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
export { ctGrade, type Grade, gradeReduction, mattaGrade, type Residual } from './grades.ts';
export { pairedPlot, visitsPlot } from './plots.ts';
export { cellNumber, csvLine, isEmptyCell, parseTable, type Table } from './table.ts';
