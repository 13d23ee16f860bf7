import { unpack } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';
import type { Artefact, Graph } from './graph.ts';
import type { OutFile } from './outputs.ts';
import { type Exported, meshWrite } from './steps/mesh-files.ts';

/** A mesh as a file of the pack; the ending of the path says which format, and what the format did stands in the manifest. */
export async function meshFile(
  graph: Graph,
  role: string,
  path: string,
  name: string,
  mesh: Artefact<{ readonly mesh: Mesh }>,
  facts: Artefact<Readonly<Record<string, string>>>,
  faces?: Artefact<Readonly<Record<string, Uint32Array>>>,
): Promise<OutFile> {
  const format = path.slice(path.lastIndexOf('.') + 1);
  const file = await graph.step(meshWrite, { mesh, facts, faces }, { format, name });
  const { bytes, conversion } = unpack<Exported>(await file.load());
  return { role, path, bytes, unit: 'mm', made: file.made, conversion };
}
