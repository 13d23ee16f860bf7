import { join } from 'node:path';
import { OsteonError, unpack, verdictOf } from '../base/index.ts';
import { PROFILES } from '../dicom/index.ts';
import {
  cohortLine,
  type Evaluation,
  GAP_HEAD,
  gapRows,
  parseSurgeryPlan,
  SCREW_HEAD,
  type SurgeryPlan,
  screwCsv,
  screwRows,
  screwSummary,
} from '../inspect/index.ts';
import type { SampleSummary } from '../math/index.ts';
import {
  checkScan,
  createGate,
  distinctFindings,
  documentFile,
  type Figure,
  inspectEvaluate,
  inspectEvaluationPictures,
  type OutFile,
  RESEARCH_SENTENCE,
  type Report,
  reportHtml,
} from '../plan/index.ts';
import { createStore, openOutFolder, openScanSource, publishPack, readJson, sha256 } from '../platform/node/index.ts';
import { columns, facts, num } from './format.ts';
import { matrix4, openMesh } from './mesh-files.ts';
import type { Session } from './session.ts';
import { type Answer, OUT_FLAG, textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

export const evaluateVerb = verb({
  name: 'evaluate',
  summary: 'an operation against its plan, from the CT after it: screws, fragments, gap and step-off, grades',
  args: [],
  params: {
    ...OUT_FLAG,
    plan: textFlag('output folder of the case that was operated on'),
    postop: textFlag('the scan after surgery: folder, zip or file of DICOM'),
    series: textFlag('which series, where several could be meant', 'UID'),
  },
  required: ['out', 'plan', 'postop'],
  example: 'osteon evaluate --plan out/ --postop dicom/ -o eval',
  run: ({ params, session }) => evaluateCase(params, session),
});

export interface EvaluateParams {
  readonly out: string;
  readonly plan: string;
  readonly postop: string;
  readonly series: string;
}

/** What `osteon evaluate` does: everything it writes is there, or nothing. */
export async function evaluateCase(
  params: EvaluateParams,
  session: Session,
): Promise<Answer & { readonly evaluation: Evaluation }> {
  const plan = parseSurgeryPlan(await readJson(join(params.plan, 'plan.json')));
  const source = await openScanSource(params.postop);
  const out = await openOutFolder(params.out);
  const withdraw = session.onUndo(out.discard);
  const graph = session.graph(createStore(out.hidden));
  const names = [...new Set([...plan.fragments.map((f) => f.name), ...plan.still])];
  const meshes = await Promise.all(
    names.map((name) => openMesh(graph, inFolder(params.plan, plan.files[name]), 'millimeter')),
  );
  // A coarse scan after surgery says less, but what it says holds; the finding stays as a warning.
  const gate = createGate({ 'dicom.protocol': 'the protocol is that of planning' });
  const checked = await checkScan(graph, source, PROFILES.pelvis, params.series || undefined, sha256, gate.admit);
  gate.pass();
  const planned = graph.value(plan);
  const inputs = { plan: planned, names: graph.value(names), bones: meshes.map((m) => m.artefact) };
  // A scan that passed the gate has a volume.
  const scan = checked.volume as NonNullable<typeof checked.volume>;
  const evaluated = await graph.step(inspectEvaluate, { ...inputs, scan });
  const evaluation = unpack<Evaluation>(await evaluated.load());
  gate.admit(evaluation.findings);
  const drawn = await graph.step(inspectEvaluationPictures, { ...inputs, evaluation: evaluated });
  const { figures } = unpack<{ figures: readonly (Figure & { path: string })[] }>(await drawn.load());
  const findings = distinctFindings(gate.findings);
  const document = evaluationDocument(plan, evaluation);
  const file = (path: string, bytes: Uint8Array): OutFile => ({
    role: 'evaluation',
    path,
    bytes,
    unit: 'mm',
    made: evaluated.made,
  });
  const text = (value: string) => new TextEncoder().encode(value);
  const verdict = verdictOf(findings);
  const files: OutFile[] = [
    documentFile('evaluation', 'evaluation.json', document, { evaluation: evaluated }),
    file('screws.csv', text(screwCsv(evaluation))),
    file('cohort-line.csv', text(cohortLine(plan.caseId, evaluation))),
    ...figures.map(({ path, png }) => file(path, png)),
    file('evaluation.html', text(reportHtml({ ...page(plan, evaluation, figures), verdict }))),
  ];
  const pack = { caseId: plan.caseId, verdict, findings, files, summary: {} };
  await publishPack(out, pack, { osteon: VERSION, procedure: 'evaluate' });
  withdraw();
  return { document: { ...document, out: params.out }, text: printed(evaluation), findings, evaluation };
}

/** A plan names files in its own folder only. */
function inFolder(folder: string, file: string): string {
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(file) || file.split('/').includes('..'))
    throw new OsteonError('inspect.plan', { file }, 'Use the output folder of osteon run as it was written');
  return join(folder, file);
}

