import { unpack } from '../../base/index.ts';
import type { Plate } from '../../design/index.ts';
import type { Artefact, Graph } from '../graph.ts';
import { meshFile } from '../mesh-file.ts';
import type { OutFile } from '../outputs.ts';
import { bonesRelabelled, labelsFile } from '../steps/bones.ts';
import { plateStep } from '../steps/plate.ts';
import { fieldFile } from '../strength/field-file.ts';
import type { FoundPelvis } from './bones.ts';
import type { AcetabulumFacts } from './documents.ts';
import type { AcetabulumCase } from './workflow.ts';

/** Bones as scanned, fragments as reduced, the template, labels, plate and guide. */
export async function packFiles(graph: Graph, made: AcetabulumCase, f: AcetabulumFacts): Promise<OutFile[]> {
  const { found, document, caseId, plate, strength, guide } = made;
  const stl = (role: string, folder: string, name: string, mesh: Parameters<typeof meshFile>[4]) =>
    meshFile(graph, role, `${folder}/${name}.stl`, name, mesh, graph.value({}));
  const facts = (hash: string) =>
    graph.value({ caseId, side: document.affectedSide, material: document.material, sha256: hash });
  const bones = pelvicBoneFiles(graph, found);
  const reduced = f.reduced.fragments.map(({ name, mesh }) => stl('reduced', 'reduced', name, graph.value({ mesh })));
  const plates =
    plate && f.plate
      ? [
          ...partFiles(graph, 'plate', graph.value({ mesh: f.plate.body }), facts(plate.hash)),
          stepFile(graph, plate, `plate ${caseId}`),
        ]
      : [];
  const guides =
    guide && f.guide ? partFiles(graph, 'guide', graph.value({ mesh: f.guide.body }), facts(guide.hash)) : [];
  const stresses = strength && f.plate ? fieldFile(graph, 'plate', graph.value({ mesh: f.plate.body }), strength) : [];
  const files = await Promise.all([...bones, ...reduced, ...plates, ...guides, pelvicLabelFile(graph, found)]);
  return [...files, ...(await stresses)];
}

/** One binary STL for each bone and fragment, as scanned. */
export const pelvicBoneFiles = (graph: Graph, { bones, meshes }: FoundPelvis): Promise<OutFile>[] =>
  bones.map(({ name }) => meshFile(graph, 'bone', `bones/${name}.stl`, name, meshes.get(name)!, graph.value({})));

/** A part as STL and 3MF; the 3MF says whose it is. */
const partFiles = (
  graph: Graph,
  name: string,
  mesh: Parameters<typeof meshFile>[4],
  facts: Artefact<Readonly<Record<string, string>>>,
): Promise<OutFile>[] =>
  ['stl', '3mf'].map((format) => meshFile(graph, name, `${name}/${name}.${format}`, name, mesh, facts));

async function stepFile(graph: Graph, plate: Artefact<Plate>, name: string): Promise<OutFile> {
  const file = await graph.step(plateStep, { plate }, { name });
  const { bytes } = unpack<{ bytes: Uint8Array }>(await file.load());
  return { role: 'plate', path: 'plate/plate.step', bytes, unit: 'mm', made: file.made };
}

/** All labels in one NRRD with the names of the bones inside, in agreement with their surfaces. */
export async function pelvicLabelFile(graph: Graph, { pelvis, bones, meshes }: FoundPelvis): Promise<OutFile> {
  const feet = await graph.step(bonesRelabelled, {
    feet: pelvis,
    traced: bones.map((b) => meshes.get(b.name)!),
    numbers: graph.value(bones.map((b) => b.label)),
  });
  const names = graph.value(bones.map(({ label, name }) => ({ value: label, name })));
  const file = await graph.step(labelsFile, { feet, names });
  const { bytes } = unpack<{ bytes: Uint8Array }>(await file.load());
  return { role: 'labels', path: 'labels.nrrd', bytes, unit: 'mm', made: file.made };
}
