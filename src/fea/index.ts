export { type Boundary, boundaryOf, faceCount, facesWhere, nodesOfFaces, nodesPerFace } from './boundary.ts';
export { CLOSED_FORMS, type KnownValue } from './closed-forms.ts';
export { gridTets } from './grid-mesh.ts';
export { NO_SPRINGS, type Springs } from './linear-matrix.ts';
export { addPressure, addTraction, areaOfFaces, nodalAreas, resultant } from './loads.ts';
export { elementStress, nodalStress, principalsAt, STRESS, vonMisesAt } from './stress.ts';
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
export {
  linearTets,
  nodeAt,
  nodeCount,
  type TetMesh,
  tetCount,
  toLinear,
  toQuadratic,
} from './tets.ts';
export {
  boundarySurface,
  meshSolid,
  suggestedCellMm,
  VOLUME_MESH_DEFAULTS,
  type VolumeMesh,
  type VolumeMeshFigures,
  type VolumeMeshOptions,
} from './volume-mesh.ts';
