export {
  BONE_SURFACE_DEFAULTS,
  type BoneSurface,
  type BoneSurfaceOptions,
  boneEdges,
  boneSurface,
} from './bone-surface.ts';
export { type EdgeCalibration, type SharedEdges, sharedEdges } from './calibrate.ts';
export { type IsoSurfaceOptions, isoSurface } from './iso-surface.ts';
export { OFFSET_DEFAULTS, type OffsetOptions, offsetMesh } from './offset.ts';
export { relabel } from './relabel.ts';
export { signedDistanceVolume } from './signed-distance.ts';
export { VOXELISE_DEFAULTS, type VoxeliseOptions, voxelise } from './voxelise.ts';
