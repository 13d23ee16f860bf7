import { unpack, type Vec3 } from '../base/index.ts';
import type { Mesh } from '../mesh/index.ts';
import {
  type Artefact,
  type Exported,
  type Graph,
  labelsFile,
  meshWrite,
  type OutFile,
  type ScanVolume,
} from '../plan/index.ts';
import type { MadeBones } from './bones.ts';
import { type Pieces, pieceSurface, presetPieces } from './steps/pieces.ts';

/** Connected pieces of a preset as labels and surfaces, as `osteon bones` writes the bones of feet. */
export async function pieceFiles(
  graph: Graph,
  scan: Artefact<ScanVolume>,
  points: Readonly<Record<string, Vec3>>,
  { preset, leastMm3 }: { readonly preset: string; readonly leastMm3: number },
): Promise<MadeBones> {
  const found = await graph.step(presetPieces, { scan, points: graph.value(points) }, { preset, leastMm3 });
  const { pieces } = unpack<Pieces>(await found.load());
  const names = graph.value(pieces.map(({ label, name }) => ({ value: label, name })));
  const labels = await graph.step(labelsFile, { feet: found, names });
  const meshes = await Promise.all(
    pieces.map(async ({ label, name }): Promise<OutFile> => {
      const mesh: Artefact<{ mesh: Mesh }> = await graph.step(pieceSurface, { scan, pieces: found }, { preset, label });
      const file = await graph.step(meshWrite, { mesh }, { format: 'stl', name });
      const { bytes, conversion } = unpack<Exported>(await file.load());
      return { role: 'bone', path: `bones/${name}.stl`, bytes, unit: 'mm', made: file.made, conversion };
    }),
  );
  const { bytes } = unpack<{ bytes: Uint8Array }>(await labels.load());
  const files = [...meshes, { role: 'labels', path: 'labels.nrrd', bytes, unit: 'mm', made: labels.made }];
  return { bones: pieces.map((p) => ({ ...p })), files, findings: [] };
}
