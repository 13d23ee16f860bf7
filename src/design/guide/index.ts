export { textSizeMm, textTool } from './lettering.ts';
export {
  GUIDE_PARAMS,
  GUIDE_PROCESSES,
  type GuideProcess,
  type GuideProcessName,
  type GuideValues,
  guideProcessValues,
} from './params.ts';
export { designGuide, type GuideInput, guideRecipe } from './recipe.ts';
export { removalDirection, undercutsAlong } from './removal.ts';
export type { Guide, GuideBore, GuideSeat } from './types.ts';
