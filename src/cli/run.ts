import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Finding } from '../base/index.ts';
import { readNrrd } from '../io/index.ts';
import { caseCostS, jsonBytes, type Manifest, runCase } from '../plan/index.ts';
import {
  createStore,
  openOutFolder,
  publishPack,
  readBytes,
  readCase,
  sha256,
  writeAtomic,
} from '../platform/node/index.ts';
import { columns, facts, num } from './format.ts';
import type { Session, StepTotal } from './session.ts';
import { OUT_FLAG, textFlag, verb } from './verb.ts';
import { VERSION } from './version.ts';

export const runVerb = verb({
  name: 'run',
  summary: 'a whole case: bones, implants, fit, report and manifest',
  args: [{ name: 'case', label: 'case file (YAML); the scan it names is relative to it' }],
  params: {
    ...OUT_FLAG,
    cache: textFlag('folder with results of earlier runs; absent: in the output folder'),
    view: textFlag('folder for what the planner shows: findings, labels as packed bytes; absent: nowhere'),
  },
  required: ['out'],
  example: 'osteon run case.yaml -o out',
  async run({ args, params, session }) {
    const done = await runCaseFile(args[0], params.out, session, params.cache || undefined);
    if (params.view) {
      await writeAtomic(join(params.view, 'findings.json'), jsonBytes({ findings: done.findings }));
      await writeView(join(params.out, 'labels.nrrd'), params.view);
    }
    return { document: done.document, text: runText(done), findings: done.findings };
  },
});

/** Labels of a case as the planner takes them: one byte for each voxel, gzip; the grid and the names beside them. */
async function writeView(labels: string, folder: string): Promise<void> {
  const bytes = await readBytes(labels).catch(() => undefined);
  if (!bytes) return;
  const { volume, metadata } = readNrrd(new Uint8Array(bytes), { quantity: 'label' });
  const { size, lpsFromVoxel } = volume.grid;
  const names: { value: number; name: string }[] = [];
  for (let i = 0; metadata[`Segment${i}_Name`]; i++)
    names.push({ value: Number(metadata[`Segment${i}_LabelValue`]), name: metadata[`Segment${i}_Name`] });
  const data = Uint8Array.from(volume.data as Uint8Array);
  await writeAtomic(join(folder, 'labels.u8.gz'), gzipSync(data, { level: 1 }));
  const head = { size, lpsFromVoxel: lpsFromVoxel.m, bytes: data.length, names };
  await writeAtomic(join(folder, 'labels.json'), jsonBytes(head));
}

export interface DoneCase {
  readonly document: {
    readonly out: string;
    readonly case: string;
    readonly summary: CaseSummary;
    readonly artefacts: Manifest['artefacts'];
    readonly steps: readonly StepTotal[];
    readonly ms: number;
  };
  readonly findings: readonly Finding[];
}

/** The part of a pack's summary that is printed. */
export type CaseSummary = TalusSummary | AcetabulumSummary;
export interface AcetabulumSummary {
  readonly procedure: 'acetabular-fracture';
  readonly affectedSide: string;
  readonly bones: number;
  readonly fragments: readonly {
    readonly name: string;
    readonly shiftMm: number;
    readonly turnDeg: number;
    readonly rmsMm: number | null;
    readonly intact: boolean;
  }[];
  /** Before and after. */
  readonly gapMm: readonly [number, number];
  readonly stepMm: readonly [number, number];
  readonly overlapMm3: number;
  readonly screws: readonly { readonly id: string; readonly stockMm: number; readonly target: string }[];
  readonly plate?: { readonly massG: number; readonly boneSideRmsMm: number; readonly overlapMm3: number };
  readonly guide?: { readonly massG: number; readonly undercuts: number; readonly bores: number };
}
export interface TalusSummary {
  readonly affectedSide: string;
  readonly bones: number;
  readonly calcaneusRmsMm: number;
  readonly jointHeightMm: number;
  readonly sizes: readonly {
    readonly percent: number;
    readonly volumeMm3: number;
    readonly minGapMm: Readonly<Record<string, number>>;
  }[];
}

