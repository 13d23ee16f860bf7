export { assign } from './assignment.ts';
export { eigenSymmetric, type PrincipalAxes, principalAxes } from './eigen.ts';
export { solveSpd } from './solve.ts';
export { type DistanceSummary, mean, quantile, quantileSorted, summarise } from './statistics.ts';
export { normalCdf, studentTCdf, studentTQuantile } from './statistics-distributions.ts';
export {
  EXACT_ORDERS,
  EXACT_PAIRS,
  midranks,
  type RankCorrelation,
  type SignedRank,
  signedRank,
  spearman,
} from './statistics-ranks.ts';
export {
  type MeanInterval,
  meanInterval,
  type QuantileType,
  type SampleSummary,
  sampleQuantile,
  summariseSample,
} from './statistics-samples.ts';
export {
  apply,
  applyAll,
  applyLinear,
  compose,
  determinant,
  frameAbout,
  invert,
  reflection,
  rotation,
  rotationAngleRad,
  translation,
} from './transform.ts';
export { joinSets, rootOf, type Sets, separateSets } from './union-find.ts';
export { add, cross, distance, dot, lerp, norm, scale, sub, unit } from './vec.ts';
