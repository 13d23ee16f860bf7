export { eigenSymmetric, type PrincipalAxes, principalAxes } from './eigen.ts';
export { solveSpd } from './solve.ts';
export { type DistanceSummary, mean, quantile, quantileSorted, summarise } from './statistics.ts';
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
