import { unpack } from '../../base/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Artefact, Graph } from '../graph.ts';
import type { OutFile } from '../outputs.ts';
import { strengthField } from '../steps/strength.ts';

/** Stress at every vertex of a part, as a file of the pack; nothing where none was computed. */
export async function fieldFile(
  graph: Graph,
  name: string,
  part: Artefact<{ readonly mesh: Mesh }>,
  strength: Artefact<{ readonly surfaceMPa: Float32Array }>,
): Promise<OutFile[]> {
  const { surfaceMPa } = unpack<{ surfaceMPa: Float32Array }>(await strength.load());
  if (surfaceMPa.length === 0) return [];
  const file = await graph.step(strengthField, { part, strength });
  const { bytes } = unpack<{ bytes: Uint8Array }>(await file.load());
  return [{ role: 'stress', path: `stress/${name}.ply`, bytes, unit: 'MPa', made: file.made }];
}
