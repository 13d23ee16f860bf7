import { type Finding, OsteonError, otherSide, type Side, unpack } from '../../base/index.ts';
import type { FoundPelvicBone, Pelvis } from '../../segment/index.ts';
import { type SharedEdges, sharedEdges } from '../../surface/index.ts';
import type { BoneHelp } from '../bones.ts';
import { editsOf } from '../edits-file.ts';
import type { Artefact, Graph } from '../graph.ts';
import { type BoneMesh, boneBlock, boneCalibration, boneMesh } from '../steps/bones.ts';
import { pelvicNames, pelvisBones, pelvisEdited } from '../steps/pelvis.ts';
import type { ScanVolume } from '../steps/scan.ts';

/** The bones of a pelvis, labelled, named and traced. */
export interface FoundPelvis {
  readonly pelvis: Artefact<Pelvis>;
  /** In the order of their names. */
  readonly bones: readonly FoundPelvicBone[];
  readonly meshes: ReadonlyMap<string, Artefact<BoneMesh>>;
  /** About the surfaces. */
  readonly traced: readonly Finding[];
}

/**
 * Finds the bones, applies what a person edited and traces their surfaces. The blur of the scan is told by the healthy hip
 * bone and the sacrum as found, before edits, so that a change to one bone leaves the surfaces of the others as they are.
 * @throws segment codes
 */
export async function findPelvis(
  graph: Graph,
  scan: Artefact<ScanVolume>,
  side: Side,
  help: BoneHelp,
  admit: (findings: readonly Finding[]) => void,
): Promise<FoundPelvis> {
  const automatic = await graph.step(pelvisBones, { scan, points: graph.value(help.points ?? {}) }, { side });
  const edits = editsOf('acetabular-fracture', help.edits);
  const pelvis = edits
    ? await graph.step(pelvisEdited, { pelvis: automatic, scan, edits: graph.value(edits) }, { side })
    : automatic;
  const { bones: found, findings } = unpack<Pelvis>(await pelvis.load());
  admit(findings);
  const bones = [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  const shared = graph.value(sharedEdges(await edgesOf(graph, scan, automatic, side)));
  const block = (label: number) => graph.step(boneBlock, { scan, feet: pelvis }, { label });
  const meshes = await Promise.all(
    bones.map(async ({ label }) => graph.step(boneMesh, { block: await block(label), shared })),
  );
  const traced: Finding[] = [];
  for (const [i, mesh] of meshes.entries()) {
    const value = unpack<BoneMesh>(await mesh.load());
    traced.push(...value.findings.map((f) => ({ ...f, text: `${bones[i].name}: ${f.text}` })));
  }
  return {
    pelvis,
    bones,
    meshes: new Map(bones.map(({ name }, i) => [name, meshes[i]])),
    traced,
  };
}

/** Blur and densities as the bones tell them that nobody has broken. */
async function edgesOf(
  graph: Graph,
  scan: Artefact<ScanVolume>,
  pelvis: Artefact<Pelvis>,
  side: Side,
): Promise<SharedEdges[]> {
  const { bones } = unpack<Pelvis>(await pelvis.load());
  const telling = [`${otherSide(side)}-hip-bone`, 'sacrum'];
  const told = bones.filter((b) => telling.includes(b.name));
  return Promise.all(
    (told.length > 0 ? told : bones).map(async ({ label }) => {
      const block = await graph.step(boneBlock, { scan, feet: pelvis }, { label });
      return unpack<SharedEdges>(await (await graph.step(boneCalibration, { block })).load());
    }),
  );
}

/** The bones that a reduction rests on. */
export interface BrokenSide {
  readonly names: { readonly fragments: readonly string[]; readonly intact: string };
  readonly fragments: readonly Artefact<BoneMesh>[];
  readonly healthy: Artefact<BoneMesh>;
  readonly sacrum: Artefact<BoneMesh>;
  readonly healthyFemur: Artefact<BoneMesh> | undefined;
}

/** @throws segment.bone-missing */
export function brokenSide({ bones, meshes }: FoundPelvis, side: Side): BrokenSide {
  const { intact, healthy, sacrum, healthyFemur } = pelvicNames(side);
  const need = (name: string): Artefact<BoneMesh> => {
    const mesh = meshes.get(name);
    if (mesh) return mesh;
    throw new OsteonError(
      'segment.bone-missing',
      { bone: name, found: bones.map((b) => b.name).join(' ') },
      `If it is in the scan, give a point inside it: bones: { ${name}: [x, y, z] }`,
    );
  };
  const fragments = bones.filter((b) => b.kind === 'fragment' && b.side === side).map((b) => b.name);
  need(intact);
  if (fragments.length < 2)
    throw new OsteonError(
      'segment.bone-missing',
      { bone: `${side}-anterior-column`, found: bones.map((b) => b.name).join(' ') },
      `Give a point in each fragment: bones: { ${side}-anterior-column: [x, y, z] }`,
    );
  return {
    names: { fragments, intact },
    fragments: fragments.map(need),
    healthy: need(healthy),
    sacrum: need(sacrum),
    healthyFemur: meshes.get(healthyFemur),
  };
}