function evaluationDocument(plan: SurgeryPlan, e: Evaluation): object {
  const { findings: _, planFromScan, fragments, ...rest } = e;
  return {
    case: plan.caseId,
    affectedSide: plan.affectedSide,
    still: plan.still,
    ...rest,
    summary: screwSummary(e),
    transforms: {
      planFromScan: matrix4(planFromScan),
      placedFromImaged: Object.fromEntries(fragments.map((f) => [f.name, matrix4(f.placedFromImaged)])),
    },
    fragments: fragments.map(({ placedFromImaged: __, ...f }) => f),
  };
}

const medianText = (s: SampleSummary): string => `${num(s.median, 1)} (${num(s.q1, 1)}-${num(s.q3, 1)})`;

function summaryRows(e: Evaluation): [string, string][] {
  const s = screwSummary(e);
  const { clippedAtHu, bloomingMm, ends } = e.metal;
  return [
    ['matched by', `${num(100 * e.match.seen, 0)} % of what did not move, ${num(e.match.rmsMm, 2)} mm RMS`],
    ['screws not placed', `${s.notPlaced} of ${s.planned} planned; ${s.unplanned} pieces of metal without a plan`],
    [`direction off, median (IQR) of ${s.planned - s.notPlaced} placed`, `${medianText(s.directionDeg)}°`],
    ['entry off, median (IQR)', `${medianText(s.entryMm)} mm, across the axis ${medianText(s.entryAcrossMm)} mm`],
    ['length off, median (IQR)', `${medianText(s.lengthMm)} mm, without sign`],
    [
      'metal',
      `${ends} ends, ${num(bloomingMm, 2)} mm wider at half height than nominal${clippedAtHu ? `, scale cut at ${clippedAtHu} HU` : ''}`,
    ],
    ...residualRows(e),
    ...e.grades.map((g): [string, string] => [`grade, ${g.name}`, `${g.grade} (${g.thresholds})`]),
  ];
}

const residualRows = ({ residual }: Evaluation): [string, string][] =>
  (['before', 'after'] as const).flatMap((when) => {
    const r = residual[when];
    return r ? [[`gap and step-off ${when}`, `${num(r.gapMm, 1)} and ${num(r.stepMm, 1)} mm, ${r.read}`]] : [];
  });

const fragmentRows = (e: Evaluation): string[][] =>
  e.fragments.map((f) => [f.name, num(f.shiftMm, 1), num(f.turnDeg, 1), num(f.rmsMm, 2), num(100 * f.seen, 0)]);
const FRAGMENT_HEAD = ['fragment', 'off plan mm', 'off plan °', 'RMS mm', 'seen again %'];

const printed = (e: Evaluation): string =>
  [
    facts(summaryRows(e)),
    '',
    columns([[...SCREW_HEAD], ...screwRows(e)], 2),
    '',
    columns([FRAGMENT_HEAD, ...fragmentRows(e)], 1),
    '',
    columns([[...GAP_HEAD], ...gapRows(e)], 1),
  ].join('\n');

function page(plan: SurgeryPlan, e: Evaluation, figures: readonly Figure[]): Omit<Report, 'verdict'> {
  return {
    title: 'Evaluation after surgery',
    subtitle: `Case ${plan.caseId}, ${plan.affectedSide} side`,
    footer: RESEARCH_SENTENCE,
    sections: [
      { title: 'Summary', blocks: [{ kind: 'facts', rows: summaryRows(e) }] },
      {
        title: 'Screws',
        blocks: [
          { kind: 'table', head: SCREW_HEAD, rows: screwRows(e), numbersFrom: 2 },
          {
            kind: 'text',
            text: 'Lengths are from the top of the head to the tip, as stocked ones are. Entry off: between the places where the planned and the placed axis meet bone, and across, the part of it across the planned axis. To joint: least distance of the metal to the sphere of the joint surface; negative, it is in the joint.',
          },
          { kind: 'figures', figures, columns: 1 },
        ],
      },
      {
        title: 'Reduction',
        blocks: [
          { kind: 'table', head: FRAGMENT_HEAD, rows: fragmentRows(e), numbersFrom: 1 },
          { kind: 'table', head: GAP_HEAD, rows: gapRows(e), numbersFrom: 1 },
          {
            kind: 'table',
            head: ['grade by', 'grade', 'thresholds', 'source'],
            rows: e.grades.map((g) => [g.name, g.grade, g.thresholds, g.source]),
            numbersFrom: 9,
            wide: 3,
          },
        ],
      },
      { title: 'Findings', blocks: [{ kind: 'findings', findings: e.findings }] },
    ],
  };
}
