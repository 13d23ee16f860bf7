import { createHash, randomBytes } from 'node:crypto';
import { OsteonError } from '../../base/index.ts';
import { type AuditEvent, appendAudit } from './audit.ts';
import type { Driver, Query, Row } from './sql.ts';
import type { StoreEvent } from './types.ts';

/** One change of the store: its statements, what goes into the trail with it, and who is told after it. */
export interface Tx {
  readonly query: Query;
  audit(event: AuditEvent): void;
  tell(event: StoreEvent): void;
}

export interface Writer {
  readonly read: Query;
  readonly write: <T>(act: (tx: Tx) => Promise<T>) => Promise<T>;
}

/** The trail's rows are the last statements of every transaction: they lock the head of the chain. */
export function createWriter(driver: Driver): Writer {
  return {
    read: driver.read,
    write: (act) =>
      driver.transaction(async (query) => {
        const rows: AuditEvent[] = [];
        const events: StoreEvent[] = [];
        const value = await act({ query, audit: (e) => void rows.push(e), tell: (e) => void events.push(e) });
        await appendAudit(query, rows);
        if (events.length > 0) await driver.notify(query, events);
        return value;
      }),
  };
}

export const newId = (): string => randomBytes(16).toString('hex');

/** SHA-256 of plain data: the keys of objects in sorted order. */
export const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value, sortedKeys) ?? 'null')
    .digest('hex');
const sortedKeys = (_: string, v: unknown): unknown =>
  v !== null && typeof v === 'object' && !Array.isArray(v)
    ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
    : v;

/** The one row there must be. @throws store.not-found */
export function one(rows: readonly Row[], what: string, id: string): Row {
  if (rows.length === 0) throw new OsteonError('store.not-found', { what, id });
  return rows[0];
}
