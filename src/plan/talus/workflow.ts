import { type Finding, otherSide, pack, type Side, unpack, verdictOf } from '../../base/index.ts';
import { PROFILES } from '../../dicom/index.ts';
import { type FoundFeet, findBones, type NamedBone, requireBone, traceBone } from '../bones.ts';
import type { TalusDocument } from '../case/talus.ts';
import { createGate, distinctFindings, sideFindings } from '../gates.ts';
import type { Artefact, Graph } from '../graph.ts';
import type { Made } from '../make/workflow.ts';
import type { Pack } from '../outputs.ts';
import { reportFiles } from '../report/files.ts';
import { type CheckedScan, checkScan, type ScanSource } from '../scan-source.ts';
import type { BoneMesh } from '../steps/bones.ts';
import type { ScanVolume } from '../steps/scan.ts';
import { HINDFOOT } from '../steps/talus.ts';
import { type TalusFigures, talusFigures } from '../steps/talus-figures.ts';
import { type DesignArtefacts, designTalus } from './design.ts';
import { documentFiles, factsOf, summaryOf } from './documents.ts';
import { boneFiles, implantFiles, labelFile, stressFiles } from './files.ts';
import { makeTalus, processOfCase } from './make.ts';
import { talusReport } from './report.ts';

/** Everything a case is a function of. */
export interface TalusInput {
  readonly document: TalusDocument;
  readonly source: ScanSource;
  /** Parsed JSON of the edits file, where the case names one. */
  readonly edits?: unknown;
}

/** What the workflow knows once everything is made; files and report are written from it. */
export interface TalusCase {
  readonly caseId: string;
  readonly document: TalusDocument;
  readonly checked: CheckedScan;
  readonly volume: Artefact<ScanVolume>;
  readonly found: FoundFeet;
  /** By name, in alphabetical order. */
  readonly meshes: ReadonlyMap<string, Artefact<BoneMesh>>;
  readonly design: DesignArtefacts;
  /** Absent where the case builds nothing. */
  readonly build?: Made;
  readonly findings: readonly Finding[];
}

/**
 * Total talus replacement, from the files of a scan to everything that goes into the output folder. The graph decides what
 * has to be made again; nothing is written here.
 *
 * Findings about the input that block (protocol, view, a cut bone, the wrong side) end the case with their code before the
 * design; findings about the result that block (an implant that enters a bone) are in the pack, whose verdict is `block`.
 * Either can be overridden in the case with a reason, and is a warning then.
 * @throws any OsteonError; nothing is left behind
 * @cost docs/evidence/case-graph.md
 */
export async function runTalus(
  graph: Graph,
  { document, source, edits }: TalusInput,
  sha256: (bytes: Uint8Array) => string,
): Promise<Pack> {
  const gate = createGate(document.overrides);
  const side = document.affectedSide;
  const process = processOfCase(document);
  const checked = await checkScan(graph, source, PROFILES.foot, document.series, sha256, gate.admit);
  gate.admit(sideFindings(checked.series.summary, side));
  gate.pass();
  const volume = checked.volume as Artefact<ScanVolume>;
  const caseId = sha256(pack({ ...document, scan: volume.hash, edits: edits ?? null })).slice(0, 12);

  const points = document.bones ?? {};
  const found = await findBones(graph, volume, { points, edits });
  gate.admit(found.findings);
  gate.admit(cutFindings(found.bones, side));
  gate.pass();

  const needed = (of: Side) => HINDFOOT.map((bone) => requireBone(found.bones, of, bone));
  const hindfeet = [...needed(side), ...needed(otherSide(side))];
  const trace = (bone: NamedBone) => traceBone(graph, volume, found, bone);
  const traced = await Promise.all(hindfeet.map(trace));
  for (const [i, mesh] of traced.entries()) gate.admit(await surfaceFindings(hindfeet[i].name, mesh));
  gate.pass();

  const [affected, healthy] = [traced.slice(0, HINDFOOT.length), traced.slice(HINDFOOT.length)];
  const designed = designTalus(graph, document, affected, healthy, gate);
  const allTraced = Promise.all(found.bones.map(trace));
  const [design, build, labels, meshes, boneStls] = await Promise.all([
    designed,
    designed.then((d) => process && makeTalus(graph, document, caseId, d, process)),
    allTraced.then((all) => labelFile(graph, found, all)),
    allTraced,
    allTraced.then((all) => boneFiles(graph, found.bones, all)),
  ]);
  for (const [i, { name }] of found.bones.entries())
    if (!hindfeet.includes(found.bones[i]))
      gate.admit(
        (await surfaceFindings(name, meshes[i])).map((f) => ({
          ...f,
          level: f.level === 'blocker' ? 'warning' : f.level,
        })),
      );

  gate.admit(build?.findings ?? []);

  const made: TalusCase = {
    caseId,
    document,
    checked,
    volume,
    found,
    meshes: new Map(meshes.map((mesh, i) => [found.bones[i].name, mesh])),
    design,
    ...(build && 'ledger' in build && { build }),
    findings: distinctFindings(gate.findings),
  };
  const facts = await factsOf(made);
  const { placement, height, sizes } = made.design;
  const nominal = sizes.find(({ percent }) => percent === 100) ?? sizes[0];
  const drawn = graph.step(
    talusFigures,
    { scan: volume, affected, healthy, placement, height, implant: nominal.implant },
    { side },
  );
  const [implants, stresses, report] = await Promise.all([
    implantFiles(graph, made),
    stressFiles(graph, made),
    drawn
      .then((figures) => figures.load())
      .then((figures) => reportFiles(graph, talusReport(made, facts, unpack<TalusFigures>(figures)))),
  ]);
  return {
    caseId,
    verdict: verdictOf(made.findings),
    findings: made.findings,
    files: [
      ...boneStls,
      labels,
      ...implants,
      ...stresses,
      ...(build?.files ?? []),
      ...documentFiles(made, facts),
      ...report,
    ],
    summary: summaryOf(made, facts),
  };
}

async function surfaceFindings(name: string, mesh: Artefact<BoneMesh>): Promise<Finding[]> {
  const { findings } = unpack<BoneMesh>(await mesh.load());
  return findings.map((f) => ({ ...f, text: `${name}: ${f.text}` }));
}

/** What a case that nobody has run before is expected to cost, in `costS` of its steps; for a progress bar. */
export const talusCostS = ({ sizes, make }: TalusDocument): number =>
  75 + 14 * sizes.percent.length + (make === 'none' ? 0 : 12);

/** Bones the design rests on must be whole; shanks are always cut. */
function cutFindings(bones: readonly NamedBone[], side: Side): Finding[] {
  const whole = new Set(
    ['talus', 'calcaneus', 'navicular'].flatMap((b) => [`${side}-${b}`, `${otherSide(side)}-${b}`]),
  );
  return bones
    .filter(({ name, cut }) => cut && whole.has(name))
    .map(({ name }) => ({
      level: 'blocker',
      code: 'segment.bone-cut',
      text: `The ${name} is cut by the field of view`,
      hint: 'Scan again with the whole of both feet in view',
    }));
}
