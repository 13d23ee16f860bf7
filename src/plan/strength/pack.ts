import { pack as packed, unpack } from '../../base/index.ts';
import { type DeckHeader, type Model, pullsOf, writeFeb, writeInp } from '../../fea/index.ts';
import type { Mesh } from '../../mesh/index.ts';
import type { Artefact, Graph } from '../graph.ts';
import { documentFile, type OutFile, type Pack } from '../outputs.ts';
import { reportFiles } from '../report/files.ts';
import { strengthPicture, strengthVtu } from '../steps/strength.ts';
import { strengthReport } from './report.ts';
import { runStudy, type StrengthOptions, type StrengthResult } from './run.ts';
import type { StudyDocument } from './study-file.ts';

export interface StudyPackOptions extends Omit<StrengthOptions, 'limits'> {
  /** `osteon` or `calculix`. */
  readonly engine: string;
  /** `osteon 0.1.0`: goes into the headers of decks. */
  readonly program: string;
  readonly title: string;
}

/** A study from its parts to everything that goes into the output folder. */
export async function studyPack(
  graph: Graph,
  document: StudyDocument,
  solid: Artefact<{ readonly mesh: Mesh }>,
  surfaces: Readonly<Record<string, Artefact<{ readonly mesh: Mesh }>>>,
  sha256: (bytes: Uint8Array) => string,
  { engine, program, title, ...options }: StudyPackOptions,
): Promise<Pack & { readonly result: StrengthResult }> {
  const { study, limits, mesh } = document;
  const caseId = sha256(packed({ document, solid: solid.hash, engine })).slice(0, 12);
  const result = await runStudy(graph, solid, surfaces, study, { ...mesh, ...options, limits });
  const { model, solved, cases } = result;
  const names = fileNames(cases.map((c) => c.name));
  const fields = cases.map(async (_, loadCase): Promise<OutFile> => {
    const made = await graph.step(strengthVtu, { model, solved }, { loadCase });
    const { bytes } = unpack<{ bytes: Uint8Array }>(await made.load());
    return { role: 'fields', path: `${names[loadCase]}.vtu`, bytes, unit: 'mm', made: made.made };
  });
  const figures = cases.map(async (c, loadCase) => {
    const made = await graph.step(strengthPicture, { model, solved }, { loadCase });
    const { png } = unpack<{ png: Uint8Array }>(await made.load());
    return { png, caption: `${c.name}: von Mises stress, from the side of its peak and from the other side` };
  });
  const head = {
    title: `Strength of ${title}`,
    subtitle: `Study ${caseId} · ${study.material.name} · ${cases.length} load case${cases.length > 1 ? 's' : ''}`,
    solver: engine === 'calculix' ? 'CalculiX (ccx)' : 'Osteon: conjugate gradients, multigrid',
  };
  const report = strengthReport(head, study, result, await Promise.all(figures));
  const header: DeckHeader = {
    title,
    lines: [program, `study ${caseId}`, study.material.name, 'Research software. Not a medical device.'],
  };
  const decks = decksOf(unpack<Model>(await model.load()), document, header, model);
  const summary = summaryOf(result, engine);
  return {
    caseId,
    verdict: result.verdict,
    findings: result.findings,
    summary,
    result,
    files: [
      documentFile(
        'result',
        'result.json',
        { study: caseId, verdict: result.verdict, findings: result.findings, ...summary },
        {
          model,
          solved,
        },
      ),
      ...(await Promise.all(fields)),
      ...decks,
      ...(await reportFiles(graph, report)),
    ],
  };
}

function decksOf(model: Model, { study }: StudyDocument, header: DeckHeader, from: Artefact): OutFile[] {
  const file = (path: string, text: string): OutFile => ({
    role: 'deck',
    path,
    bytes: new TextEncoder().encode(text),
    unit: 'mm',
    made: { step: 'deck', version: 1, params: {}, inputs: { model: from.hash } },
  });
  return [
    file('study.inp', writeInp(model, study, header, pullsOf(model.springs))),
    file('study.feb', writeFeb(model, study, header)),
  ];
}

/** Keys carry units. */
function summaryOf({ cases, mesh, coarseMesh, regionAreasMm2 }: StrengthResult, engine: string): object {
  return { engine, loadCases: cases, mesh, coarseMesh, regionAreasMm2 };
}

/** Names of load cases as file names, each once. */
function fileNames(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name, i) => {
    const plain =
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '') || `case-${i + 1}`;
    const own = used.has(plain) ? `${plain}-${i + 1}` : plain;
    used.add(own);
    return own;
  });
}
