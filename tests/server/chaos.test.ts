import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { serveLeases } from '../../src/server/queue/remote.ts';
import { openFolderObjects } from '../../src/server/store/objects-folder.ts';
import { openPostgres } from '../../src/server/store/postgres.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { createStore } from '../../src/server/store/store.ts';
import type { CaseStore, ObjectStore } from '../../src/server/store/types.ts';
import { audited, bundleProgram, drained, hire, submitToys } from './chaos-kit.ts';
import type { ChaosOrders } from './chaos-worker.ts';
import { NO_POSTGRES, type Postgres, removeFolder, startPostgres, temporaryFolder } from './store-kit.ts';

const KILLS = 200;
const FREEZES = 10;
const WORKERS = 6;
const LIFE_MS = 160;
const TIMES = { leaseMs: 1000, beatMs: 300, pollMs: 50 };
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

let bundle: Awaited<ReturnType<typeof bundleProgram>>;
beforeAll(async () => {
  bundle = await bundleProgram('chaos-worker.ts');
});
afterAll(() => bundle.remove());

interface Place {
  readonly store: CaseStore;
  readonly objects: ObjectStore;
  readonly folder: string;
  readonly orders: (seat: number, more?: Partial<ChaosOrders>) => ChaosOrders;
  close(): Promise<void>;
}

async function onSqlite(): Promise<Place> {
  const folder = temporaryFolder();
  const store = await createStore(openSqlite(folder), { backoffMs: 20 });
  const objects = await openFolderObjects(folder);
  const token = 'a secret of at least thirty-two characters';
  const server = await serveLeases(store, objects, token);
  const base = { folder, work: join(folder, 'work'), times: TIMES, server: { url: server.url, token } };
  return {
    store,
    objects,
    folder,
    orders: (seat, more) => ({ ...base, name: `w${seat}`, ...more }),
    async close() {
      await server.close();
      await store.close();
      removeFolder(folder);
    },
  };
}

async function onPostgres(): Promise<Place> {
  const server: Postgres = await startPostgres();
  const folder = temporaryFolder();
  const store = await createStore(openPostgres(server.url), { backoffMs: 20 });
  const objects = await openFolderObjects(folder);
  const base = { folder, work: join(folder, 'work'), times: TIMES, databaseUrl: server.url };
  return {
    store,
    objects,
    folder,
    orders: (seat, more) => ({ ...base, name: `w${seat}`, ...more }),
    async close() {
      await store.close();
      await server.stop();
      removeFolder(folder);
    },
  };
}

function suite(open: () => Promise<Place>) {
  let place: Place;
  let jobs = 0;
  const more = async (n: number) => {
    await submitToys(place.store, place.objects, jobs, jobs + n);
    jobs += n;
  };
  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place?.close());

  test(`${KILLS} workers killed and ${FREEZES} frozen beyond their lease: each job ends once, with the right result`, async () => {
    const rng = createRng(8);
    const started = Date.now();
    const { store, objects, folder } = place;
    await more(150);
    let kills = 0;
    let freezes = 0;
    // Each worker lives a random while beyond its first claim: some die within a job, some between, some at the commit.
    const crew = hire(bundle.file, WORKERS, place.orders, (child) =>
      setTimeout(() => {
        if (kills >= KILLS) return;
        if (freezes < FREEZES && rng() < 0.12) {
          freezes++;
          child.kill('SIGSTOP');
          setTimeout(() => child.kill('SIGCONT'), TIMES.leaseMs + 200);
          setTimeout(() => child.kill('SIGKILL'), TIMES.leaseMs + 600);
        } else {
          kills++;
          child.kill('SIGKILL');
        }
      }, rng() * LIFE_MS),
    );
    while (kills < KILLS) {
      await pause(100);
      if ((await store.jobs({ state: 'ready' })).length < 30) await more(40);
    }
    await drained(store, 90_000);
    await pause(100);
    await crew.dismiss();
    const { lost, orphans } = await audited(store, objects, folder, join(folder, 'work'), jobs);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    console.info(
      `${kills} kills, ${freezes} freezes, ${jobs} jobs, ${lost} claims lost, ${orphans} orphans swept, ${seconds} s`,
    );
    expect(crew.errors).toEqual([]);
  }, 300_000);

  test('clocks wrong by an hour, by a day and stepping back: no lease is lost', async () => {
    const { store, objects, folder } = place;
    const before = new Set((await store.jobs()).map((j) => j.id));
    await more(40);
    const HOUR = 3600e3;
    const skews = [
      { skewMs: HOUR },
      { skewMs: -24 * HOUR },
      { skewMs: 24 * HOUR, stepMs: -2 * HOUR },
      { skewMs: -HOUR, stepMs: 24 * HOUR },
    ];
    const times = { ...TIMES, leaseMs: 20_000 };
    const crew = hire(bundle.file, 4, (seat) => place.orders(seat, { times, ...skews[seat] }));
    await drained(store, 90_000);
    await crew.dismiss();
    const own = (await store.jobs()).filter((j) => !before.has(j.id));
    expect(own).toHaveLength(40);
    for (const job of own) expect(job.attempt).toBe(1);
    await audited(store, objects, folder, join(folder, 'work'), jobs);
  }, 180_000);
}

describe('SQLite', () => suite(onSqlite));
describe.skipIf(NO_POSTGRES)(`PostgreSQL${NO_POSTGRES ? ` (${NO_POSTGRES})` : ''}`, () => suite(onPostgres));
