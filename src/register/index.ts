export { ALIGN_DEFAULTS, type Alignment, type AlignOptions, alignSurfaces } from './align.ts';
export { fitPoints, type PointFit, type PointFitOptions } from './points.ts';
export { SYMMETRY_NOISE } from './reduce/findings.ts';
export type { FragmentFit, Overlap } from './reduce/judge.ts';
export { fitMirrorPlane, type MirrorPair, type MirrorPlane } from './reduce/plane.ts';
export {
  type Fragment,
  type FragmentPose,
  type PoseCorrection,
  REDUCTION_DEFAULTS,
  type Reduction,
  type ReductionInput,
  type ReductionOptions,
  reduceFragments,
} from './reduce/reduce.ts';
export { type SurfaceSamples, sampleSurface } from './sample.ts';
export { poseInScan, SCAN_POSE_DEFAULTS, type ScanPose, type ScanPoseOptions } from './scan-pose.ts';
export type { Jackknife } from './stability.ts';
