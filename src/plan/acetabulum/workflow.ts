import { type Finding, pack, unpack, verdictOf } from '../../base/index.ts';
import {
  type Guide,
  type GuideProcessName,
  guideProcessValues,
  type Plate,
  type PlateValues,
} from '../../design/index.ts';
import { PROFILES } from '../../dicom/index.ts';
import { MATERIALS_DATA } from '../../fea/index.ts';
import type { Reduction } from '../../register/index.ts';
import type { AcetabulumDocument } from '../case/acetabulum.ts';
import { createGate, distinctFindings, type Gate, sideFindings } from '../gates.ts';
import type { Artefact, Graph } from '../graph.ts';
import type { Pack } from '../outputs.ts';
import { type CheckedScan, checkScan, type ScanSource } from '../scan-source.ts';
import { paramsFor } from '../settable.ts';
import { resolveParams } from '../step.ts';
import type { BoneMesh } from '../steps/bones.ts';
import { type FractureMeasures, fractureMeasure, fractureReduce } from '../steps/fracture.ts';
import { guideDesign } from '../steps/guide.ts';
import { correctionsOf, pelvisPlaced, type ReducedBone } from '../steps/pelvis.ts';
import { plateDesign, plateNetwork } from '../steps/plate.ts';
import { type PlateStrength, plateStrength } from '../steps/plate-strength.ts';
import type { ScanVolume } from '../steps/scan.ts';
import { type ScrewPlans, screwsPlan } from '../steps/screw-plan.ts';
import { type ScrewPlaces, screwsBone, screwsCorridors, screwsPlaces } from '../steps/screws.ts';
import { studyMaterial } from '../strength/study-file.ts';
import { type BrokenSide, brokenSide, type FoundPelvis, findPelvis } from './bones.ts';
import { documentFiles, factsOf, summaryOf } from './documents.ts';
import { packFiles } from './files.ts';
import { drawFigures, reportFiles } from './report.ts';

/** Everything such a case is a function of. */
export interface AcetabulumInput {
  readonly document: AcetabulumDocument;
  readonly source: ScanSource;
  /** Parsed JSON of the edits file, where the case names one. */
  readonly edits?: unknown;
}

/** What the workflow knows once everything is made; files and report are written from it. */
export interface AcetabulumCase {
  readonly caseId: string;
  readonly document: AcetabulumDocument;
  readonly checked: CheckedScan;
  readonly volume: Artefact<ScanVolume>;
  readonly found: FoundPelvis;
  readonly broken: BrokenSide;
  readonly reduction: Artefact<Reduction>;
  /** Before a person changed it: there the fracture faces meet. */
  readonly foundReduction: Artefact<Reduction>;
  readonly measures: Artefact<FractureMeasures>;
  readonly reduced: Artefact<ReducedBone>;
  /** Absent where the case wants no screws. */
  readonly screws?: Artefact<ScrewPlans>;
  /** Absent where the case wants no plate. */
  readonly plate?: Artefact<Plate>;
  /** Of the plate, under the loads of standing. */
  readonly strength?: Artefact<PlateStrength>;
  /** Absent where the case wants no guide. */
  readonly guide?: Artefact<Guide>;
  readonly findings: readonly Finding[];
}

/**
 * Fracture of the acetabulum, from the files of a scan to fragments, reduction, screws, plate and guide. The graph decides
 * what has to be made again; nothing is written here.
 *
 * Findings about the input that block end the case with their code; findings about what was planned that block are in the
 * pack, whose verdict is `block`. Either can be overridden in the case with a reason, and is a warning then.
 * @throws any OsteonError; nothing is left behind
 * @cost docs/evidence/acetabulum.md
 */
export async function runAcetabulum(
  graph: Graph,
  { document, source, edits }: AcetabulumInput,
  sha256: (bytes: Uint8Array) => string,
): Promise<Pack> {
  const gate = createGate(document.overrides);
  const side = document.affectedSide;
  const checked = await checkScan(graph, source, PROFILES.pelvis, document.series, sha256, gate.admit);
  gate.admit(sideFindings(checked.series.summary, side, 'the whole pelvis is needed'));
  gate.pass();
  const volume = checked.volume as Artefact<ScanVolume>;
  const caseId = sha256(pack({ ...document, scan: volume.hash, ...(edits !== undefined && { edits }) })).slice(0, 12);

  const help = { points: document.bones ?? {}, edits };
  const found = await findPelvis(graph, volume, side, help, (findings) => {
    gate.admit(findings);
    gate.pass();
  });
  gate.admit(found.traced);
  const broken = brokenSide(found, side);
  gate.pass();

  const { found: foundReduction, reduction } = await reduce(graph, document, broken);
  gate.admit(unpack<Reduction>(await reduction.load()).findings);
  gate.pass();
  const { fragments, healthy, healthyFemur } = broken;
  const names = graph.value(broken.names);
  const measures = await graph.step(fractureMeasure, {
    names,
    fragments,
    healthy,
    reduction,
    found: foundReduction,
    healthyFemur,
  });
  gate.admit(unpack<FractureMeasures>(await measures.load()).acetabulum.findings);
  const reduced = await graph.step(pelvisPlaced, { names, fragments, reduction, measures });

  const designed = await design(graph, caseId, document, volume, broken, reduction, reduced, gate);
  const made: AcetabulumCase = {
    caseId,
    document,
    checked,
    volume,
    found,
    broken,
    reduction,
    foundReduction,
    measures,
    reduced,
    ...designed,
    findings: distinctFindings(gate.findings),
  };
  const facts = await factsOf(made);
  const [files, report] = await Promise.all([
    packFiles(graph, made, facts),
    drawFigures(graph, made).then(async (drawn) => [
      ...drawn.files,
      ...(await reportFiles(graph, made, facts, drawn.figures)),
    ]),
  ]);
  return {
    caseId,
    verdict: verdictOf(made.findings),
    findings: made.findings,
    files: [...files, ...documentFiles(made, facts), ...report],
    summary: summaryOf(made, facts),
  };
}

