import { createRequire } from 'node:module';
import type pg from 'pg';
import { type Driver, postgresText, type Query, type Row, storeError, type Value } from './sql.ts';
import type { StoreEvent } from './types.ts';

export interface PostgresOptions {
  /** Connections at once; default 8. */
  readonly connections?: number;
  /** Look only. */
  readonly readOnly?: boolean;
}

const CONNECTIONS = 8;
const CHANNEL = 'osteon';
/** Lost against another transaction: the same again will do. 25P02 is what follows where a library kept the first to itself. */
const AGAIN = new Set(['40001', '40P01', '25P02']);
const MAX_TRIES = 5;

/** PostgreSQL (15 or later), for any number of processes. Connects at the first question. */
export function openPostgres(url: string, options: PostgresOptions = {}): Driver {
  const lib = createRequire(import.meta.url)('pg') as typeof pg;
  const types = {
    // 64-bit integers are counts and times here, all below 2^53.
    getTypeParser: ((oid: number, format: 'text' | 'binary') =>
      oid === 20 && format !== 'binary' ? Number : lib.types.getTypeParser(oid, format as 'text')) as never,
  };
  const pool = new lib.Pool({
    connectionString: url,
    max: options.connections ?? CONNECTIONS,
    connectionTimeoutMillis: 5000,
    application_name: 'osteon',
    types,
  });
  // A connection that breaks while nobody uses it is replaced by the pool.
  pool.on('error', () => undefined);
  const watcher = createWatcher(
    () => new lib.Client({ connectionString: url, application_name: 'osteon-watch', keepAlive: true }),
  );

  const turn = createTurns(options.connections ?? CONNECTIONS);

  async function run<T>(act: (query: Query) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken: Error | undefined;
    // Without a listener, an outage while a question is under way would end the process.
    const onError = (e: Error) => {
      broken = e;
    };
    client.on('error', onError);
    try {
      await client.query(options.readOnly ? 'begin read only' : 'begin');
      const value = await act(queryOf(client));
      await client.query('commit');
      return value;
    } catch (e) {
      await client.query('rollback').catch((failed: Error) => {
        broken = failed;
      });
      throw e;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  return {
    kind: 'postgres',
    readOnly: options.readOnly ?? false,
    async read(text, params) {
      try {
        return await turn(() => queryOf(pool)(text, params));
      } catch (e) {
        throw storeError(e, 'reading');
      }
    },
    async transaction(act) {
      for (let tries = 1; ; tries++) {
        try {
          return await turn(() => run(act));
        } catch (e) {
          if (tries >= MAX_TRIES || !AGAIN.has(String((e as NodeJS.ErrnoException)?.code)))
            throw storeError(e, 'writing');
        }
      }
    },
    async notify(query, events) {
      for (const event of events) await query('select pg_notify($1, $2)', [CHANNEL, JSON.stringify(event)]);
    },
    watch: watcher.watch,
    async close() {
      await watcher.close();
      await pool.end();
    },
  };
}

/** As many at once as there are connections; the others wait here, where waiting is not taken for a database that is away. */
function createTurns(count: number) {
  let free = count;
  const waiting: (() => void)[] = [];
  return async <T>(act: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((next) => waiting.push(next));
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

const queryOf =
  (client: pg.Pool | pg.PoolClient): Query =>
  async (text, params: readonly Value[] = []) => {
    const found = await client.query(postgresText(text), [...params]);
    return found.rows as Row[];
  };

const RECONNECT_MS = 1000;

/** One connection that listens, made when somebody wants to know and made anew when it breaks. */
function createWatcher(makeClient: () => pg.Client) {
  const listeners = new Set<(event: StoreEvent) => void>();
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function connect(): void {
    if (closed || client || listeners.size === 0) return;
    const made = makeClient();
    client = made;
    const again = () => {
      if (client !== made) return;
      client = undefined;
      made.end().catch(() => undefined);
      timer = setTimeout(connect, RECONNECT_MS);
      timer.unref();
    };
    made.on('error', again);
    made.on('end', again);
    made.on('notification', ({ payload }) => {
      const event = JSON.parse(payload ?? '{}') as StoreEvent;
      for (const listener of listeners) listener(event);
    });
    made
      .connect()
      .then(() => made.query(`listen ${CHANNEL}`))
      .catch(again);
  }

  return {
    watch(listener: (event: StoreEvent) => void) {
      listeners.add(listener);
      connect();
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = undefined;
      await last?.end().catch(() => undefined);
    },
  };
}
