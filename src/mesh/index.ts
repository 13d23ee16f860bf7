export { BVH_STACK, type Bvh, buildBvh, unitFaceNormals } from './bvh.ts';
export {
  CHECK_DEFAULTS,
  type CheckOptions,
  checkMesh,
  type MeshReport,
  requireSolid,
} from './check.ts';
export { COLLIDE_DEFAULTS, type CollideOptions, meshIntersections, selfIntersections } from './collide.ts';
export {
  buildEdges,
  type Edges,
  edgeCount,
  halfEdgeTwins,
  type Lists,
  vertexNeighbours,
  vertexTriangles,
} from './edges.ts';
export { orient2d, orient3d } from './exact.ts';
export { fairRegion } from './fair.ts';
export { FILL_DEFAULTS, type Filled, type FilledHole, type FillOptions, fillHoles } from './holes.ts';
export { cotLaplacian, type Laplacian, pull } from './laplacian.ts';
export {
  areaMm2,
  type Box,
  bounds,
  centroid,
  createMesh,
  flipWinding,
  type Mesh,
  transformMesh,
  triangleAreaMm2,
  triangleAreasMm2,
  triangleCount,
  vertexAreasMm2,
  vertexCount,
  vertexNormals,
  volumeMm3,
} from './mesh.ts';
export {
  closestPoint,
  closestPoints,
  FACE,
  NEAREST_DEFAULTS,
  type NearestOptions,
  type NearestPoint,
  type NearestPoints,
  SIGNED_DISTANCE_DEFAULTS,
  type SignedDistanceOptions,
  signedDistance,
  signedDistances,
} from './nearest.ts';
export { orientOutward } from './orient.ts';
export { box, cylinder, joinMeshes, sphere, subdivide, torus, tube } from './primitives.ts';
export { ASPECT_LIMITS, measureQuality, type Quality } from './quality.ts';
export { castRay, castRayAll, castRays, type RayHit } from './ray.ts';
export { REMESH_DEFAULTS, type Remeshed, type RemeshOptions, remesh } from './remesh.ts';
export { REPAIR_DEFAULTS, type Repaired, type RepairOptions, repairMesh } from './repair.ts';
export { type Section, type SectionLoop, sectionArea, sectionLoops, sectionMesh } from './section.ts';
export { type Shell, shellsOf } from './shells.ts';
export { SIMPLIFY_DEFAULTS, type Simplified, type SimplifyOptions, simplify } from './simplify.ts';
export {
  SMOOTH_DEFAULTS,
  type Smoothed,
  type SmoothOptions,
  type SmoothSpot,
  smoothMesh,
  smoothSpots,
} from './smooth.ts';
export type { SolidEngine } from './solid.ts';
export {
  boundaryLoops,
  type Components,
  compact,
  components,
  edgeComponents,
  pickTriangles,
  type Topology,
  topologyOf,
} from './topology.ts';
export { dropDuplicates, type Welded, weld } from './weld.ts';
export { buildWinding, solidAngle, type Winding, windingNumber } from './winding.ts';
