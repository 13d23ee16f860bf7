import { basename, resolve } from 'node:path';
import { type Finding, type LpsTransform, OsteonError, unpack } from '../base/index.ts';
import type { MeshFile } from '../io/index.ts';
import { bounds, type Mesh, topologyOf } from '../mesh/index.ts';
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

/** Reads a mesh file through the graph; `unitFlag` is where a person says its unit. */
export async function openMesh(graph: Graph, path: string, unit: string, unitFlag = '--unit'): Promise<OpenMesh> {
  const { buffer, byteOffset, length } = await readBytes(path);
  const bytes = new Uint8Array(buffer, byteOffset, length);
  const hash = sha256(bytes);
  const file: FileBytes = { name: basename(path), bytes };
  const source = graph.source(sha256(`${file.name}\n${hash}`), async () => file);
  const artefact = await graph.step(meshRead, { file: source }, { unit }).catch((e) => {
    throw e instanceof OsteonError && e.facts.unit ? withFlag(e, unitFlag) : e;
  });
  return { artefact, file: unpack<MeshFile>(await artefact.load()), sha256: hash };
}

const withFlag = ({ code, facts, hint }: OsteonError, flag: string): OsteonError =>
  new OsteonError(code, facts, `${hint} Here: ${flag} ${facts.unit}`);

/** What was assumed while reading, with the file's name in front. */
export const readFindings = (path: string, { file }: OpenMesh): Finding[] =>
  file.findings.map((f) => ({ ...f, text: `${basename(path)}: ${f.text}` }));

/** Two surfaces that should lie together, of sizes that stand to each other as two units do. */
export function pairFindings(a: OpenMesh, b: OpenMesh): Finding[] {
  const [p, q] = [a, b].map(({ file: { mesh } }) => {
    const { lo, hi } = bounds(mesh);
    return Math.max(hi[0] - lo[0], hi[1] - lo[1], hi[2] - lo[2]);
  });
  const ratio = Math.max(p / q, q / p);
  const factor = UNIT_RATIOS.find((f) => Math.abs(ratio / f - 1) < UNIT_RATIO_SLACK);
  if (!factor) return [];
  return [
    {
      level: 'warning',
      code: 'io.unit-ratio',
      text: `One surface is about ${factor} times as long as the other: are both in the same unit?`,
      facts: { longestMm: Math.max(p, q), shortestMm: Math.min(p, q) },
      hint: 'Say the unit of the file that is wrong.',
    },
  ];
}
/** Inch, centimetre and metre against millimetre. */
const UNIT_RATIOS = [25.4, 10, 1000];
/** Left and right bones of one person differ in length by less. */
const UNIT_RATIO_SLACK = 0.05;

/** An open surface bounds nothing. */
export function openFindings(path: string, { file: { mesh } }: OpenMesh): Finding[] {
  const { boundaryEdges } = topologyOf(mesh);
  if (boundaryEdges === 0) return [];
  return [
    {
      level: 'warning',
      code: 'mesh.not-closed',
      text: `${basename(path)}: the surface has open edges, so its volume and the signs of distances from it mean little.`,
      facts: { edges: boundaryEdges },
      hint: 'Close it first: osteon mesh repair',
    },
  ];
}

/** @throws cli.usage for an ending that is not known, or a name that is an input's; asked before anything is computed */
export function requireOut(out: string, inputs: readonly string[]): void {
  formatOf(out);
  if (inputs.some((path) => resolve(path) === resolve(out)))
    throw new OsteonError('cli.usage', { out }, 'Write to another name: the original is kept');
}

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
