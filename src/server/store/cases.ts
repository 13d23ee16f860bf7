import { OsteonError } from '../../base/index.ts';
import { AFTER_COMMIT, AFTER_REVIEW, NEW_CASE, type Turn } from './rules.ts';
import type { Query, Row } from './sql.ts';
import type { Actor, Artefact, Case, CaseBook, Review, Revision, Role } from './types.ts';
import { hashOf, newId, one, type Tx, type Writer } from './writer.ts';

type Cases = Pick<
  CaseBook,
  | 'createCase'
  | 'case'
  | 'cases'
  | 'changeCase'
  | 'commit'
  | 'revision'
  | 'revisions'
  | 'addArtefacts'
  | 'artefacts'
  | 'caseHasObject'
  | 'addReview'
  | 'reviews'
>;

const caseOf = (r: Row): Case => ({
  id: String(r.id),
  label: String(r.label),
  procedure: String(r.procedure),
  state: r.state as Case['state'],
  waitingFor: r.waiting_for as Role | null,
  owner: String(r.owner),
  members: JSON.parse(String(r.members)) as string[],
  revision: Number(r.revision),
  createdAt: Number(r.created_at),
  changedAt: Number(r.changed_at),
});

const revisionOf = (r: Row): Revision => ({
  caseId: String(r.case_id),
  n: Number(r.n),
  documentSha256: String(r.document_sha256),
  editsSha256: r.edits_sha256 as string | null,
  author: String(r.author),
  authorName: String(r.author_name),
  at: Number(r.at),
  message: String(r.message),
  command: JSON.parse(String(r.command)),
  resultHash: r.result_hash as string | null,
});

const reviewOf = (r: Row): Review => ({
  id: String(r.id),
  caseId: String(r.case_id),
  revision: Number(r.revision),
  contentSha256: String(r.content_sha256),
  author: String(r.author),
  authorName: String(r.author_name),
  role: r.role as Role,
  meaning: r.meaning as Review['meaning'],
  note: String(r.note),
  at: Number(r.at),
  voidedBy: r.voided_by === null ? null : Number(r.voided_by),
});

export const artefactOf = (r: Row): Artefact => ({
  path: String(r.path),
  sha256: String(r.sha256),
  bytes: Number(r.bytes),
  mediaType: String(r.media_type),
});

/** Rows in one statement where there may be hundreds (a scan has one file a slice). */
const CHUNK = 100;

/** Adds files to a revision, or replaces those of the same path. */
export async function putArtefacts(query: Query, caseId: string, n: number, files: readonly Artefact[]): Promise<void> {
  // One statement must not meet a path twice; the last one wins.
  const list = [...new Map(files.map((f) => [f.path, f])).values()];
  for (let at = 0; at < list.length; at += CHUNK) {
    const some = list.slice(at, at + CHUNK);
    const places = some.map((_, i) => `($1, $2, $${4 * i + 3}, $${4 * i + 4}, $${4 * i + 5}, $${4 * i + 6})`);
    await query(
      `insert into artefacts (case_id, revision, path, sha256, bytes, media_type) values ${places.join(', ')}
       on conflict (case_id, revision, path) do update
       set sha256 = excluded.sha256, bytes = excluded.bytes, media_type = excluded.media_type`,
      [caseId, n, ...some.flatMap((f) => [f.path, f.sha256, f.bytes, f.mediaType])],
    );
  }
}

/** Sets state and turn of a case, with its time of change. */
export async function setTurn(query: Query, caseId: string, { state, waitingFor }: Turn): Promise<void> {
  await query('update cases set state = $2, waiting_for = $3, changed_at = {now} where id = $1', [
    caseId,
    state,
    waitingFor,
  ]);
}

