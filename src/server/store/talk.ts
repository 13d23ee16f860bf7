import { OsteonError } from '../../base/index.ts';
import type { Row } from './sql.ts';
import type { CaseBook, Comment, Pin, Share } from './types.ts';
import { newId, one, type Writer } from './writer.ts';

type Talk = Pick<CaseBook, 'addComment' | 'comments' | 'resolveComment' | 'addShare' | 'share' | 'shares' | 'endShare'>;

const commentOf = (r: Row): Comment => ({
  id: String(r.id),
  caseId: String(r.case_id),
  revision: Number(r.revision),
  author: String(r.author),
  authorName: String(r.author_name),
  at: Number(r.at),
  text: String(r.text),
  pin: r.pin === null ? null : (JSON.parse(String(r.pin)) as Pin),
  resolved: r.resolved === 1,
});

const shareOf = (r: Row): Share => ({
  tokenHash: String(r.token_hash),
  caseId: String(r.case_id),
  readOnly: r.read_only === 1,
  createdBy: String(r.created_by),
  expiresAt: Number(r.expires_at),
});

/** Comments pinned to a place, and links that show a case to somebody without an account. */
export function createTalk({ read, write }: Writer): Talk {
  return {
    addComment: (caseId, { revision, text, pin }, by) =>
      write(async ({ query, audit, tell }) => {
        one(await query('select id from cases where id = $1 and revision >= $2', [caseId, revision]), 'case', caseId);
        const id = newId();
        const rows = await query(
          `insert into comments (id, case_id, revision, author, author_name, at, text, pin, resolved)
           values ($1, $2, $3, $4, $5, {now}, $6, $7, 0) returning *`,
          [id, caseId, revision, by.id, by.name, text, pin && JSON.stringify(pin)],
        );
        audit({ by, action: 'comment.add', subject: `comment/${id}`, caseId, detail: { revision, text, pin } });
        tell({ kind: 'comment', caseId, id });
        return commentOf(rows[0]);
      }),

    comments: async (caseId) =>
      (await read('select * from comments where case_id = $1 order by at, id', [caseId])).map(commentOf),

    resolveComment: (caseId, id, resolved, by) =>
      write(async ({ query, audit, tell }) => {
        const rows = await query('update comments set resolved = $3 where case_id = $1 and id = $2 returning *', [
          caseId,
          id,
          resolved ? 1 : 0,
        ]);
        const row = one(rows, 'comment', id);
        audit({ by, action: 'comment.resolve', subject: `comment/${id}`, caseId, detail: { resolved } });
        tell({ kind: 'comment', caseId, id });
        return commentOf(row);
      }),

    addShare: ({ tokenHash, caseId, readOnly, ttlMs }, by) =>
      write(async ({ query, audit }) => {
        one(await query('select id from cases where id = $1', [caseId]), 'case', caseId);
        const rows = await query(
          `insert into shares (token_hash, case_id, read_only, created_by, expires_at)
           values ($1, $2, $3, $4, {now} + $5) on conflict (token_hash) do nothing returning *`,
          [tokenHash, caseId, readOnly ? 1 : 0, by.id, ttlMs],
        );
        if (rows.length === 0) throw new OsteonError('store.conflict', { what: 'share' });
        audit({ by, action: 'share.add', subject: `share/${tokenHash}`, caseId, detail: { readOnly, ttlMs } });
        return shareOf(rows[0]);
      }),

    async share(tokenHash) {
      const [row] = await read('select * from shares where token_hash = $1 and expires_at > {now}', [tokenHash]);
      return row && shareOf(row);
    },

    shares: async (caseId) =>
      (await read('select * from shares where case_id = $1 order by expires_at, token_hash', [caseId])).map(shareOf),

    endShare: (tokenHash, by) =>
      write(async ({ query, audit }) => {
        const rows = await query('delete from shares where token_hash = $1 returning *', [tokenHash]);
        if (rows.length > 0)
          audit({ by, action: 'share.end', subject: `share/${tokenHash}`, caseId: String(rows[0].case_id) });
      }),
  };
}
