export { type Body, bodyBounds, bodyDistance, bodyVolumeMm3 } from './bodies.ts';
export {
  BODY_TISSUE_DEFAULTS,
  type BodyTissue,
  type CtOfBodiesOptions,
  ctOfBodies,
  SCANNER_DEFAULTS,
  type ScannerModel,
} from './ct.ts';
