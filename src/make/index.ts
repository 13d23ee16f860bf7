/**
 * From a part to a build: orientation, supports, layers, exposure, process, inspection. Everything is in plate
 * coordinates, mm: z up from the plate, the part placed.
 */
export { BUILD_DEFAULTS, type Build, type BuildOptions, type Part, planBuild } from './build.ts';
export {
  type BuildLayers,
  buildLayers,
  cliHeadOf,
  exposeOptionsOf,
  MODELS,
  simplifyStack,
} from './build-layers.ts';
export { type BuildTime, beamTime, maskTime } from './build-time.ts';
export { type Coupon, couponMesh, DOG_BONE, dogBone, placeCoupons } from './coupons.ts';
export {
  EXPOSE_DEFAULTS,
  type ExposeOptions,
  type Exposure,
  exposeLayer,
  exposeLayers,
  hatchAngleDeg,
  hatchLengthMm,
  type LayerTable,
  vectorsLengthMm,
} from './expose.ts';
export {
  EXTRUDE_DEFAULTS,
  type ExtrudedLayer,
  type ExtrudedPath,
  type ExtrudeOptions,
  extrudeLayers,
  extrudeOptionsOf,
  lineSectionMm2,
  lineSpacingMm,
  type PathKind,
} from './extrude.ts';
export { FACE_CLASSES, type FaceClass, type Faces, facesOf } from './faces.ts';
export { GCODE_DEFAULTS, type Gcode, type GcodeOptions, pathLengthMm, writeGcode } from './gcode.ts';
export { type Replay, replayGcode, type Stroke } from './gcode-replay.ts';
export {
  compareScan,
  type FaceDeviation,
  INSPECT_DEFAULTS,
  type InspectedRow,
  type Inspection,
  type InspectOptions,
  judgeInspection,
  type RowVerdict,
  type ScanComparison,
  type Stage,
} from './inspect.ts';
export {
  INSPECTION_DEFAULTS,
  type InspectionOptions,
  type InspectionPlan,
  measurementSheet,
  type NamedExtent,
  type PlannedRow,
  planInspection,
} from './inspection-plan.ts';
export { findIslands, type Island } from './islands.ts';
export {
  type LayerStack,
  layerAreasMm2,
  layerCount,
  layerHeights,
  layerOutlines,
  sliceMesh,
} from './layers.ts';
export {
  costLedger,
  type Ledger,
  type LedgerRow,
  PUBLISHED_PRICE_USD,
  RATES,
  type RateName,
  type Unit,
} from './ledger.ts';
export { type Measurement, parseMeasurements } from './measurements.ts';
export { type Milling, planMilling } from './milling.ts';
export { orientAs, searchOrientations } from './orient.ts';
export { placed, sphereDirections } from './orient-judge.ts';
export {
  ORIENT_DEFAULTS,
  type Orientation,
  type OrientOptions,
  type OrientWeights,
  orientOptionsOf,
} from './orientation.ts';
export {
  joinOutlines,
  loopAreaMm2,
  loopCount,
  NO_OUTLINES,
  type Outlines,
  outlinesAreaMm2,
  outlinesBox,
  outlinesLengthMm,
  outlinesOf,
  windingAt,
} from './outlines.ts';
export { parsePlan } from './parse-plan.ts';
export {
  checkPrintability,
  type Printability,
  type PrintabilityInput,
  requireRoom,
  type TextFeature,
} from './printability.ts';
export {
  checkProcess,
  energyDensityJPerMm3,
  type PostStep,
  type Process,
  type Release,
  requireAllowed,
  type Setting,
  type Settings,
  settingOf,
  type Technology,
  withSettings,
} from './process.ts';
export { PROCESSES, processOf } from './processes.ts';
export { type RayGrid, rayGrid } from './ray-grid.ts';
export type { Corners, RegionEngine } from './region.ts';
export { SETTING_NAMES, SETTINGS, type SettingKind, type SettingName } from './settings.ts';
export { simplifyOutlines } from './simplify.ts';
export {
  commonSpans,
  hatchVectors,
  longSpans,
  NO_SPANS,
  type ScanLines,
  type Spans,
  type StripeOptions,
  scanLines,
  spansLengthMm,
  spansOf,
  spansWithout,
} from './spans.ts';
export { type Stocked, stockOf, withStock } from './stock.ts';
export {
  buildSupports,
  SUPPORT_DEFAULTS,
  type SupportOptions,
  type Supports,
  supportOptionsOf,
} from './supports.ts';
export { type LayerPicture, layersSvg, type VectorKind } from './svg.ts';
export { type Pocket, TRAPPED_DEFAULTS, type Trapped, type TrappedOptions, trappedPowder } from './trapped.ts';
export { type Blank, type Station, type Traveller, travellerOf } from './traveller.ts';
