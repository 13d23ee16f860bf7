export { FRAGMENT_NAMES, type FragmentName, PELVIC_IDS, type PelvicId, type PelvicKind, pelvicName } from './names.ts';
export {
  type FoundPelvicBone,
  type PelvicNeighbour,
  type Pelvis,
  type SegmentPelvisOptions,
  segmentPelvis,
} from './pelvis.ts';
