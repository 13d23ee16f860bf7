import { type Finding, OsteonError, type Side, unpack, type Vec3 } from '../base/index.ts';
import type { FoundBone } from '../segment/index.ts';
import { type SharedEdges, sharedEdges } from '../surface/index.ts';
import { editsOf } from './edits-file.ts';
import type { Artefact, Graph } from './graph.ts';
import { type BoneMesh, boneBlock, boneCalibration, boneMesh, boneMoved } from './steps/bones.ts';
import { type FeetValue, feetBones, feetEdited } from './steps/feet.ts';
import type { ScanVolume } from './steps/scan.ts';

/** Where recognition is helped: points inside bones by name (`left-talus`, LPS mm), and the parsed JSON of an edits file. */
export interface BoneHelp {
  readonly points?: Readonly<Record<string, Vec3>>;
  readonly edits?: unknown;
}

/** The bones of a scan, labelled and named. */
export interface FoundFeet {
  /** Blur and density of compact bone, from the large bones as found, before edits: an edit to one leaves the others' surfaces. */
  readonly shared: Artefact<SharedEdges>;
  readonly feet: Artefact<FeetValue>;
  /** Motions that a person set by hand, by label. */
  readonly moves: FeetValue['moves'];
  readonly bones: readonly NamedBone[];
  readonly findings: readonly Finding[];
}
export interface NamedBone extends FoundBone {
  /** `left-talus` … */
  readonly name: string;
}

/**
 * Finds every bone of both feet and applies what a person edited. Two nodes of the graph: an edit does not find the
 * bones anew.
 * @throws segment.no-bone, segment.edit, dicom.modality
 */
export async function findBones(graph: Graph, scan: Artefact<ScanVolume>, help: BoneHelp = {}): Promise<FoundFeet> {
  const found = await graph.step(feetBones, { scan, points: graph.value(help.points ?? {}) });
  const edits = editsOf('total-talus-replacement', help.edits);
  const feet = edits ? await graph.step(feetEdited, { feet: found, scan, edits: graph.value(edits) }) : found;
  const { bones, moves, findings } = unpack<FeetValue>(await feet.load());
  const named = bones.map((b) => ({ ...b, name: `${b.side}-${b.bone}` }));
  const shared = await measureEdges(graph, scan, found);
  return { shared, feet, moves, bones: named.sort((a, b) => (a.name < b.name ? -1 : 1)), findings };
}

/** Bones that tell the blur of a scan: large, with much free surface. */
const TELLING = ['talus', 'calcaneus'];

async function measureEdges(
  graph: Graph,
  scan: Artefact<ScanVolume>,
  feet: Artefact<FeetValue>,
): Promise<Artefact<SharedEdges>> {
  const { bones } = unpack<FeetValue>(await feet.load());
  const large = bones.filter(({ bone }) => TELLING.includes(bone));
  const told = await Promise.all(
    (large.length > 0 ? large : bones).map(async ({ label }) => {
      const block = await graph.step(boneBlock, { scan, feet }, { label });
      return unpack<SharedEdges>(await (await graph.step(boneCalibration, { block })).load());
    }),
  );
  return graph.value(sharedEdges(told));
}

/** The surface of one bone, traced in the grey values around it. Bones wait for each other nowhere. */
export async function traceBone(
  graph: Graph,
  scan: Artefact<ScanVolume>,
  { feet, moves, shared }: FoundFeet,
  bone: NamedBone,
): Promise<Artefact<BoneMesh>> {
  const block = await graph.step(boneBlock, { scan, feet }, { label: bone.label });
  const traced = await graph.step(boneMesh, { block, shared });
  const move = moves.find(({ label }) => label === bone.label);
  return move ? graph.step(boneMoved, { bone: traced, transform: graph.value(move.transform) }) : traced;
}

/** One bone of a side. @throws segment.bone-missing */
export function requireBone(bones: readonly NamedBone[], side: Side, bone: string): NamedBone {
  const name = `${side}-${bone}`;
  const found = bones.find((b) => b.name === name);
  if (found) return found;
  throw new OsteonError(
    'segment.bone-missing',
    { bone: name, found: bones.map((b) => b.name).join(' ') },
    `If it is in the scan, give a point inside it: bones: { ${name}: [x, y, z] }`,
  );
}
