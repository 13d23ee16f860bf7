export { type Body, bodyBounds, bodyDistance, bodyVolumeMm3 } from './bodies.ts';
export {
  BODY_TISSUE_DEFAULTS,
  type BodyTissue,
  type CtOfBodiesOptions,
  ctOfBodies,
  SCANNER_DEFAULTS,
  type ScannerModel,
} from './ct.ts';
export { type CtOfFeetOptions, ctOfFeet } from './feet-ct.ts';
export {
  type Motion,
  PELVIS_DEFAULTS,
  type PelvicFracture,
  type PelvicView,
  type Pelvis,
  type PelvisOptions,
  pelvisOf,
} from './pelvis.ts';
export { type CtOfPelvisOptions, ctOfPelvis } from './pelvis-ct.ts';
export { type MetalPart, metalDistance, type PhantomHead, type PhantomScrew } from './pelvis-screws.ts';
export { type NamedMesh, TWO_FEET_DEFAULTS, type TwoFeet, type TwoFeetOptions, twoFeet } from './two-feet.ts';