/** Runs a case file into a folder; the folder is as it was found unless everything has been made. */
export async function runCaseFile(
  casePath: string,
  outPath: string,
  session: Session,
  cache?: string,
): Promise<DoneCase> {
  const started = performance.now();
  const input = await readCase(casePath);
  const out = await openOutFolder(outPath);
  const withdraw = session.onUndo(out.discard);
  session.expect(caseCostS(input.document));
  const pack = await runCase(session.graph(createStore(cache ?? out.hidden)), input, sha256);
  const { procedure } = input.document;
  const took = { ms: Math.round(performance.now() - started), steps: session.steps() };
  const times = took.steps.some((s) => s.made > 0) ? { 'times.json': took } : {};
  const manifest = await publishPack(out, pack, { osteon: VERSION, procedure }, times);
  withdraw();
  const document = {
    out: outPath,
    case: pack.caseId,
    summary: pack.summary as CaseSummary,
    artefacts: manifest.artefacts,
    steps: session.steps(),
    ms: Math.round(performance.now() - started),
  };
  return { document, findings: pack.findings };
}

const seconds = (ms: number): string => `${num(ms / 1000, 1)} s`;

export function stepsText(steps: readonly StepTotal[], ms: number): string {
  const made = steps.filter((s) => s.made > 0);
  if (made.length === 0) return `nothing to compute: every step was found made (${seconds(ms)})`;
  const rows = made.map((s) => [s.step, `${s.made}×`, seconds(s.ms)]);
  const kept = steps.reduce((n, s) => n + s.cached, 0);
  return [
    columns([['step', 'runs', 'time'], ...rows], 1),
    `${seconds(ms)} in all${kept ? `; ${kept} results were found made` : ''}`,
  ].join('\n');
}

export function runText({ document: { summary, artefacts, steps, ms, out } }: DoneCase): string {
  return [
    stepsText(steps, ms),
    '',
    'procedure' in summary ? acetabulumText(summary) : talusText(summary),
    '',
    `${artefacts.length + 1} files in ${out}; read ${out}/report.html first`,
  ].join('\n');
}

function talusText(summary: TalusSummary): string {
  const sizes = summary.sizes.map((s) => [
    `${s.percent} %`,
    `${num(s.volumeMm3, 1)} mm³`,
    ...Object.values(s.minGapMm).map((gap) => num(gap, 2)),
  ]);
  const neighbours = Object.keys(summary.sizes[0]?.minGapMm ?? {}).map((n) => `gap to ${n} mm`);
  return [
    facts([
      ['affected side', summary.affectedSide],
      ['bones', `${summary.bones}`],
      ['calcaneus on calcaneus', `${num(summary.calcaneusRmsMm, 3)} mm RMS`],
      ['joint height given back', `${num(summary.jointHeightMm, 2)} mm`],
    ]),
    '',
    columns([['size', 'volume', ...neighbours], ...sizes], 1),
  ].join('\n');
}

function acetabulumText(summary: AcetabulumSummary): string {
  const { affectedSide, bones, fragments, gapMm, stepMm, overlapMm3, screws, plate, guide } = summary;
  const rows = fragments.map((f) => [
    f.name,
    f.intact ? 'intact' : `${num(f.shiftMm, 1)} mm`,
    f.intact ? '' : `${num(f.turnDeg, 1)}°`,
    f.rmsMm === null ? '' : `${num(f.rmsMm, 2)} mm`,
  ]);
  const lengths = screws.map((s) => `${s.stockMm}`).join(' ');
  return [
    facts([
      ['broken side', affectedSide],
      ['bones and fragments', `${bones}`],
      ['gap in the joint, before and after', `${num(gapMm[0], 1)} and ${num(gapMm[1], 1)} mm`],
      ['step-off, before and after', `${num(stepMm[0], 1)} and ${num(stepMm[1], 1)} mm`],
      ['room shared by fragments', `${num(overlapMm3, 0)} mm³`],
      ['screws', screws.length ? `${screws.length}: ${lengths} mm` : 'none'],
      ...(plate
        ? ([
            ['plate', `${num(plate.massG, 1)} g, bone side ${num(plate.boneSideRmsMm, 3)} mm RMS off its surface`],
          ] as const)
        : []),
      ...(guide
        ? ([['guide', `${num(guide.massG, 1)} g, ${guide.bores} bores, ${guide.undercuts} undercuts`]] as const)
        : []),
    ]),
    '',
    columns([['fragment', 'moved', 'turned', 'to the template'], ...rows], 1),
  ].join('\n');
}
