export { BONEMAT_LAW, type BoneLaw, boneDensity, boneYoungMPa, lameFromCt } from './bone.ts';
export { type Boundary, boundaryOf, faceCount, facesWhere, nodesOfFaces, nodesPerFace } from './boundary.ts';
export { CLOSED_FORMS, type KnownValue } from './closed-forms.ts';
export { type DeckHeader, type Pull, setName, writeFeb, writeInp } from './deck.ts';
export {
  leastSectionMm2,
  type PlateBending,
  plateFourPoint,
  type ScrewPullOut,
  STRUT_ENDS,
  type Strut,
  screwPullOutN,
  sectionStress,
  strutLoadN,
} from './formulas.ts';
export { type FrdStep, readFrd } from './frd.ts';
export { gridTets } from './grid-mesh.ts';
export {
  type CaseFields,
  type CaseNumbers,
  type JudgedCase,
  type Judgement,
  judge,
  judgeCase,
  LIMITS_DEFAULTS,
  type Limits,
  materialsOf,
  numbersOf,
  type Peak,
} from './judge.ts';
export { NO_SPRINGS, type Springs } from './linear-matrix.ts';
export {
  ANKLE_BODY_WEIGHTS,
  type Compression,
  compression,
  type FourPointBending,
  fourPointBending,
  type Setup,
  TALUS_POSTURES,
  TALUS_SETUP_DEFAULTS,
  TALUS_TEST_LOAD_N,
  type TalusAxes,
  type TalusSetupOptions,
  talusLoadN,
  talusSetup,
} from './load-cases.ts';
export { addPressure, addTraction, addWrench, areaOfFaces, nodalAreas, resultant } from './loads.ts';
export {
  MATERIAL_NAMES,
  MATERIALS_DATA,
  type Material,
  type MaterialName,
  type MaterialValue,
  unreadValues,
} from './materials.ts';
export { buildModel, type Model, type ModelOptions, modelOn, systemOf } from './model.ts';
export { PLATE_JOINT_N, type PlateHolding, plateSetup, tipBending } from './plate-setup.ts';
export { pullsOf } from './pulls.ts';
export { type Region, type RegionFinder, regionFinder, type Surfaces } from './regions.ts';
export { type Slice, sliceTurn } from './section-turn.ts';
export {
  type SolvedModel,
  type SolveModelOptions,
  type SolveStudyOptions,
  STUDY_TOLERANCE,
  solveModel,
  solveStudy,
} from './solve-study.ts';
export {
  elementStress,
  nodalStrain,
  nodalStress,
  nodalStressOfParts,
  principalsAt,
  STRESS,
  vonMisesAt,
} from './stress.ts';
export type { Inclusion, Load, LoadCase, Spread, Study, StudyMaterial, Support } from './study.ts';
export { onSurface, surfaceStress } from './surface-stress.ts';
export {
  bodiesOf,
  type ElasticSystem,
  lameOf,
  lameOfParts,
  prepareSystem,
  SOLVE_DEFAULTS,
  type Solution,
  type SolveOptions,
  type Solver,
} from './system.ts';
export { type TetQuality, tetQuality } from './tet-quality.ts';
export { linearTets, nodeAt, nodeCount, type TetMesh, tetCount, toLinear, toQuadratic } from './tets.ts';
export {
  type BoundarySurface,
  boundarySurface,
  meshSolid,
  suggestedCellMm,
  VOLUME_MESH_DEFAULTS,
  type VolumeMesh,
  type VolumeMeshFigures,
  type VolumeMeshOptions,
} from './volume-mesh.ts';
export { volumePeak } from './volume-peak.ts';
