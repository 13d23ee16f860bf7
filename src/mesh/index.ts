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
export { buildWinding, solidAngle, type Winding, windingNumber } from './winding.ts';
