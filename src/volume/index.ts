export {
  type Components,
  type Connectivity,
  componentBox,
  components,
  connectRuns,
  keepComponents,
  keepLargest,
  paintComponents,
  removeSmall,
  thresholdComponents,
} from './components.ts';
export {
  DISTANCE_DEFAULTS,
  type DistanceOptions,
  distanceAcrossSlices,
  distanceInMask,
  distanceInSlices,
  distanceToMask,
  signedMaskDistance,
} from './distance.ts';
export {
  blurAcrossSlices,
  blurInSlices,
  GAUSSIAN_DEFAULTS,
  type GaussianOptions,
  gaussian,
  gaussianKernels,
} from './gaussian.ts';
export { labelRuns, paintRuns, type Runs, threshold, thresholdRuns, volumeFromRuns } from './runs.ts';
export {
  axisGrid,
  createVolume,
  crop,
  cropGrid,
  type Grid,
  type Quantity,
  sameGrid,
  spacingMm,
  type Volume,
  type VoxelArray,
  type VoxelBox,
  voxelFromLps,
  voxelMm3,
} from './volume.ts';
