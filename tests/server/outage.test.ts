import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { startWorker, type Worker } from '../../src/server/queue/worker.ts';
import { openS3Objects } from '../../src/server/store/objects-s3.ts';
import { openPostgres } from '../../src/server/store/postgres.ts';
import { createStore } from '../../src/server/store/store.ts';
import type { CaseStore, ObjectStore } from '../../src/server/store/types.ts';
import { judged, submitToys } from './chaos-kit.ts';
import { NO_POSTGRES, type Postgres, removeFolder, startPostgres, startS3, temporaryFolder } from './store-kit.ts';
import { TOY } from './toy.ts';

const JOBS = 40;
const OUTAGES = 2;
const TIMES = { leaseMs: 3000, beatMs: 500, pollMs: 100 };
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Stands before an object store and answers a part of all requests with 503, or not at all. */
async function startFaults(target: string, share: number) {
  const rng = createRng(12);
  let faults = 0;
  const { hostname, port } = new URL(target);
  const server = createServer((asked, answer) => {
    if (rng() < share) {
      faults++;
      asked.resume();
      if (rng() < 0.5) answer.destroy();
      else answer.writeHead(503).end();
      return;
    }
    const { method, url, headers } = asked;
    const onward = request({ hostname, port, method, path: url, headers: { ...headers, host: `${hostname}:${port}` } });
    onward.on('response', (r) => {
      answer.writeHead(r.statusCode ?? 500, r.headers);
      r.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: () => faults,
    stop: () => server.close(),
  };
}

describe.skipIf(NO_POSTGRES)(
  `the database and the object store go away${NO_POSTGRES ? ` (${NO_POSTGRES})` : ''}`,
  () => {
    const folder = temporaryFolder();
    let database: Postgres;
    let s3: Awaited<ReturnType<typeof startS3>>;
    let faults: Awaited<ReturnType<typeof startFaults>>;
    let store: CaseStore;
    let objects: ObjectStore;
    const crew: { worker: Worker; store: CaseStore }[] = [];

    beforeAll(async () => {
      database = await startPostgres();
      s3 = await startS3(join(folder, 's3'));
      faults = await startFaults(s3.settings.endpoint!, 0.2);
      store = await createStore(openPostgres(database.url), { backoffMs: 5 });
      objects = await openS3Objects(s3.settings);
    });
    afterAll(async () => {
      for (const { worker, store: own } of crew) {
        await worker.stop(true);
        await own.close();
      }
      await store?.close();
      faults?.stop();
      await s3?.stop();
      await database?.stop();
      removeFolder(folder);
    });

    test(`PostgreSQL killed ${OUTAGES} times, one in five requests to S3 failing: ${JOBS} jobs, 0 wrong, 0 lost`, async () => {
      await submitToys(store, objects, 0, JOBS);
      const said: string[] = [];
      for (let i = 0; i < 3; i++) {
        const own = await createStore(openPostgres(database.url, { connections: 3 }), { backoffMs: 5 });
        const far = await openS3Objects({ ...s3.settings, endpoint: faults.endpoint });
        const worker = startWorker({
          leases: own,
          objects: far,
          kinds: [TOY],
          work: join(folder, 'work'),
          name: `w${i}`,
          times: TIMES,
          wake: (ring) => own.watch(ring),
          onFault: (e) => said.push((e as { code?: string }).code ?? String(e)),
        });
        crew.push({ worker, store: own });
      }
      const open = async () =>
        (await store.jobs({ state: 'ready' })).length + (await store.jobs({ state: 'run' })).length;
      let outages = 0;
      const started = Date.now();
      while ((await open().catch(() => JOBS)) > 0) {
        expect(Date.now() - started).toBeLessThan(90_000);
        await pause(700);
        if (outages >= OUTAGES) continue;
        outages++;
        await database.kill();
        await pause(500);
        await database.start();
      }
      expect(outages).toBeGreaterThan(0);
      expect(faults.faults()).toBeGreaterThan(20);
      console.info(
        `${outages} outages, ${faults.faults()} failed requests, workers said ${said.length} times: ${[...new Set(said)]}`,
      );
      await judged(store, objects, JOBS);
      expect([...new Set(said)].filter((code) => code !== 'store.unavailable')).toEqual([]);
    }, 120_000);
  },
);
