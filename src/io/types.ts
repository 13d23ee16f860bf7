import type { Finding } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';

export type MeshFormat = 'stl' | 'stl-ascii' | '3mf' | 'ply' | 'obj';

/** What reading a mesh gives: the mesh in mm, and what was assumed on the way. */
export interface MeshFile {
  readonly format: MeshFormat;
  readonly mesh: Mesh;
  /** What the file calls the part; may be empty. Untrusted text. */
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Named texts of the file (3MF). Untrusted. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** One number a vertex (PLY). */
  readonly scalars?: Float32Array;
  /** RGB a vertex, 8 bits each (PLY). */
  readonly colours?: Uint8Array;
  /** Triangles that the file names, by name (3MF triangle sets). */
  readonly faces?: Readonly<Record<string, Uint32Array>>;
}

/** Closed outlines of one layer, the solid on their left: x and y of every point, loop i from `start[i]` on. */
export interface Outlines3mf {
  readonly points: Float64Array;
  readonly start: Uint32Array;
}

/** Layers of a part of a 3MF, in the coordinates of its mesh. */
export interface Slices3mf {
  readonly bottomMm: number;
  /** Top of every layer, ascending. */
  readonly topsMm: Float64Array;
  readonly outlines: readonly Outlines3mf[];
}
