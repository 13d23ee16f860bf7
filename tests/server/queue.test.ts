import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { verifyAudit } from '../../src/server/audit/verify.ts';
import { runChild } from '../../src/server/queue/child.ts';
import { type JobKind, outcomeOf } from '../../src/server/queue/kinds.ts';
import { connectLeases, serveLeases } from '../../src/server/queue/remote.ts';
import { startWorker, type WorkerOptions } from '../../src/server/queue/worker.ts';
import { openFolderObjects } from '../../src/server/store/objects-folder.ts';
import { openPostgres } from '../../src/server/store/postgres.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { createStore } from '../../src/server/store/store.ts';
import type { CaseStore, Job, NewJob, ObjectStore } from '../../src/server/store/types.ts';
import { BY, NO_POSTGRES, type Postgres, removeFolder, sha, startPostgres, temporaryFolder } from './store-kit.ts';

const TIMES = { leaseMs: 5000, beatMs: 100, pollMs: 20 };
const shell = (name: string, script: string, more: Partial<JobKind> = {}): JobKind => ({
  name,
  command: () => ({ file: '/bin/sh', args: ['-c', script] }),
  outputs: ['out'],
  timeoutMs: 20_000,
  ...more,
});

function suite(openStore: (folder: string) => Promise<CaseStore>) {
  const folder = temporaryFolder();
  const work = join(folder, 'work');
  let store: CaseStore;
  let objects: ObjectStore;
  let serial = 0;
  beforeAll(async () => {
    store = await openStore(folder);
    objects = await openFolderObjects(folder);
  });
  afterAll(async () => {
    await store?.close();
    removeFolder(folder);
  });

  const wanted = (kind: string, more: Partial<NewJob> = {}): NewJob => ({
    key: sha(++serial),
    kind,
    input: { files: [], params: {} },
    ...more,
  });
  /** Runs workers until the job is over. */
  async function done(job: NewJob, kinds: readonly JobKind[], more: Partial<WorkerOptions> = {}): Promise<Job> {
    const { id } = (await store.submit(job, BY)).job;
    const worker = startWorker({ leases: store, objects, kinds, work, times: TIMES, ...more });
    const over = async () => !['ready', 'run'].includes((await store.job(id))!.state);
    await expect.poll(over, { timeout: 15_000, interval: 20 }).toBe(true);
    await worker.stop();
    expect(readdirSync(work)).toEqual([]);
    return (await store.job(id))!;
  }
  const textOf = async (job: Job, path: string) => {
    const file = (await store.outputs(job.id)).find((o) => o.path === path);
    return file && Buffer.from(await objects.get(file.sha256)).toString();
  };

  test('input files are laid out, output files are stored, hidden ones are not', async () => {
    const { sha256 } = await objects.put(Buffer.from('in\n'));
    const files = [{ path: 'dicom/00001.dcm', sha256 }];
    const kind = shell('copy', 'mkdir -p out/a out/.cache; cp dicom/00001.dcm out/a/b.txt; echo x > out/.cache/c');
    const job = await done(wanted('copy', { input: { files, params: {} } }), [kind]);
    expect(job.state).toBe('done');
    expect((await store.outputs(job.id)).map((o) => [o.path, o.mediaType])).toEqual([['out/a/b.txt', 'text/plain']]);
    expect(await textOf(job, 'out/a/b.txt')).toBe('in\n');
  });

  test('1,000 requests at once are one run, one result, 1,000 equal answers', async () => {
    const runs = join(folder, 'runs');
    mkdirSync(runs);
    const job = wanted('once');
    const worker = startWorker({
      leases: store,
      objects,
      kinds: [shell('once', `mktemp -p ${runs} > /dev/null; mkdir out; echo 42 > out/answer`)],
      work,
      times: TIMES,
    });
    const answers = await Promise.all(Array.from({ length: 1000 }, () => store.submit(job, BY)));
    expect(answers.filter((a) => a.created)).toHaveLength(1);
    const ids = new Set(answers.map((a) => a.job.id));
    expect(ids.size).toBe(1);
    const [id] = ids;
    await expect.poll(async () => (await store.job(id))?.state, { timeout: 15_000 }).toBe('done');
    const results = await Promise.all(answers.map(async (a) => (await store.job(a.job.id))?.resultHash));
    expect(new Set(results).size).toBe(1);
    expect((await store.submit(job, BY)).created).toBe(false);
    await worker.stop();
    expect(readdirSync(runs)).toHaveLength(1);
    expect(await store.outputs(id)).toHaveLength(1);
  });

  test('a job run twice does no harm: same objects, same hash, one commit', async () => {
    const kind = shell('twice', 'mkdir out; echo made > out/file');
    const first = await done(wanted('twice'), [kind]);
    const before = await listed(objects);
    // Both workers hold what they think is the job; the second one's lease has run out in between.
    const { id } = (await store.submit(wanted('twice'), BY)).job;
    const slow = (await store.claim('slow', 1, ['twice']))!;
    await new Promise((d) => setTimeout(d, 10));
    const fast = (await store.claim('fast', 5000, ['twice']))!;
    const made = await store.outputs(first.id);
    expect(await Promise.all([store.finish(fast, made), store.finish(slow, made)])).toEqual(['done', 'lost']);
    expect(await store.job(id)).toMatchObject({ state: 'done', resultHash: first.resultHash, attempt: 2 });
    expect(await listed(objects)).toEqual(before);
    const rows = await store.auditRows({ limit: 1e6 });
    expect(rows.filter((r) => r.subject === `job/${id}` && r.action === 'job.done')).toHaveLength(1);
  });

  test('500 late words of workers that were replaced: none is heard', async () => {
    const rng = createRng(9);
    const stale = [{ path: 'stale', sha256: sha(1), bytes: 1, mediaType: 'text/plain' }];
    const good = [{ path: 'good', sha256: sha(2), bytes: 1, mediaType: 'text/plain' }];
    const round = async (n: number): Promise<number> => {
      const kind = `late-${n % 50}`;
      await store.submit(wanted(kind, { maxTries: 100 }), BY);
      const late = (await store.claim('late', 1, [kind]))!;
      await new Promise((d) => setTimeout(d, 5));
      const next = (await store.claim('next', 60_000, [kind]))!;
      const word = [
        () => store.finish(late, stale),
        () => store.fail(late, { code: 'late', message: '' }, true),
        () => store.fail(late, { code: 'late', message: '' }, false),
        () => store.beat(late, 60_000, 1),
      ][n % 4];
      const [said] = await Promise.all(
        rng() < 0.5 ? [word(), store.finish(next, good)] : [store.finish(next, good).then(word)],
      );
      const job = (await store.job(next.id))!;
      expect(job).toMatchObject({ state: 'done', worker: 'next' });
      expect(await store.outputs(next.id)).toEqual(good);
      return said === 'lost' ? 0 : 1;
    };
    let heard = 0;
    for (let at = 0; at < 500; at += 50) {
      const some = await Promise.all(Array.from({ length: 50 }, (_, i) => round(at + i)));
      heard += some.reduce((a, b) => a + b, 0);
    }
    expect(heard).toBe(0);
  });

  test('a refusal is told in the words of the program and not tried again', async () => {
    const answer = JSON.stringify({
      error: {
        code: 'case.value',
        text: 'a value that is not allowed',
        hint: 'Use mm',
        facts: { key: 'screws.2', path: '/home/jane-doe/case.yaml' },
      },
    });
    const job = await done(wanted('refuse'), [shell('refuse', `echo '${answer}'; exit 3`)]);
    expect(job).toMatchObject({ state: 'failed', tries: 1 });
    expect(job.error).toEqual({ code: 'case.value', message: 'a value that is not allowed (key screws.2). Use mm' });
  });

  test('a crash is tried again, three times, and then set aside', async () => {
    const job = await done(wanted('crash'), [shell('crash', 'kill -9 $$')]);
    expect(job).toMatchObject({ state: 'quarantined', tries: 3, error: { code: 'job.crashed' } });
  });

  test('an input that is damaged or absent is a failure that names it', async () => {
    const gone = { files: [{ path: 'a', sha256: sha(77) }], params: {} };
    expect(await done(wanted('x', { input: gone }), [shell('x', 'true')])).toMatchObject({
      state: 'failed',
      error: { code: 'store.not-found' },
    });
    const out = { files: [{ path: '../a', sha256: sha(77) }], params: {} };
    expect(await done(wanted('y', { input: out }), [shell('y', 'true')])).toMatchObject({
      state: 'failed',
      error: { code: 'case.value' },
    });
  });

  test('progress is heard, a cancel ends the program and what it started', async () => {
    const kind = shell('long', `echo '{"progress":0.25,"label":"bones"}' >&2; sleep 60 & sleep 61`);
    const { id } = (await store.submit(wanted('long'), BY)).job;
    const worker = startWorker({ leases: store, objects, kinds: [kind], work, times: TIMES });
    await expect
      .poll(() => store.job(id), { timeout: 10_000 })
      .toMatchObject({ state: 'run', progress: 0.25, label: 'bones' });
    const asked = Date.now();
    await store.cancel(id, BY);
    await expect.poll(async () => (await store.job(id))?.state, { timeout: 10_000 }).toBe('cancelled');
    expect(Date.now() - asked).toBeLessThan(9000);
    await worker.stop();
    expect(readdirSync(work)).toEqual([]);
  });

  test('a program that takes too long is ended', async () => {
    const kind = shell('slow', 'sleep 60', { timeoutMs: 100 });
    const job = await done(wanted('slow', { maxTries: 1 }), [kind]);
    expect(job).toMatchObject({ state: 'quarantined', error: { message: 'it took longer than allowed' } });
  });

  test('a worker that stops now gives its job back', async () => {
    const kind = shell('back', 'sleep 60');
    const { id } = (await store.submit(wanted('back'), BY)).job;
    const worker = startWorker({ leases: store, objects, kinds: [kind], work, times: TIMES });
    await expect.poll(async () => (await store.job(id))?.state, { timeout: 10_000 }).toBe('run');
    await worker.stop(true);
    expect(await store.job(id)).toMatchObject({ state: 'ready' });
    await store.cancel(id, BY);
  });

  test('over HTTP it is the same, and nobody gets in without the token', async () => {
    const token = 'x'.repeat(32);
    const server = await serveLeases(store, objects, token);
    const { leases, objects: far } = connectLeases(server.url, token);
    const { sha256 } = await objects.put(Buffer.from('far\n'));
    const input = { files: [{ path: 'a', sha256 }], params: {} };
    const job = await done(wanted('far', { input }), [shell('far', 'mkdir out; cp a out/b')], { leases, objects: far });
    expect(await textOf(job, 'out/b')).toBe('far\n');
    const thief = connectLeases(server.url, 'y'.repeat(32));
    await expect(thief.leases.claim('t', 1000)).rejects.toMatchObject({ code: 'store.settings' });
    await expect(thief.objects.put(Buffer.from('x'))).rejects.toMatchObject({ code: 'store.settings' });
    expect((await fetch(`${server.url}/__proto__`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
      404,
    );
    await server.close();
    await expect(leases.claim('w', 1000)).rejects.toMatchObject({ code: 'store.unavailable' });
  });
}

async function listed(objects: ObjectStore): Promise<string[]> {
  const found = [];
  for await (const { sha256 } of objects.list()) found.push(sha256);
  return found.sort();
}

const BACKOFF = { backoffMs: 20 };
describe('SQLite', () => suite((folder) => createStore(openSqlite(folder), BACKOFF)));
describe.skipIf(NO_POSTGRES)(`PostgreSQL${NO_POSTGRES ? ` (${NO_POSTGRES})` : ''}`, () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());
  suite(() => createStore(openPostgres(server.url), BACKOFF));

  test('offers are kept by pg-boss, none is left when all is done, and a job whose offer got lost is found', async () => {
    const store = await createStore(openPostgres(server.url), BACKOFF);
    const client = new pg.Client(server.url);
    await client.connect();
    const offers = async () =>
      (await client.query("select id from pgboss.job where name = 'offered 13f2'")).rows.length;
    const ask = (key: string) => store.submit({ key, kind: 'offered 13f2', input: { files: [], params: {} } }, BY);
    const { job } = await ask('offer 1');
    expect(await offers()).toBe(1);
    expect((await store.claim('w', 60_000, ['offered 13f2']))?.id).toBe(job.id);
    expect(await offers()).toBe(0);
    const lost = await ask('offer 2');
    await client.query("delete from pgboss.job where name = 'offered 13f2'");
    expect(await store.claim('w', 60_000, ['offered 13f2'])).toBeUndefined();
    await client.query("update jobs set run_at = run_at - 61000 where key = 'offer 2'");
    expect((await store.claim('w', 60_000, ['offered 13f2']))?.id).toBe(lost.job.id);
    await client.end();
    await store.close();
  });

  test('a database that is killed and comes back: waiting questions are refused by name, later ones answered', async () => {
    const store = await createStore(openPostgres(server.url), BACKOFF);
    const made = await store.createCase({ label: 'C', procedure: 'p' }, BY);
    await server.kill();
    await expect(store.case(made.id)).rejects.toMatchObject({ code: 'store.unavailable' });
    await expect(store.audit({ action: 'x', subject: 'y' }, BY)).rejects.toMatchObject({ code: 'store.unavailable' });
    await server.start();
    expect(await store.case(made.id)).toEqual(made);
    await store.close();
  });
});

