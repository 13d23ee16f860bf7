import { dirname, join } from 'node:path';
import { OsteonError, unpack, verdictOf } from '../base/index.ts';
import {
  type Inspection,
  type InspectionPlan,
  judgeInspection,
  type Measurement,
  parseMeasurements,
  parsePlan,
  type Stage,
} from '../make/index.ts';
import {
  type Artefact,
  documentFile,
  type Graph,
  type InspectedScan,
  inspectionReport,
  makeInspect,
  type OutFile,
  reportHtml,
} from '../plan/index.ts';
import { createStore, openOutFolder, publishPack, readBytes, readJson } from '../platform/node/index.ts';
import { columns, num } from './format.ts';
import { openMesh, readFindings, UNIT_FLAG } from './mesh-files.ts';
import { textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

export const inspectVerb = verb({
  name: 'inspect',
  summary: 'a measured part against its plan: align a scan, map deviations, fill the table, accept or reject',
  args: [{ name: 'measured', label: 'a scan (mesh file), a table of measurements (.csv), or both', many: true }],
  params: {
    against: textFlag('the plan: inspection.json of a build'),
    out: textFlag('folder for table, map and page; without it the result is only printed'),
    ...makeInspect.params,
    unit: UNIT_FLAG,
  },
  required: ['against'],
  example: 'osteon inspect scan.stl measurements.csv --against build/inspection.json -o inspected',
  async run({ args, params, session }) {
    const plan = parsePlan(await readJson(params.against));
    const tables = args.filter(isTable);
    const scans = args.filter((path) => !isTable(path));
    if (scans.length > 1) throw new OsteonError('cli.usage', { scans: scans.length }, 'One scan at a time');
    const measured = (await Promise.all(tables.map(readTable))).flat();
    const out = params.out ? await openOutFolder(params.out) : undefined;
    const withdraw = out && session.onUndo(out.discard);
    const graph = session.graph(out && createStore(out.hidden));
    const scan = scans[0] === undefined ? undefined : await scanOf(graph, plan, scans[0], params);
    const inspection = judgeInspection(
      plan,
      scan && { ...scan.made.scan, mesh: NO_MESH, deviationMm: NO_MAP },
      measured,
      {
        stage: params.stage as Stage,
      },
    );
    const findings = [...(scan?.findings ?? []), ...inspection.findings];
    const document = {
      part: plan.part,
      result: inspection.verdict,
      rows: inspection.rows,
      ...(scan && { scan: scan.made.scan }),
    };
    if (out) {
      const planned = graph.value(plan);
      const files: OutFile[] = [
        documentFile('inspection', 'inspected.json', document, { plan: planned }),
        page(plan, inspection, scan?.made, planned),
        ...(scan ? mapFiles(scan.made, scan.artefact) : []),
      ];
      const pack = { caseId: planned.hash.slice(0, 12), verdict: verdictOf(findings), findings, files, summary: {} };
      await publishPack(out, pack, { osteon: VERSION, procedure: 'inspect' });
      withdraw?.();
    }
    return { document: { ...document, ...(params.out && { out: params.out }) }, text: text(inspection), findings };
  },
});

const NO_MESH = { positions: new Float64Array(0), triangles: new Uint32Array(0) };
const NO_MAP = new Float64Array(0);

const isTable = (path: string): boolean => /\.(csv|tsv|txt)$/i.test(path);

async function readTable(path: string): Promise<Measurement[]> {
  return parseMeasurements(new TextDecoder('utf-8').decode(await readBytes(path, 4e6)));
}

async function scanOf(
  graph: Graph,
  plan: InspectionPlan,
  path: string,
  { against, stage, datum, unit }: { against: string; stage: string; datum: string; unit: string },
) {
  const nominalPath = join(dirname(against), plan.nominal.file);
  const nominal = await openMesh(graph, nominalPath, 'check');
  if (nominal.sha256 !== plan.nominal.sha256)
    throw new OsteonError(
      'make.file',
      { what: 'nominal part', file: plan.nominal.file, reason: 'it is not the file the plan was made for' },
      'Use the plan and the nominal of one build',
    );
  const opened = await openMesh(graph, path, unit);
  const inputs = { plan: graph.value(plan), nominal: nominal.artefact, scan: opened.artefact };
  const artefact = await graph.step(makeInspect, inputs, { stage, datum });
  return { artefact, made: unpack<InspectedScan>(await artefact.load()), findings: readFindings(path, opened) };
}

function page(
  plan: InspectionPlan,
  inspection: Inspection,
  scan: InspectedScan | undefined,
  { made }: Artefact,
): OutFile {
  const bytes = new TextEncoder().encode(reportHtml(inspectionReport(plan, inspection, scan)));
  return { role: 'inspection', path: 'inspection.html', bytes, unit: '', made };
}

const mapFiles = ({ ply, figures }: InspectedScan, { made }: Artefact): OutFile[] => [
  { role: 'inspection', path: 'deviation.ply', bytes: ply, unit: 'mm', made },
  ...figures.map(
    ({ png }, i): OutFile => ({ role: 'inspection', path: `deviation-${i + 1}.png`, bytes: png, unit: '', made }),
  ),
];

function text({ rows, verdict }: Inspection): string {
  const shown = rows.filter((r) => r.verdict !== 'missing');
  const cell = (x: number | null) => (x === null ? '-' : num(x, Math.abs(x) >= 100 ? 1 : 3));
  const table = shown.map((r) => [r.id, r.name, r.verdict, cell(r.low), cell(r.value), cell(r.high), r.unit]);
  const missing = rows.length - shown.length;
  return [
    columns([['row', 'what', 'verdict', 'least', 'measured', 'most', 'unit'], ...table], 3),
    '',
    `${verdict.toUpperCase()}${missing > 0 ? `: ${missing} rows not measured` : ''}`,
  ].join('\n');
}
