import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/server/store/postgres.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { createStore } from '../../src/server/store/store.ts';
import type { CaseStore } from '../../src/server/store/types.ts';
import { casesContract } from './contract/cases.ts';
import { jobsContract } from './contract/jobs.ts';
import { makeKit } from './contract/kit.ts';
import { peopleContract } from './contract/people.ts';
import { trailContract } from './contract/trail.ts';
import { NO_POSTGRES, type Postgres, removeFolder, startPostgres, temporaryFolder } from './store-kit.ts';

const BACKOFF = { backoffMs: 400 };
const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Everything a case store promises; each kind must keep all of it. */
function contract(opened: () => CaseStore) {
  const kit = makeKit(opened, wait);
  peopleContract(kit);
  casesContract(kit);
  jobsContract(kit);
  trailContract(kit);
}

describe('SQLite', () => {
  const folder = temporaryFolder();
  let store: CaseStore;
  afterAll(async () => {
    await store.close();
    removeFolder(folder);
  });
  beforeAll(async () => {
    store = await createStore(openSqlite(folder), BACKOFF);
  });
  contract(() => store);
});

describe.skipIf(NO_POSTGRES)(`PostgreSQL${NO_POSTGRES ? ` (${NO_POSTGRES})` : ''}`, () => {
  let server: Postgres;
  let store: CaseStore;
  beforeAll(async () => {
    server = await startPostgres();
    store = await createStore(openPostgres(server.url), BACKOFF);
  });
  afterAll(async () => {
    await store?.close();
    await server?.stop();
  });
  contract(() => store);

  test('flushes before it answers', async () => {
    const client = new pg.Client(server.url);
    await client.connect();
    const { rows } = await client.query("select current_setting('fsync') f, current_setting('synchronous_commit') s");
    await client.end();
    expect(rows).toEqual([{ f: 'on', s: 'on' }]);
  });
});
