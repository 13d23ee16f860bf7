export { type BodyOptions, type ImplantBody, implantBody } from './body.ts';
export {
  type Hindfoot,
  type HindfootBone,
  NEIGHBOURS,
  type Neighbour,
  transformHindfoot,
  treesOf,
} from './bones.ts';
export { assessFit, type Fit, type FitOptions, SECTION_AXES, type SectionAxis } from './fit.ts';
export { type TalusFrame, type TalusSize, talusFrame, talusSize } from './frame.ts';
export { type JointHeight, type JointHeightOptions, restoreJointHeight } from './joint-height.ts';
export { TALUS_PARAMS, type TalusValues } from './params.ts';
export { type Placement, type PlaceOptions, placeTalus } from './place.ts';
export { type TalusDesign, type TalusInput, talusRecipe } from './recipe.ts';
export { ankleCentre, type Shank, shankAxis } from './shank.ts';
export { linearFactor, type Size, type SizeMode, sized } from './sizes.ts';