test('a database whose clock is set back by a day, and ahead by one: leases of the dead end, those of the living stay', async () => {
  const folder = temporaryFolder();
  let now = 2e12;
  const store = await createStore(openSqlite(folder, { clock: () => now }));
  const ask = (key: string) => store.submit({ key, kind: 'x', input: { files: [], params: {} } }, BY);
  await ask('dead');
  now += 10;
  await ask('living');
  const dead = (await store.claim('dead', 60_000))!;
  const living = (await store.claim('living', 60_000))!;
  now -= 24 * 3600e3;
  await store.boundLeases();
  now += 15_000;
  expect(await store.beat(living, 60_000)).toBe('held');
  now += 50_000;
  expect((await store.claim('next', 60_000))?.id).toBe(dead.id);
  expect(await store.claim('next', 60_000)).toBeUndefined();
  expect(await store.finish(dead, [])).toBe('lost');
  expect(await store.finish(living, [])).toBe('done');
  // Ahead: the lease seems over. The work is done twice, the result is committed once.
  await ask('twice');
  const first = (await store.claim('first', 60_000))!;
  now += 24 * 3600e3;
  const second = (await store.claim('second', 60_000, undefined))!;
  expect(await Promise.all([store.finish(second, []), store.finish(first, [])])).toContain('lost');
  const { faults, clockSteps } = await verifyAudit(store);
  expect(faults).toEqual([]);
  expect(clockSteps).toHaveLength(1);
  await store.close();
  removeFolder(folder);
});

test('a child knows no password of its parent and ends when the channel closes', async () => {
  process.env.DATABASE_URL = 'postgres://secret';
  const folder = temporaryFolder();
  const options = { folder, timeoutMs: 10_000, onProgress: () => undefined, signal: new AbortController().signal };
  const said = await runChild({ file: '/bin/sh', args: ['-c', 'env'] }, options);
  delete process.env.DATABASE_URL;
  expect(said.out).not.toContain('secret');
  const absent = await runChild({ file: '/no/such/program', args: [] }, options);
  expect(outcomeOf(absent)).toMatchObject({ retry: true, error: { code: 'job.crashed' } });
  removeFolder(folder);
});
