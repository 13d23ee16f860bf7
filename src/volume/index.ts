export { boxOf, cropOrPad, growBox, paste, uncrop } from './boxes.ts';
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
  type MeasuredSide,
  signedMaskDistance,
} from './distance.ts';
export { type FillHolesOptions, fillHoles } from './fill-holes.ts';
export {
  blurAcrossSlices,
  blurInSlices,
  GAUSSIAN_DEFAULTS,
  type GaussianOptions,
  gaussian,
  gaussianKernels,
} from './gaussian.ts';
export { GEODESIC_DEFAULTS, type GeodesicOptions, geodesicTerritories, type Territories } from './geodesic.ts';
export { GROW_DEFAULTS, type Grown, type GrowOptions, growRegion } from './grow.ts';
export { distanceMaxima, type Maxima, type Peak } from './maxima.ts';
export { close, dilate, erode, open } from './morphology.ts';
export { isotropicGrid, type ResampleOptions, resample, resampleLabels } from './resample.ts';
export { labelRuns, paintRuns, type Runs, threshold, thresholdRuns, volumeFromRuns } from './runs.ts';
export {
  createSampler,
  gradientAt,
  type Interpolation,
  SAMPLER_DEFAULTS,
  type Sampler,
  sampleAt,
  sampleVoxels,
} from './sample.ts';
export { splineCoefficients } from './spline.ts';
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
export { WATERSHED_DEFAULTS, type WatershedOptions, watershed } from './watershed.ts';
