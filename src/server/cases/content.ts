import { createHash } from 'node:crypto';
import { OsteonError } from '../../base/index.ts';
import { type CaseDocument, type CaseVocabulary, caseVocabulary, parseCase } from '../../plan/index.ts';
import type { Services } from '../services.ts';
import type { Artefact, Case, Revision } from '../store/types.ts';

type Stores = Pick<Services, 'store' | 'objects'>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Where everything of a case's folder lies, as a case file names it. */
export const SCAN_FOLDER = './dicom';
export const EDITS_FILE = './edits.json';
/** Paths of artefacts: what came in, what a run made, what is made ready for the planner. */
export const PLACES = { scan: 'scan/', slices: 'scan/dicom/', out: 'out/', view: 'view/' } as const;

/** What stands in a case before anybody has decided anything. */
export const DRAFT = `osteon: 1\nscan: ${SCAN_FOLDER}\n`;

export async function newest({ store }: Stores, { id, revision }: Case): Promise<Revision> {
  const found = await store.revision(id, revision);
  if (!found) throw new OsteonError('store.not-found', { kind: 'revision', revision });
  return found;
}

export async function textOf({ objects }: Stores, hash: string): Promise<string> {
  return new TextDecoder().decode(await objects.get(hash));
}

/** The same for every case; made once. */
let vocabulary: CaseVocabulary | undefined;

/**
 * A case document, held to the rules of the command line and to the places of the server: a document must not name files.
 * @throws case.syntax, case.unknown-key, case.value, case.newer, param codes
 */
export function readDocument(text: string): CaseDocument {
  vocabulary ??= caseVocabulary();
  const document = parseCase(text, vocabulary);
  if (document.scan.length !== 1 || document.scan[0] !== SCAN_FOLDER)
    throw new OsteonError('case.value', { key: 'scan' }, `In the case server scan is ${SCAN_FOLDER}`);
  if (document.edits !== undefined && document.edits !== EDITS_FILE)
    throw new OsteonError('case.value', { key: 'edits' }, `In the case server edits is ${EDITS_FILE}`);
  return document;
}

/** The results to be shown: those of the newest revision that has some. */
export interface Shown {
  readonly files: readonly Artefact[];
  readonly revision: number | null;
  /** The newest revision has none of its own. */
  readonly stale: boolean;
}
export async function shownOf(stores: Stores, found: Case): Promise<Shown> {
  const { store } = stores;
  const last = await newest(stores, found);
  const made = last.resultHash ? last : (await store.revisions(found.id)).filter((r) => r.resultHash).at(-1);
  const files = made ? await store.artefacts(found.id, made.n) : [];
  return {
    files: files.filter(({ path }) => path.startsWith(PLACES.out) || path.startsWith(PLACES.view)),
    revision: made?.n ?? null,
    stale: made !== undefined && made.n !== last.n,
  };
}

/** Hash of everything there is to see in the newest revision: the document, the edits, the scan and every result. */
export async function contentHash(stores: Stores, found: Case): Promise<string> {
  const { documentSha256, editsSha256 } = await newest(stores, found);
  const files = (await stores.store.artefacts(found.id, found.revision)).map(({ path, sha256 }) => [path, sha256]);
  return sha256(JSON.stringify([documentSha256, editsSha256, files.sort(([a], [b]) => (a < b ? -1 : 1))]));
}

/** One file of a list. @throws store.not-found with what to do */
export function fileAt(files: readonly Artefact[], path: string, hint: string): Artefact {
  const file = files.find((f) => f.path === path);
  if (!file) throw new OsteonError('store.not-found', { file: path }, hint);
  return file;
}

export async function jsonOf<T>({ objects }: Stores, file: Artefact): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await objects.get(file.sha256))) as T;
}
