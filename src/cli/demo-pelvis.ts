import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { unpack } from '../base/index.ts';
import type { Graph } from '../plan/index.ts';
import { sha256 } from '../platform/node/index.ts';
import { type Check, check } from './demo-case.ts';
import { type MadeFolder, makeFolder, stlFiles } from './demo-folder.ts';
import { columns, num } from './format.ts';
import { type DoneCase, runCaseFile, runText } from './run.ts';
import type { Session } from './session.ts';
import {
  type MadePelvis,
  type PelvisAccuracy,
  type PelvisParams,
  pelvisJudge,
  pelvisScan,
  pelvisTruth,
} from './steps/pelvis.ts';

export interface PelvisDemo {
  readonly casePath: string;
  readonly out: string;
  readonly done: DoneCase;
  readonly accuracy: PelvisAccuracy;
  /** Yield strength of the plate over its stress in standing; nothing where it was not computed. */
  readonly yieldFactor: number | null;
}

/**
 * A case of a broken pelvis of known shape in a folder: `dicom/` and `case.yaml`, then the case itself into `out/`, then
 * its comparison with the truth. Interrupted, it leaves the folder as it was.
 */
export async function runPelvisDemo(folder: string, params: PelvisParams, session: Session): Promise<PelvisDemo> {
  const { casePath, graph, home, withdraw } = await makePelvisScan(folder, params, session);
  const out = join(home, 'out');
  session.say(`running ${casePath}`);
  const done = await runCaseFile(casePath, out, session);
  const truth = await graph.step(pelvisTruth, {}, params);
  const plan = JSON.parse(await readFile(join(out, 'plan.json'), 'utf8'));
  const files = await stlFiles(out);
  const made: MadePelvis = { files, plan };
  const name = sha256(JSON.stringify([plan, files.map((f) => [f.name, sha256(f.bytes)])]));
  const judged = await graph.step(
    pelvisJudge,
    { truth, made: graph.source(name, async () => made) },
    { affectedSide: params.affectedSide },
  );
  withdraw();
  const strength = JSON.parse(await readFile(join(out, 'strength.json'), 'utf8'));
  const yieldFactor = strength.plate.cases[0]?.yieldFactor ?? null;
  return { casePath, out, done, accuracy: unpack<PelvisAccuracy>(await judged.load()), yieldFactor };
}

/** The CT and the case file alone; a folder that holds them already is left as it is. */
export function makePelvisScan(folder: string, params: PelvisParams, session: Session): Promise<MadeFolder> {
  const scan = {
    news: 'making the CT of a pelvis with a broken acetabulum',
    caseText: caseText(params),
    scan: (graph: Graph) => graph.step(pelvisScan, {}, params),
  };
  return makeFolder(folder, scan, session);
}

function caseText({ affectedSide, pixelMm, sliceMm }: PelvisParams): string {
  const coarse = pixelMm > 1 || sliceMm > 1;
  return [
    'osteon: 1',
    'procedure: acetabular-fracture',
    'scan: ./dicom',
    `affectedSide: ${affectedSide}`,
    ...(coarse ? ['overrides: { dicom.protocol: a synthetic scan made coarse on purpose }'] : []),
    '',
  ].join('\n');
}

/** Limits on a pelvis whose sides are exact mirror images. @source docs/evidence/acetabulum.md */
export function pelvisChecks({ accuracy: a, yieldFactor }: Pick<PelvisDemo, 'accuracy' | 'yieldFactor'>): Check[] {
  const worst = <T>(list: readonly T[], of: (item: T) => number) => list.reduce((m, x) => Math.max(m, of(x)), 0);
  return [
    check('bones and fragments not found', a.bones.wanted - a.bones.found, '', 0),
    check(
      'surfaces, worst mean',
      worst(a.surfaces, (s) => s.meanMm),
      'mm',
      0.5,
    ),
    check(
      'fragments put back, worst',
      worst(a.fragments, (f) => f.mm),
      'mm',
      0.5,
    ),
    check(
      'fragments put back, worst',
      worst(a.fragments, (f) => f.deg),
      '°',
      1,
    ),
    check('screws through the joint', a.screws.throughJoint.length, '', 0),
    check('tips beyond the far cortex, worst', a.screws.beyondMm, 'mm', 2),
    check('plate, bone side off its surface', a.plate?.boneSideRmsMm ?? 99, 'mm', 0.1),
    check('plate, crossings with bone', a.plate?.crossings ?? 99, '', 0),
    check('plate that is no solid', a.plate?.solid ? 0 : 1, '', 0),
    check('plate, stress in standing over its yield strength', yieldFactor ? 1 / yieldFactor : 99, '', 0.67),
  ];
}

export function pelvisDemoText({ done, accuracy, out, casePath }: PelvisDemo): string {
  const { bones, fragments, screws, plate } = accuracy;
  const rows = [
    ['bones and fragments found', `${bones.found} of ${bones.wanted}`],
    ...fragments.map((f) => [`${f.name} put back, off by`, `${num(f.mm, 2)} mm, ${num(f.deg, 2)}°`]),
    ['screws through the joint', `${screws.throughJoint.length} of ${screws.count}`],
    ['tips beyond the far cortex, worst', `${num(screws.beyondMm, 2)} mm`],
    ...(plate ? [['plate: bone side off its surface', `${num(plate.boneSideRmsMm, 3)} mm RMS`]] : []),
  ];
  const here = (path: string) => relative(process.cwd(), path) || path;
  return [
    runText({ ...done, document: { ...done.document, out: here(out) } }),
    '',
    'This scan was made, so the truth is known:',
    columns(rows),
    '',
    `case file: ${here(casePath)}`,
    `report:    ${here(out)}/report.html`,
  ].join('\n');
}