/** As found, then with what a person changed: a change does not search anew. */
async function reduce(
  graph: Graph,
  { corrections, parameters }: AcetabulumDocument,
  { names, fragments, healthy, sacrum }: BrokenSide,
): Promise<{ readonly found: Artefact<Reduction>; readonly reduction: Artefact<Reduction> }> {
  const inputs = { names: graph.value(names), fragments, healthy, sacrum };
  const params = paramsFor(fractureReduce, parameters);
  const found = await graph.step(fractureReduce, { ...inputs, corrections: graph.value([]) }, params);
  if (!corrections || Object.keys(corrections).length === 0) return { found, reduction: found };
  const meshes = await Promise.all(fragments.map(async (f) => unpack<BoneMesh>(await f.load()).mesh));
  const wanted = correctionsOf(corrections, names.fragments, meshes, unpack<Reduction>(await found.load()));
  return {
    found,
    reduction: await graph.step(fractureReduce, { ...inputs, corrections: graph.value(wanted) }, params),
  };
}

/** Places looked at in one task: the same groups whatever the number of workers. */
const PLACES_PER_TASK = 5;

async function design(
  graph: Graph,
  caseId: string,
  document: AcetabulumDocument,
  scan: Artefact<ScanVolume>,
  { sacrum, names }: BrokenSide,
  reduction: Artefact<Reduction>,
  reduced: Artefact<ReducedBone>,
  gate: Gate,
): Promise<Pick<AcetabulumCase, 'screws' | 'plate' | 'strength' | 'guide'>> {
  if (document.screws === 'none') return {};
  const given = document.parameters;
  const { windowMm, openingMm, thicknessMm, standOffMm } = resolveParams(
    plateDesign.params,
    paramsFor(plateDesign, given),
  ) as PlateValues;
  const bone = await graph.step(screwsBone, { reduced });
  const { plane } = unpack<Reduction>(await reduction.load());
  const outward = document.affectedSide === 'left' ? plane.normal : plane.normal.map((x) => -x);
  const all = await graph.step(
    screwsPlaces,
    {
      bone,
      reduced,
      sacrum,
      plane: graph.value({ pointMm: plane.pointMm, normal: outward as unknown as typeof plane.normal }),
      wanted: graph.value(document.screws === 'automatic' ? null : document.screws),
    },
    paramsFor(screwsPlaces, given),
  );
  const { places } = unpack<ScrewPlaces>(await all.load());
  const groups = Array.from({ length: Math.ceil(places.length / PLACES_PER_TASK) }, (_, i) =>
    places.slice(PLACES_PER_TASK * i, PLACES_PER_TASK * (i + 1)),
  );
  const axes = await Promise.all(
    groups.map((group) =>
      graph.step(screwsCorridors, { bone, reduced, places: graph.value(group) }, paramsFor(screwsCorridors, given)),
    ),
  );
  const screws = await graph.step(
    screwsPlan,
    { scan, bone, reduced, places: graph.value(places), axes },
    { underHeadMm: document.plate === 'none' ? 0 : thicknessMm + standOffMm, ...paramsFor(screwsPlan, given) },
  );
  const plans = unpack<ScrewPlans>(await screws.load());
  gate.admit(plans.findings);
  if (document.plate === 'none') return { screws };
  const layout = await graph.step(plateNetwork, {
    bone,
    places: all,
    plans: screws,
    drawn: graph.value(document.plate === 'automatic' ? null : document.plate),
  });
  const { name, youngMPa, yieldMPa, densityGPerCm3 } = MATERIALS_DATA[document.material];
  const material = graph.value({
    name,
    youngMPa: youngMPa.value,
    yieldMPa: yieldMPa.value,
    densityGPerCm3: densityGPerCm3.value,
  });
  const plate = await graph.step(
    plateDesign,
    { reduced, plans: screws, layout, material },
    paramsFor(plateDesign, given),
  );
  gate.admit(unpack<Plate>(await plate.load()).findings);
  const strengthInputs = {
    plate,
    reduced,
    plans: screws,
    intact: graph.value(names.intact),
    material: graph.value(studyMaterial(document.material)),
  };
  // Beside the guide: neither waits for the other.
  const computed = graph.step(plateStrength, strengthInputs, paramsFor(plateStrength, given));
  computed.catch(() => undefined);
  if (document.guide === 'none') return { screws, plate, strength: await judged(computed, gate) };
  const process: GuideProcessName = document.guide === 'automatic' ? 'polyamide, laser-sintered' : document.guide;
  const guide = await graph.step(
    guideDesign,
    { plate, reduced, plans: screws },
    {
      ...guideProcessValues(process),
      ...paramsFor(guideDesign, given),
      caseId,
      side: document.affectedSide,
      process,
      windowMm,
      openingMm,
    },
  );
  gate.admit(unpack<Guide>(await guide.load()).findings);
  return { screws, plate, guide, strength: await judged(computed, gate) };
}

async function judged(computed: Promise<Artefact<PlateStrength>>, gate: Gate): Promise<Artefact<PlateStrength>> {
  const strength = await computed;
  gate.admit(unpack<PlateStrength>(await strength.load()).findings);
  return strength;
}

/** What a case that nobody has run before is expected to cost, in `costS` of its steps; for a progress bar. */
export const acetabulumCostS = ({ screws, plate }: AcetabulumDocument): number =>
  80 + (screws === 'none' ? 0 : 20 + (plate === 'none' ? 0 : 47));