/** Cases, their revisions and files, and the reviews of them. */
export function createCases({ read, write }: Writer): Cases {
  const find = async (query: Query, id: string) =>
    caseOf(one(await query('select * from cases where id = $1', [id]), 'case', id));

  async function commit(
    { query, audit, tell }: Tx,
    caseId: string,
    made: Parameters<CaseBook['commit']>[1],
    by: Actor,
  ) {
    const n = made.ifRevision + 1;
    const rows = await query(
      `update cases set revision = $3, state = $4, waiting_for = $5, changed_at = {now}
       where id = $1 and revision = $2 returning *`,
      [caseId, made.ifRevision, n, AFTER_COMMIT.state, AFTER_COMMIT.waitingFor],
    );
    if (rows.length === 0) {
      const { revision } = await find(query, caseId);
      const [last] = await query('select author_name from revisions where case_id = $1 and n = $2', [caseId, revision]);
      throw new OsteonError(
        'store.conflict',
        { ifRevision: made.ifRevision, revision, changedBy: String(last?.author_name ?? '') },
        'Load the newest revision and make the change there',
      );
    }
    const [before] = await query('select * from revisions where case_id = $1 and n = $2', [caseId, made.ifRevision]);
    const [row] = await query(
      `insert into revisions (case_id, n, document_sha256, edits_sha256, author, author_name, at, message, command)
       values ($1, $2, $3, $4, $5, $6, {now}, $7, $8) returning *`,
      [
        caseId,
        n,
        made.documentSha256,
        made.editsSha256 ?? null,
        by.id,
        by.name,
        made.message,
        JSON.stringify(made.command ?? null),
      ],
    );
    const voided = await query(
      `update reviews set voided_by = $2 where case_id = $1 and voided_by is null and meaning = 'approve' returning *`,
      [caseId, n],
    );
    const state = (r: Row) => hashOf([r.document_sha256, r.edits_sha256]);
    audit({
      by,
      action: 'case.commit',
      subject: `case/${caseId}`,
      caseId,
      detail: { revision: n, message: made.message, command: made.command ?? null, voids: voided.map((r) => r.id) },
      before: before && state(before),
      after: state(row),
    });
    tell({ kind: 'revision', caseId, id: String(n) });
    return { case: caseOf(rows[0]), revision: revisionOf(row), voided: voided.map(reviewOf) };
  }

  return {
    createCase: (made, by) =>
      write(async ({ query, audit, tell }) => {
        const id = newId();
        const rows = await query(
          `insert into cases (id, label, procedure, state, waiting_for, owner, members, revision, created_at, changed_at)
           values ($1, $2, $3, $4, $5, $6, $7, 0, {now}, {now}) returning *`,
          [
            id,
            made.label,
            made.procedure,
            NEW_CASE.state,
            NEW_CASE.waitingFor,
            by.id,
            JSON.stringify(made.members ?? []),
          ],
        );
        const detail = { label: made.label, procedure: made.procedure, members: made.members ?? [] };
        audit({ by, action: 'case.create', subject: `case/${id}`, caseId: id, detail });
        tell({ kind: 'case', caseId: id, id });
        return caseOf(rows[0]);
      }),

    async case(id) {
      const [row] = await read('select * from cases where id = $1', [id]);
      return row && caseOf(row);
    },

    async cases({ visibleTo } = {}) {
      const rows =
        visibleTo === undefined
          ? await read('select * from cases order by changed_at desc, id')
          : await read('select * from cases where owner = $1 or members like $2 order by changed_at desc, id', [
              visibleTo,
              `%"${visibleTo.replace(/[^\w-]/g, '')}"%`,
            ]);
      return rows.map(caseOf);
    },

    changeCase: (id, change, by) =>
      write(async ({ query, audit, tell }) => {
        const old = caseOf(one(await query('select * from cases where id = $1 {locked}', [id]), 'case', id));
        const next = { ...old, ...change };
        const rows = await query(
          `update cases set label = $2, procedure = $3, members = $4, state = $5, waiting_for = $6, changed_at = {now}
           where id = $1 returning *`,
          [id, next.label, next.procedure, JSON.stringify(next.members), next.state, next.waitingFor],
        );
        const facts = ({ label, procedure, members, state, waitingFor }: Case) => ({
          label,
          procedure,
          members,
          state,
          waitingFor,
        });
        audit({
          by,
          action: 'case.change',
          subject: `case/${id}`,
          caseId: id,
          detail: change,
          before: hashOf(facts(old)),
          after: hashOf(facts(next)),
        });
        tell({ kind: 'case', caseId: id, id });
        return caseOf(rows[0]);
      }),

    commit: (caseId, made, by, keep = []) =>
      write(async (tx) => {
        const done = await commit(tx, caseId, made, by);
        if (keep.length > 0) {
          const old = (await tx.query(ARTEFACTS, [caseId, made.ifRevision])).map(artefactOf);
          const kept = old.filter(({ path }) => keep.some((start) => path.startsWith(start)));
          await putArtefacts(tx.query, caseId, done.revision.n, kept);
        }
        return done;
      }),

    async revision(caseId, n) {
      const [row] = await read('select * from revisions where case_id = $1 and n = $2', [caseId, n]);
      return row && revisionOf(row);
    },

    revisions: async (caseId, after = 0) =>
      (await read('select * from revisions where case_id = $1 and n > $2 order by n', [caseId, after])).map(revisionOf),

    addArtefacts: (caseId, revision, files, by) =>
      write(async ({ query, audit, tell }) => {
        const found = await find(query, caseId);
        if (revision < 0 || revision > found.revision)
          throw new OsteonError('store.not-found', { what: 'revision', id: `${caseId}/${revision}` });
        await putArtefacts(query, caseId, revision, files);
        const detail = { revision, files: files.length };
        audit({ by, action: 'case.files', subject: `case/${caseId}`, caseId, detail, after: hashOf(files) });
        tell({ kind: 'case', caseId, id: caseId });
      }),

    artefacts: async (caseId, revision) => (await read(ARTEFACTS, [caseId, revision])).map(artefactOf),

    async caseHasObject(caseId, sha256) {
      const [row] = await read(
        `select path, sha256, bytes, media_type from artefacts where sha256 = $2 and case_id = $1
         union all
         select 'case.yaml', document_sha256, -1, 'application/yaml' from revisions
         where case_id = $1 and document_sha256 = $2
         union all
         select 'edits.json', edits_sha256, -1, 'application/json' from revisions
         where case_id = $1 and edits_sha256 = $2
         limit 1`,
        [caseId, sha256],
      );
      return row && artefactOf(row);
    },

    addReview: (caseId, review, by) =>
      write(async ({ query, audit, tell }) => {
        const { revision } = caseOf(
          one(await query('select * from cases where id = $1 {locked}', [caseId]), 'case', caseId),
        );
        if (review.revision !== revision)
          throw new OsteonError(
            'store.conflict',
            { ifRevision: review.revision, revision },
            'The case has changed since it was looked at: review the newest revision',
          );
        const id = newId();
        const rows = await query(
          `insert into reviews (id, case_id, revision, content_sha256, author, author_name, role, meaning, note, at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, {now}) returning *`,
          [id, caseId, revision, review.contentSha256, by.id, by.name, review.role, review.meaning, review.note],
        );
        await setTurn(query, caseId, AFTER_REVIEW[review.meaning]);
        audit({
          by,
          action: `case.${review.meaning}`,
          subject: `case/${caseId}`,
          caseId,
          detail: { review: id, revision, role: review.role, note: review.note },
          after: review.contentSha256,
        });
        tell({ kind: 'review', caseId, id });
        return reviewOf(rows[0]);
      }),

    reviews: async (caseId) =>
      (await read('select * from reviews where case_id = $1 order by at, id', [caseId])).map(reviewOf),
  };
}

const ARTEFACTS = 'select * from artefacts where case_id = $1 and revision = $2 order by path';
