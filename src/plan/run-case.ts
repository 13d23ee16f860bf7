import { acetabulumVocabulary } from './acetabulum/vocabulary.ts';
import { acetabulumCostS, runAcetabulum } from './acetabulum/workflow.ts';
import type { CaseDocument, CaseVocabulary } from './case/case.ts';
import type { Graph } from './graph.ts';
import type { Pack } from './outputs.ts';
import type { ScanSource } from './scan-source.ts';
import { talusVocabulary } from './talus/vocabulary.ts';
import { runTalus, talusCostS } from './talus/workflow.ts';

/** Everything a case is a function of. */
export interface CaseInput {
  readonly document: CaseDocument;
  readonly source: ScanSource;
  /** Parsed JSON of the edits file, where the case names one. */
  readonly edits?: unknown;
}

/** What a case may name; with it a case is checked before anything is read. */
export const caseVocabulary = (): CaseVocabulary => ({
  'total-talus-replacement': talusVocabulary(),
  'acetabular-fracture': acetabulumVocabulary(),
});

/**
 * A case, from the files of a scan to everything that goes into the output folder, whatever its procedure. The graph
 * decides what has to be made again; nothing is written here.
 * @throws any OsteonError; nothing is left behind
 */
export function runCase(graph: Graph, input: CaseInput, sha256: (bytes: Uint8Array) => string): Promise<Pack> {
  const { document, ...rest } = input;
  return document.procedure === 'acetabular-fracture'
    ? runAcetabulum(graph, { document, ...rest }, sha256)
    : runTalus(graph, { document, ...rest }, sha256);
}

/** What a case that nobody has run before is expected to cost, in `costS` of its steps; for a progress bar. */
export const caseCostS = (document: CaseDocument): number =>
  document.procedure === 'acetabular-fracture' ? acetabulumCostS(document) : talusCostS(document);
