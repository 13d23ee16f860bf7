export { BVH_STACK, type Bvh, buildBvh, unitFaceNormals } from './bvh.ts';
export {
  buildEdges,
  type Edges,
  edgeCount,
  halfEdgeTwins,
  type Lists,
  vertexNeighbours,
  vertexTriangles,
} from './edges.ts';
export { fairRegion } from './fair.ts';
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
export { box, cylinder, joinMeshes, sphere, subdivide, torus, tube } from './primitives.ts';
export { castRay, castRayAll, castRays, type RayHit } from './ray.ts';
export { REMESH_DEFAULTS, type Remeshed, type RemeshOptions, remesh } from './remesh.ts';
export { type Section, type SectionLoop, sectionArea, sectionLoops, sectionMesh } from './section.ts';
export {
  SMOOTH_DEFAULTS,
  type Smoothed,
  type SmoothOptions,
  type SmoothSpot,
  smoothMesh,
  smoothSpots,
} from './smooth.ts';
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
export { buildWinding, solidAngle, type Winding, windingNumber } from './winding.ts';
