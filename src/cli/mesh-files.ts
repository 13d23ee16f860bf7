import { basename } from 'node:path';
import { type Finding, type LpsTransform, OsteonError, unpack } from '../base/index.ts';
import type { MeshFile } from '../io/index.ts';
import type { Mesh } from '../mesh/index.ts';
import {
  type Artefact,
  type Exported,
  type FileBytes,
  type Graph,
  MESH_FORMATS,
  meshRead,
  meshWrite,
} from '../plan/index.ts';
import { readBytes, sha256, writeAtomic } from '../platform/node/index.ts';

/** Flag of every verb that reads a mesh; verbs that read two have one for each. */
export const UNIT_FLAG = meshRead.params.unit;

export interface OpenMesh {
  readonly artefact: Artefact<MeshFile>;
  readonly file: MeshFile;
  readonly sha256: string;
}

/** Reads a mesh file through the graph. */
export async function openMesh(graph: Graph, path: string, unit: string): Promise<OpenMesh> {
  const { buffer, byteOffset, length } = await readBytes(path);
  const bytes = new Uint8Array(buffer, byteOffset, length);
  const hash = sha256(bytes);
  const file: FileBytes = { name: basename(path), bytes };
  const artefact = await graph.step(
    meshRead,
    { file: graph.source(sha256(`${file.name}\n${hash}`), async () => file) },
    { unit },
  );
  return { artefact, file: unpack<MeshFile>(await artefact.load()), sha256: hash };
}

/** What was assumed while reading, with the file's name in front. */
export const readFindings = (path: string, { file }: OpenMesh): Finding[] =>
  file.findings.map((f) => ({ ...f, text: `${basename(path)}: ${f.text}` }));

/** @throws cli.usage for an ending that is not known; asked before anything is computed */
export function formatOf(path: string): string {
  const format = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  if (!(MESH_FORMATS as readonly string[]).includes(format))
    throw new OsteonError('cli.usage', { out: path }, `End the name with one of: ${MESH_FORMATS.join(', ')}`);
  return format;
}

/** Writes a mesh atomically; the answer holds the hash and what the format did to the mesh. */
export async function saveMesh(graph: Graph, mesh: Artefact<{ readonly mesh: Mesh }>, path: string): Promise<object> {
  const name = basename(path, `.${formatOf(path)}`);
  const { bytes, conversion } = unpack<Exported>(
    await (await graph.step(meshWrite, { mesh }, { format: formatOf(path), name })).load(),
  );
  await writeAtomic(path, bytes);
  return { path, sha256: sha256(bytes), bytes: bytes.length, conversion };
}

/** Row-major 4×4. */
export const matrix4 = ({ m }: LpsTransform): number[] => [...m, 0, 0, 0, 1];
