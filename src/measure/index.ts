export {
  ACETABULUM_DEFAULTS,
  type Acetabulum,
  type AcetabulumOptions,
  fitAcetabulum,
  fitFemoralHead,
  jointSurface,
} from './acetabulum.ts';
export { CLEARANCE_DEFAULTS, type Clearance, type ClearanceOptions, clearance } from './clearance.ts';
export { type Dimensions, dimensions, extentMm } from './dimensions.ts';
export {
  distanceMap,
  hausdorffMm,
  SURFACE_DISTANCE_DEFAULTS,
  type SurfaceDistance,
  type SurfaceDistanceOptions,
  surfaceDistance,
} from './distance.ts';
export {
  facingRegion,
  JOINT_SPACE_DEFAULTS,
  type JointSpace,
  type JointSpaceOptions,
  jointSpaceAt,
  jointSpaceMap,
} from './joint-space.ts';
export type { SampledVolume } from './penetration.ts';
export {
  SECTION_DEFAULTS,
  type SectionMinimum,
  type SectionOptions,
  type SectionProfile,
  sectionProfile,
} from './sections.ts';
export type { SphereFit } from './sphere.ts';
export { THICKNESS_DEFAULTS, type ThicknessOptions, type WallThickness, wallThickness } from './thickness.ts';
