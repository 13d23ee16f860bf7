import type { Mesh } from './mesh.ts';

/**
 * Set operations on solids, handed in by the caller so that the kernel imports no engine (`platform/node` has one).
 * Every operation takes closed manifolds with outward faces and gives one; an empty result has no triangles. Inputs are
 * not changed. Vertices that an operation leaves alone keep their exact coordinates.
 * @throws mesh.not-closed, mesh.not-manifold, mesh.boolean-failed, each naming the body and the place
 */
export interface SolidEngine {
  /** All bodies as one: also merges the overlapping shells of a single mesh. */
  union(bodies: readonly Mesh[]): Mesh;
  /** `body` without `tools`, all at once: cheaper and sounder than one after the other. */
  difference(body: Mesh, tools: readonly Mesh[]): Mesh;
  intersection(bodies: readonly Mesh[]): Mesh;
}
