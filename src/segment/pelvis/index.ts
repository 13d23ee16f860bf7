export { applyPelvicEdits } from './edited.ts';
export {
  FRAGMENT_NAMES,
  type FragmentName,
  PELVIC_IDS,
  PELVIC_NAMES,
  type PelvicId,
  type PelvicKind,
  pelvicName,
} from './names.ts';
export {
  type FoundPelvicBone,
  type PelvicNeighbour,
  type Pelvis,
  type SegmentPelvisOptions,
  segmentPelvis,
} from './pelvis.ts';
