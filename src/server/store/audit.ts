import { hash } from 'node:crypto';
import type { Query, Row } from './sql.ts';
import type { Actor, AuditRow } from './types.ts';

/** What is written into the trail; number, time and hashes are added when its transaction ends. */
export interface AuditEvent {
  readonly by: Actor;
  readonly action: string;
  readonly subject: string;
  readonly caseId?: string | null | undefined;
  readonly detail?: object;
  readonly before?: string | null | undefined;
  readonly after?: string | null | undefined;
}

export const GENESIS = '';

/**
 * SHA-256 over everything in the row and the hash of the row before, as one JSON list: whoever changes, drops or moves
 * a row must rewrite all that follow.
 */
export function auditHash(row: Omit<AuditRow, 'hash'>): string {
  const { seq, at, actor, actorName, action, subject, caseId, detail, before, after, prevHash } = row;
  const list = [seq, at, actor, actorName, action, subject, caseId, detail, before, after, prevHash];
  return hash('sha256', JSON.stringify(list));
}

/** Adds rows at the end of the chain. The head is locked, so chains of several writers never fork. */
export async function appendAudit(query: Query, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const [head] = await query(`select seq, hash, {now} as now from audit_head where name = 'head' {locked}`);
  let seq = Number(head.seq);
  let prevHash = String(head.hash);
  for (const event of events) {
    const row = {
      seq: ++seq,
      at: Number(head.now),
      actor: event.by.id,
      actorName: event.by.name,
      action: event.action,
      subject: event.subject,
      caseId: event.caseId ?? null,
      detail: JSON.stringify(event.detail ?? {}),
      before: event.before ?? null,
      after: event.after ?? null,
      prevHash,
    };
    prevHash = auditHash(row);
    await query(
      `insert into audit (seq, at, actor, actor_name, action, subject, case_id, detail, state_before, state_after,
        prev_hash, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [...Object.values(row), prevHash],
    );
  }
  await query(`update audit_head set seq = $1, hash = $2 where name = 'head'`, [seq, prevHash]);
}

export const auditRowOf = (r: Row): AuditRow => ({
  seq: Number(r.seq),
  at: Number(r.at),
  actor: String(r.actor),
  actorName: String(r.actor_name),
  action: String(r.action),
  subject: String(r.subject),
  caseId: r.case_id as string | null,
  detail: String(r.detail),
  before: r.state_before as string | null,
  after: r.state_after as string | null,
  prevHash: String(r.prev_hash),
  hash: String(r.hash),
});
