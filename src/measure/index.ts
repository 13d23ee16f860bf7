export {
  ACETABULUM_DEFAULTS,
  type Acetabulum,
  type AcetabulumOptions,
  fitAcetabulum,
  fitFemoralHead,
  type HealthyHip,
  jointSurface,
} from './acetabulum.ts';
export { CLEARANCE_DEFAULTS, type Clearance, type ClearanceOptions, clearance } from './clearance.ts';
export {
  axisFrom,
  CORRIDOR_DEFAULTS,
  type CorridorOptions,
  type CorridorWish,
  findCorridor,
  type Zone,
} from './corridor.ts';
export {
  AXIS_DEFAULTS,
  type Axis,
  type AxisEnd,
  type AxisOptions,
  axisClearance,
  type JointSphere,
  measureAxis,
  segmentToPoint,
} from './corridor-axis.ts';
export { type Chance, GUIDED_SCREWS, jointChance, type Uncertainty } from './corridor-chance.ts';
export { alongFracture, type Rod, type RodPair, rodGaps, segmentDistance } from './corridor-conflicts.ts';
export { type Cortex, cortexOf, TOUCH_MM, toPoints } from './corridor-cortex.ts';
export { insideRuns, type PlacedFragment, type Purchase, threadPurchase } from './corridor-purchase.ts';
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
  type BrokenSocket,
  brokenSocket,
  FRACTURE_DEFAULTS,
  type FractureGaps,
  type FractureInput,
  type FractureOptions,
  gapsAt,
} from './fracture/gaps.ts';
export type { HeadSpace } from './fracture/head.ts';
export type { FracturePiece } from './fracture/patches.ts';
export { type Crossing, SLICE_PLANES, type SliceGap, type SlicePlane } from './fracture/planes.ts';
export type { SpaceGap } from './fracture/space.ts';
export { type JointShare, jointShares } from './joint-share.ts';
export {
  facingRegion,
  JOINT_SPACE_DEFAULTS,
  type JointSpace,
  type JointSpaceOptions,
  jointSpaceAt,
  jointSpaceMap,
} from './joint-space.ts';
export {
  type FractureReading,
  type LiveFracture,
  type LiveFractureInput,
  liveFracture,
  readFracture,
} from './live/fracture.ts';
export { LIVE_DEFAULTS, type LiveOptions, type LiveRelation, liveRelation } from './live/relation.ts';
export { type LiveBone, liveBone, readScrew, type ScrewReading } from './live/screw.ts';
export { type LiveSurface, liveSurface } from './live/surface.ts';
export { type MidPlane, type PelvicBrim, pelvicBrim } from './pelvis-brim.ts';
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
