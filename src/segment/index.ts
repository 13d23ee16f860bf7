export { type BoneName, FOOT_BONES, type FootBone, SHANK_BONES, type ShankBone } from './anatomy.ts';
export { applyEdits } from './apply-edits.ts';
export { applyEdit, type EditSite, type LabelEdit, reachOfEdit } from './edit-tools.ts';
export { type Edit, type EditBone, type Edits, type HuRange, parseEdits, type Stroke } from './edits.ts';
export { type Feet, type FoundBone, type SegmentOptions, segmentFeet } from './feet.ts';
export { type Levels, measureLevels } from './levels.ts';
export { METAL_DEFAULTS, type Metal, type MetalOptions, segmentMetal } from './metal.ts';
export { BONE_IDS, type BoneId, type BoneNames, boneOf, FOOT_NAMES, labelIn, labelOf } from './names.ts';
export {
  applyPelvicEdits,
  type FoundPelvicBone,
  FRAGMENT_NAMES,
  type FragmentName,
  PELVIC_IDS,
  PELVIC_NAMES,
  type PelvicId,
  type PelvicKind,
  type PelvicNeighbour,
  type Pelvis,
  pelvicName,
  type SegmentPelvisOptions,
  segmentPelvis,
} from './pelvis/index.ts';
export { PRESETS, type Preset, type PresetName, presetMask, presetOf, requireHu } from './presets.ts';
export { type Ridges, ridges } from './ridges.ts';
export { type FoundRods, findRods, ROD_DEFAULTS, type Rod, type RodOptions } from './rods.ts';
