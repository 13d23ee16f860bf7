import { createRequire } from 'node:module';
import type PgBoss from 'pg-boss';
import type { Driver, Query, Value } from '../store/sql.ts';

/** What waits. */
export interface Offer {
  readonly id: string;
  readonly kind: string;
  readonly priority: number;
}

/**
 * Who says which waiting job is next. `offer` and `take` belong to the transaction they are called in: a job is offered
 * exactly when it is stored, and gone from the offers exactly when it is leased. Leases, fences and results are not its
 * business.
 */
export interface Delivery {
  /** Called before a transaction that names these kinds. */
  prepare(kinds: readonly string[]): Promise<void>;
  offer(query: Query, job: Offer, waitMs: number): Promise<void>;
  /** The id of one that was offered; it may be cancelled by now. */
  take(query: Query, kinds: readonly string[] | undefined): Promise<string | undefined>;
}

/** `and kind in ($1, $2)`: numbered from `first`. */
export const amongKinds = (kinds: readonly string[] | undefined, first: number): string =>
  kinds ? `and kind in (${kinds.map((_, i) => `$${first + i}`).join(', ')})` : '';

/** The table of jobs itself is the queue: what SQLite does. */
export const tableDelivery: Delivery = {
  async prepare() {},
  async offer() {},
  take: (query, kinds) => waiting(query, kinds, 0),
};

/** A job that has been ready for `sinceMs` at least. */
export async function waiting(
  query: Query,
  kinds: readonly string[] | undefined,
  sinceMs: number,
): Promise<string | undefined> {
  const [row] = await query(
    `select id from jobs where state = 'ready' and run_at <= {now} - $1 ${amongKinds(kinds, 2)}
     order by priority desc, run_at, id limit 1 {skip locked}`,
    [sinceMs, ...(kinds ?? [])],
  );
  return row && String(row.id);
}

/** A job that the engine does not offer is looked for in the table after this time. */
const FORGOTTEN_MS = 60_000;
const MAX_TRIES = 5;

/**
 * pg-boss hands out the waiting jobs: priority, delay and skip-locked fetching by any number of machines are its. Its
 * statements run in our transactions, so an offer cannot get lost between the two; were one lost all the same, the job is
 * found in the table a minute later. One queue for each kind.
 */
export async function bossDelivery(driver: Driver): Promise<Delivery> {
  const Boss = createRequire(import.meta.url)('pg-boss') as typeof PgBoss;
  const through = (query: Query): PgBoss.Db => ({
    executeSql: async (text, values) => ({ rows: (await query(text, values as Value[])) as unknown[] }),
  });
  // Neither its schedule nor its supervision: nothing stays active or completed in its tables.
  const boss = new Boss({ db: through(driver.read), supervise: false, schedule: false });
  await boss.start();
  const known = new Map((await boss.getQueues()).map(({ name }) => [name, Promise.resolve()]));
  let making = Promise.resolve();
  /** Making a queue makes a table: one after the other here, and again where another machine came between. */
  const make = async (kind: string) => {
    for (let tries = 1; ; tries++) {
      try {
        return await boss.createQueue(kind);
      } catch (e) {
        if (await boss.getQueue(kind)) return;
        if (tries >= MAX_TRIES) throw e;
      }
    }
  };
  return {
    async prepare(kinds) {
      for (const kind of kinds) {
        if (!known.has(kind)) {
          const made = making.then(() => make(kind));
          making = made.catch(() => void known.delete(kind));
          known.set(kind, made);
        }
        await known.get(kind);
      }
    },
    async offer(query, { id, kind, priority }, waitMs) {
      await boss.send(kind, { id }, { priority, startAfter: waitMs / 1000, db: through(query) });
    },
    async take(query, kinds) {
      const db = through(query);
      for (const kind of kinds ?? known.keys()) {
        const [offered] = await boss.fetch<{ id: string }>(kind, { batchSize: 1, db });
        if (!offered) continue;
        await boss.deleteJob(kind, offered.id, { db });
        return offered.data.id;
      }
      return waiting(query, kinds, FORGOTTEN_MS);
    },
  };
}
