import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpack } from '../base/index.ts';
import { readMesh } from '../io/index.ts';
import type { NamedMesh } from '../phantom/index.ts';
import type { Graph } from '../plan/index.ts';
import { listFiles, readBytes, sha256 } from '../platform/node/index.ts';
import { makeFolder, stlFiles } from './demo-folder.ts';
import { type DoneCase, runCaseFile } from './run.ts';
import type { Session } from './session.ts';
import { type FeetAccuracy, type FeetParams, feetJudge, feetScan, feetTruth, type MadeCase } from './steps/feet.ts';

/** Bones of one left foot, shipped with the program. */
async function shippedBones(): Promise<NamedMesh[]> {
  const paths = await listFiles(fileURLToPath(new URL('../data/feet', import.meta.url)));
  const stl = paths.filter((path) => path.endsWith('.stl'));
  return Promise.all(
    stl.map(async (path) => ({ name: basename(path, '.stl'), mesh: readMesh(await readBytes(path), path).mesh })),
  );
}

export interface DemoCase {
  readonly casePath: string;
  readonly out: string;
  readonly done: DoneCase;
  readonly accuracy: FeetAccuracy;
}

/**
 * A case of two feet of known shape in a folder: `dicom/` and `case.yaml`, then the case itself into `out/`, then its
 * comparison with the truth. Interrupted, it leaves the folder as it was.
 */
export async function runDemoCase(folder: string, params: FeetParams, session: Session): Promise<DemoCase> {
  const { casePath, graph, bones, home, withdraw } = await makeDemoScan(folder, params, session);
  const out = join(home, 'out');
  session.say(`running ${casePath}`);
  const done = await runCaseFile(casePath, out, session);
  const accuracy = await judge(graph, bones, params, out);
  withdraw();
  return { casePath, out, done, accuracy };
}

/** The CT and the case file alone; a folder that holds them already is left as it is. */
export async function makeDemoScan(folder: string, params: FeetParams, session: Session) {
  const shipped = await shippedBones();
  const made = await makeFolder(
    folder,
    {
      news: 'making the CT of two feet with a collapsed talus',
      caseText: caseText(params),
      scan: (graph) => graph.step(feetScan, { bones: graph.value(shipped) }, params),
    },
    session,
  );
  return { ...made, bones: made.graph.value(shipped) };
}

/** The slices of that CT, kept in memory. */
export async function demoSlices(params: FeetParams, session: Session): Promise<readonly Uint8Array[]> {
  const graph = session.graph();
  const made = await graph.step(feetScan, { bones: graph.value(await shippedBones()) }, params);
  return unpack<{ files: readonly Uint8Array[] }>(await made.load()).files;
}

async function judge(
  graph: Graph,
  bones: ReturnType<Graph['value']>,
  params: FeetParams,
  out: string,
): Promise<FeetAccuracy> {
  const truth = await graph.step(feetTruth, { bones: bones as never }, params);
  const plan = JSON.parse(await readFile(join(out, 'plan.json'), 'utf8'));
  const files = await stlFiles(out);
  const made: MadeCase = { files, transforms: plan.transforms };
  const name = sha256(JSON.stringify([plan.transforms, files.map((f) => [f.name, sha256(f.bytes)])]));
  const judged = await graph.step(
    feetJudge,
    { truth, made: graph.source(name, async () => made) },
    { affectedSide: params.affectedSide },
  );
  return unpack<FeetAccuracy>(await judged.load());
}

/** The case file of this demo. */
export function caseText({ affectedSide, pixelMm, sliceMm }: FeetParams): string {
  const coarse = pixelMm > 0.5 || sliceMm > 1.25;
  return [
    'osteon: 1',
    'procedure: total-talus-replacement',
    'scan: ./dicom',
    `affectedSide: ${affectedSide}`,
    'material: Ti-6Al-4V ELI',
    'bodyMassKg: 80',
    'sizesVolumePercent: [95, 100, 105]',
    ...(coarse ? ['overrides: { dicom.protocol: a synthetic scan made coarse on purpose }'] : []),
    '',
  ].join('\n');
}

/** One judgement: what was measured, what is asked, and whether it holds. */
export interface Check {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The value may not exceed this; its sign does not count. */
  readonly limit: number;
  readonly pass: boolean;
}
export const check = (what: string, value: number, unit: string, limit: number): Check => ({
  what,
  value,
  unit,
  limit,
  pass: Math.abs(value) <= limit,
});

/** Limits on a case of two feet whose sides are exact mirror images. @source docs/evidence/verify.md */
export function feetChecks(a: FeetAccuracy): Check[] {
  const worst = (of: (s: FeetAccuracy['surfaces'][number]) => number) => Math.max(...a.surfaces.map(of));
  return [
    check('bones not found or misnamed', a.bones.wanted - a.bones.found, '', 0),
    check(
      'bone surfaces, worst mean',
      worst((s) => s.meanMm),
      'mm',
      0.1,
    ),
    check(
      'bone surfaces, worst 95 %',
      worst((s) => s.p95Mm),
      'mm',
      0.3,
    ),
    check(
      'bone surfaces, worst bias',
      worst((s) => Math.abs(s.biasMm)),
      'mm',
      0.03,
    ),
    check('alignment of the mirrored side', a.alignmentMm, 'mm', 0.15),
    check('alignment of the mirrored side', a.alignmentDeg, '°', 0.15),
    check('implant against the natural talus, mean', a.implant.meanMm, 'mm', 0.15),
    check('collapse given back, error', a.givenBackMm - a.collapseMm, 'mm', 0.3),
    check('implants that are not solids', a.solidImplants ? 0 : 1, '', 0),
  ];
}
