import { OsteonError } from '../../base/index.ts';
import type { StoreEvent } from './types.ts';

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;
/**
 * One statement; its rows where it returns any. Three words of the text differ between the databases: `$1` …, `{now}`
 * (milliseconds since 1970 by the database's clock) and `{locked}` / `{skip locked}` (row locks, which SQLite, having
 * one writer, needs not).
 */
export type Query = (text: string, params?: readonly Value[]) => Promise<Row[]>;

/** A database that can be asked, and changed all or nothing. */
export interface Driver {
  readonly kind: 'sqlite' | 'postgres';
  /** Opened to look only: nothing is made, brought up to date or locked. */
  readonly readOnly?: boolean;
  /** Sees what is committed. */
  readonly read: Query;
  /**
   * All of `act` or nothing, on disk when it resolves. `act` may run more than once and must only ask the database.
   * @throws store.full, store.read-only, store.unavailable, store.damaged, and whatever `act` throws
   */
  transaction<T>(act: (query: Query) => Promise<T>): Promise<T>;
  /** Tells every listener of every process once the transaction of `query` is committed. */
  notify(query: Query, events: readonly StoreEvent[]): Promise<void>;
  watch(listener: (event: StoreEvent) => void): () => void;
  close(): Promise<void>;
}

/** Postgres' own words for the three. */
export function postgresText(text: string): string {
  return text
    .replaceAll('{now}', 'cast(floor(extract(epoch from clock_timestamp()) * 1000) as bigint)')
    .replaceAll('{locked}', 'for update')
    .replaceAll('{skip locked}', 'for update skip locked');
}

/** SQLite's: the clock is handed in as one more parameter, so that it can be one that never steps. */
export function sqliteText(text: string, params: number): { readonly text: string; readonly wantsNow: boolean } {
  const wantsNow = text.includes('{now}');
  return {
    wantsNow,
    text: text
      .replaceAll('{now}', `?${params + 1}`)
      .replaceAll('{locked}', '')
      .replaceAll('{skip locked}', '')
      .replace(/\$(\d+)/g, '?$1'),
  };
}

const NO_SPACE = new Set(['SQLITE_FULL', '53100', 'ENOSPC', 'EDQUOT', 'EFBIG']);
const NO_WRITING = new Set(['25006', 'EROFS', 'EACCES', 'EPERM']);
const AWAY =
  /^(08...|57P0[1-5]|53300|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|EIO|EMFILE|ENFILE|SQLITE_(IOERR|CANTOPEN|BUSY))/;

/** What went wrong in the host, in the table's words; anything else stays as it is. */
export function storeError(e: unknown, what: string): unknown {
  if (!(e instanceof Error) || e instanceof OsteonError) return e;
  const code = String((e as NodeJS.ErrnoException).code ?? '');
  const facts = { what, reason: code || e.message.slice(0, 120) };
  if (NO_SPACE.has(code) || /disk is full/.test(e.message))
    return new OsteonError('store.full', facts, 'Nothing was changed. Make space, then do it again');
  if (NO_WRITING.has(code) || code.startsWith('SQLITE_READONLY'))
    return new OsteonError(
      'store.read-only',
      facts,
      'Nothing was changed. See who may write to the folder or database',
    );
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new OsteonError('store.damaged', facts, 'Restore the database from its backup; the objects can stay');
  if (
    AWAY.test(code) ||
    /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|Unable to open connection/.test(
      e.message,
    )
  )
    return new OsteonError('store.unavailable', facts, 'Nothing was changed. Do it again in a moment');
  return e;
}
