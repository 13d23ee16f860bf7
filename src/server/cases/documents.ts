import { OsteonError } from '../../base/index.ts';
import { type Procedure, parseEditsFile } from '../../plan/index.ts';
import type { Handlers } from '../http/handlers.ts';
import { problemOf } from '../http/problems.ts';
import type { Services } from '../services.ts';
import type { Case, Revision } from '../store/types.ts';
import { compareDocuments } from './compare.ts';
import { EDITS_FILE, jsonOf, newest, PLACES, readDocument, textOf } from './content.ts';
import { isActive, revisionView } from './views.ts';

type Documents = Pick<Handlers, 'getDocument' | 'putDocument' | 'listRevisions' | 'compareRevisions' | 'undo'>;

export const DOCUMENTS: Documents = {
  getDocument: async ({ query: { revision } }, services) =>
    documentView(await revisionOf(services, services.case, revision), services),

  async putDocument({ body }, services) {
    const { store, objects, by } = services;
    const found = services.case;
    await refuseWhileArriving(services, found);
    const before = await newest(services, found);
    const parsed = readDocument(body.document);
    const keptEdits = body.edits === undefined && before.editsSha256 !== null;
    checkEdits(parsed.procedure, keptEdits ? JSON.parse(await textOf(services, before.editsSha256!)) : body.edits);
    if (body.edits === null && parsed.edits !== undefined)
      throw new OsteonError('case.value', { key: 'edits' }, 'Without edits the document names no edits file');
    const hasEdits = body.edits != null || keptEdits;
    const document =
      hasEdits && parsed.edits === undefined ? `${body.document.trimEnd()}\nedits: ${EDITS_FILE}\n` : body.document;
    if (document !== body.document) readDocument(document);
    refuseLate(body.ifRevision, before);
    const bytes = (text: string) => new TextEncoder().encode(text);
    const edits = body.edits ?? (parsed.edits !== undefined ? { edits: [] } : undefined);
    const editsSha256 = keptEdits
      ? before.editsSha256
      : edits === undefined
        ? null
        : (await objects.put(bytes(JSON.stringify(edits)))).sha256;
    const { sha256 } = await objects.put(bytes(document));
    const made = {
      ifRevision: body.ifRevision,
      documentSha256: sha256,
      editsSha256,
      message: body.message,
      command: body.command ?? null,
    };
    const { revision } = await store.commit(found.id, made, by, [PLACES.scan]);
    if (parsed.procedure !== found.procedure) await store.changeCase(found.id, { procedure: parsed.procedure }, by);
    return documentView(revision, services);
  },

  listRevisions: async (_, { store, case: { id } }) => (await store.revisions(id)).map(revisionView).reverse(),

  async compareRevisions({ params: { a, b } }, services) {
    const [before, after] = await Promise.all(
      [a, b].map(async (n) => snapshotOf(await revisionOf(services, services.case, n), services)),
    );
    return { a, b, changes: compareDocuments(before, after) };
  },

  async undo({ body: { toRevision, ifRevision } }, services) {
    const { store, by } = services;
    const found = services.case;
    await refuseWhileArriving(services, found);
    const old = await revisionOf(services, found, toRevision);
    const made = {
      ifRevision,
      documentSha256: old.documentSha256,
      editsSha256: old.editsSha256,
      message: `Back to revision ${toRevision}`,
      command: { undo: toRevision },
    };
    const { revision } = await store.commit(found.id, made, by);
    const scan = (await store.artefacts(found.id, toRevision)).filter(({ path }) => path.startsWith(PLACES.scan));
    await store.addArtefacts(found.id, revision.n, scan, by);
    return documentView(revision, services);
  },
};

/** Before anything is stored; the store itself is asked again in the end. @throws store.conflict */
function refuseLate(ifRevision: number, { n, authorName }: Revision): void {
  if (ifRevision === n) return;
  const facts = { ifRevision, revision: n, changedBy: authorName };
  throw new OsteonError('store.conflict', facts, 'Load the newest revision and make the change there');
}

/** What people corrected and what they planned, to the last key. @throws segment.edit, param.unknown */
function checkEdits(procedure: Procedure, edits: unknown): void {
  if (edits !== undefined && edits !== null) parseEditsFile(procedure, edits);
}

async function revisionOf(services: Services, found: Case, n: number | undefined): Promise<Revision> {
  const revision = n === undefined ? await newest(services, found) : await services.store.revision(found.id, n);
  if (!revision) throw new OsteonError('store.not-found', { kind: 'revision', revision: n ?? 0 });
  return revision;
}

/** A scan on its way belongs to a revision that must stay the newest until it is there. @throws case.busy */
export async function refuseWhileArriving({ store }: Pick<Services, 'store'>, { id }: Case): Promise<void> {
  if ((await store.jobs({ caseId: id })).some((job) => job.kind !== 'run' && isActive(job)))
    throw new OsteonError('case.busy', {}, 'The scan is arriving; wait until it is there, or cancel it');
}

async function documentView(revision: Revision, services: Services) {
  const document = await textOf(services, revision.documentSha256);
  let parsed: unknown = null;
  let problem = null;
  try {
    parsed = readDocument(document);
  } catch (e) {
    if (!(e instanceof OsteonError)) throw e;
    problem = { ...problemOf(e).body };
  }
  const { editsSha256, documentSha256, n } = revision;
  const edits = editsSha256 === null ? null : JSON.parse(await textOf(services, editsSha256));
  return { revision: n, document, documentSha256, parsed, problem, edits, editsSha256 };
}

async function snapshotOf(revision: Revision, services: Services) {
  const { parsed, edits } = await documentView(revision, services);
  const files = await services.store.artefacts(revision.caseId, revision.n);
  const plan = files.find(({ path }) => path === `${PLACES.out}plan.json`);
  return { document: parsed, edits, files, numbers: plan ? await jsonOf(services, plan) : null };
}
