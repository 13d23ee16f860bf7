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
}
