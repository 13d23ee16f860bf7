import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type Libsql from 'libsql';
import { OsteonError } from '../../base/index.ts';
import { lockFolder } from './lock.ts';
import { type Driver, type Query, type Row, sqliteText, storeError, type Value } from './sql.ts';
import type { StoreEvent } from './types.ts';

export interface SqliteOptions {
  /** Milliseconds since 1970. Default: the clock at opening, carried on by one that never steps. */
  readonly clock?: () => number;
}

/** A write that waits for its turn. */
interface Waiting {
  readonly act: (query: Query) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * SQLite in a folder: write-ahead log, synchronous FULL (a commit that has answered survives a power cut), one process.
 * Writes that wait together are committed together: one flush for all, each all or nothing by itself.
 * @throws store.busy, store.full, store.read-only, store.damaged
 */
export function openSqlite(folder: string, options: SqliteOptions = {}): Driver {
  const clock = options.clock ?? steadyClock();
  const opened = attempt('opening the case store', () => open(folder));
  const { writer, reader } = opened;
  const listeners = new Set<(event: StoreEvent) => void>();
  const write = queryOf(writer, clock);
  let queue: Waiting[] = [];
  let busy: Promise<void> | undefined;
  /** Events of the writes that are being committed. */
  let told: StoreEvent[] = [];

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      await commit(batch);
    }
    busy = undefined;
  }

  async function commit(batch: readonly Waiting[]): Promise<void> {
    const settle: (() => void)[] = [];
    told = [];
    try {
      writer.exec('begin immediate');
      for (const { act, resolve, reject } of batch) {
        const toldBefore = told.length;
        writer.exec('savepoint one');
        try {
          const value = await act(write);
          writer.exec('release one');
          settle.push(() => resolve(value));
        } catch (e) {
          // A full disk may have ended the whole transaction already; then the rest fails as a whole.
          writer.exec('rollback to one');
          writer.exec('release one');
          told.length = toldBefore;
          settle.push(() => reject(storeError(e, 'writing')));
        }
      }
      writer.exec('commit');
    } catch (e) {
      rollBack();
      for (const { reject } of batch) reject(storeError(e, 'writing'));
      return;
    }
    for (const answer of settle) answer();
    const news = told;
    // Later, so that a listener that fails does not stop the next commit.
    if (news.length > 0)
      setImmediate(() => {
        for (const event of news) for (const listener of listeners) listener(event);
      });
  }

  function rollBack(): void {
    try {
      if (writer.inTransaction) writer.exec('rollback');
    } catch {
      // The disk that made the commit fail may make this fail too: SQLite has rolled back by itself then.
    }
  }

  return {
    kind: 'sqlite',
    read: async (text, params) => attempt('reading', () => ask(reader, clock, text, params)),
    transaction: <T>(act: (query: Query) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        queue.push({ act, resolve: resolve as (value: unknown) => void, reject });
        // A turn of the event loop, so that calls made together are committed together.
        busy ??= new Promise<void>((done) => setImmediate(done)).then(drain);
      }),
    notify: async (_, events) => {
      told.push(...events);
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await busy;
      reader.close();
      writer.close();
      opened.unlock();
    },
  };
}

/**
 * The same database to look at only, also while its process has it open.
 * @throws store.not-found where there is none
 */
export function openSqliteReader(folder: string): Driver {
  const path = join(folder, 'osteon.db');
  if (!existsSync(path))
    throw new OsteonError('store.not-found', { what: 'case store', folder }, 'Name the folder with --data');
  const db = attempt('opening the case store', () => {
    const made = new (loadLibsql())(path);
    made.exec('pragma query_only = on');
    return made;
  });
  const clock = steadyClock();
  const readOnly = () => new OsteonError('store.read-only', { folder }, 'It was opened to look only');
  return {
    kind: 'sqlite',
    readOnly: true,
    read: async (text, params) => attempt('reading', () => ask(db, clock, text, params)),
    transaction: () => Promise.reject(readOnly()),
    notify: () => Promise.reject(readOnly()),
    watch: () => () => undefined,
    async close() {
      db.close();
    },
  };
}

/** Native code, loaded by those who use it. */
const loadLibsql = () => createRequire(import.meta.url)('libsql') as typeof Libsql;

function open(folder: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder);
  try {
    const Database = loadLibsql();
    const path = join(folder, 'osteon.db');
    const writer = new Database(path);
    writer.exec('pragma journal_mode = wal');
    writer.exec('pragma synchronous = full');
    writer.exec('pragma foreign_keys = on');
    const reader = new Database(path);
    reader.exec('pragma query_only = on');
    return { writer, reader, unlock };
  } catch (e) {
    unlock();
    throw e;
  }
}

type Statement = Libsql.Statement<unknown[]>;
const prepared = new WeakMap<Libsql.Database, Map<string, Statement>>();

function ask(db: Libsql.Database, clock: () => number, text: string, params: readonly Value[] = []): Row[] {
  const own = prepared.get(db) ?? new Map<string, Statement>();
  prepared.set(db, own);
  const { text: mine, wantsNow } = sqliteText(text, params.length);
  let statement = own.get(mine);
  if (!statement) {
    statement = db.prepare(mine);
    // Not those that change the tables themselves.
    if (!/^\s*create/.test(mine)) own.set(mine, statement);
  }
  const values = wantsNow ? [...params, clock()] : params;
  if (statement.reader) return statement.all(...values) as Row[];
  statement.run(...values);
  return [];
}

const queryOf =
  (db: Libsql.Database, clock: () => number): Query =>
  async (text, params) =>
    ask(db, clock, text, params);

function attempt<T>(what: string, act: () => T): T {
  try {
    return act();
  } catch (e) {
    throw storeError(e, what);
  }
}

/** Wall time at the start and a steady clock after it: a step of the machine's clock moves no lease. */
function steadyClock(): () => number {
  const start = Date.now() - performance.now();
  return () => Math.floor(start + performance.now());
}
