import { unpack } from '../../base/index.ts';
import type { ImplantBody } from '../../design/index.ts';
import type { FoundFeet, NamedBone } from '../bones.ts';
import type { Artefact, Graph } from '../graph.ts';
import { meshFile } from '../mesh-file.ts';
import type { OutFile } from '../outputs.ts';
import { type BoneMesh, bonesRelabelled, labelsFile } from '../steps/bones.ts';
import { articularTriangles } from '../steps/make.ts';
import { fieldFile } from '../strength/field-file.ts';
import type { TalusCase } from './workflow.ts';

/** One binary STL for each bone. Knows nothing of the case, so another case of the same scan finds them made. */
export function boneFiles(
  graph: Graph,
  bones: readonly NamedBone[],
  meshes: readonly Artefact<BoneMesh>[],
): Promise<OutFile[]> {
  return Promise.all(
    bones.map(({ name }, i) => meshFile(graph, 'bone', `bones/${name}.stl`, name, meshes[i], graph.value({}))),
  );
}

/**
 * All labels in one NRRD with the names of the bones inside, in agreement with their surfaces. A bone that a person moved
 * keeps its voxels where the scan shows it.
 */
export async function labelFile(
  graph: Graph,
  { feet: found, bones, moves }: FoundFeet,
  meshes: readonly Artefact<BoneMesh>[],
): Promise<OutFile> {
  const still = bones.flatMap(({ label }, i) => (moves.some((m) => m.label === label) ? [] : [i]));
  const feet = await graph.step(bonesRelabelled, {
    feet: found,
    traced: still.map((i) => meshes[i]),
    numbers: graph.value(still.map((i) => bones[i].label)),
  });
  const names = graph.value(bones.map(({ label, name }) => ({ value: label, name })));
  const file = await graph.step(labelsFile, { feet, names });
  const { bytes } = unpack<{ bytes: Uint8Array }>(await file.load());
  return { role: 'labels', path: 'labels.nrrd', bytes, unit: 'mm', made: file.made };
}

/**
 * Every size as STL and 3MF. The 3MF says whose part it is (case, side, size, material, hash of the mesh) and which of its
 * triangles are articular.
 */
export async function implantFiles(graph: Graph, { caseId, document, design }: TalusCase): Promise<OutFile[]> {
  const body = unpack<ImplantBody>(await design.body.load());
  const faces = graph.value({ articular: articularTriangles(body, body.mesh.triangles) });
  const { affectedSide, material, sizes } = document;
  return Promise.all(
    design.sizes.flatMap(({ percent, implant }) => {
      const name = sizeName(percent, sizes.mode);
      const facts = graph.value({
        caseId,
        side: affectedSide,
        size: `${percent} percent of ${sizes.mode === 'volume' ? 'the volume' : 'every length'}`,
        material,
        sha256: implant.hash,
      });
      return ['stl', '3mf'].map((format) =>
        meshFile(
          graph,
          'implant',
          `implants/${name}.${format}`,
          `${name} ${affectedSide}`,
          implant,
          facts,
          format === '3mf' ? faces : undefined,
        ),
      );
    }),
  );
}

/** Stress on every size. */
export async function stressFiles(graph: Graph, { document, design }: TalusCase): Promise<OutFile[]> {
  const files = await Promise.all(
    design.sizes.map(({ percent, implant, strength }) =>
      fieldFile(graph, sizeName(percent, document.sizes.mode), implant, strength),
    ),
  );
  return files.flat();
}

/** `talus-095`; sizes by length say so: `talus-095-linear`. */
export const sizeName = (percent: number, mode: 'volume' | 'linear'): string => {
  const [whole, part] = String(percent).split('.');
  return `talus-${whole.padStart(3, '0')}${part ? `.${part}` : ''}${mode === 'linear' ? '-linear' : ''}`;
};
