import { describe, expect, test } from 'vitest';
import { openPostgres } from '../../src/server/store/postgres.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { createStore } from '../../src/server/store/store.ts';
import type { CaseStore } from '../../src/server/store/types.ts';
import { BY, NO_POSTGRES, removeFolder, sha, startPostgres, temporaryFolder } from './store-kit.ts';

const JOBS = 400;
const WORKERS = 8;

/** Submits, claims, beats and finishes, each durable and fenced, by eight workers at once. */
async function rateOf(store: CaseStore): Promise<number> {
  const submit = (i: number) => store.submit({ key: sha(i), kind: 'rate', input: { files: [], params: { i } } }, BY);
  await Promise.all(Array.from({ length: JOBS }, (_, i) => submit(i)));
  const waits: number[] = [];
  const started = performance.now();
  const work = async (worker: string) => {
    for (;;) {
      const asked = performance.now();
      const job = await store.claim(worker, 60_000, ['rate']);
      if (!job) return;
      waits.push(performance.now() - asked);
      await store.beat(job, 60_000, 0.5);
      expect(await store.finish(job, [{ path: 'out/a', sha256: sha(7), bytes: 1, mediaType: 'x/y' }])).toBe('done');
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, i) => work(`w${i}`)));
  const seconds = (performance.now() - started) / 1000;
  waits.sort((a, b) => a - b);
  const p99 = waits[Math.floor(0.99 * waits.length)];
  console.info(`${store.kind}: ${Math.round(JOBS / seconds)} durable jobs a second, claim p99 ${Math.round(p99)} ms`);
  expect(waits).toHaveLength(JOBS);
  return JOBS / seconds;
}

describe('jobs a second', () => {
  test('SQLite', async () => {
    const folder = temporaryFolder();
    const store = await createStore(openSqlite(folder));
    // Twenty cases a minute of forty steps each is thirteen a second.
    expect(await rateOf(store)).toBeGreaterThan(13);
    await store.close();
    removeFolder(folder);
  });
  test.skipIf(NO_POSTGRES)(`PostgreSQL${NO_POSTGRES ? ` (${NO_POSTGRES})` : ''}`, async () => {
    const server = await startPostgres();
    const store = await createStore(openPostgres(server.url));
    expect(await rateOf(store)).toBeGreaterThan(13);
    await store.close();
    await server.stop();
  });
});
