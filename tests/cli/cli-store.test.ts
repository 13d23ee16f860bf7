import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, test } from 'vitest';
import { openStores } from '../../src/server/index.ts';
import { serveLeases } from '../../src/server/queue/remote.ts';
import { program, ROOT } from './cli-kit.ts';

const BY = { id: 'u', name: 'U' };
const { json, osteon, path } = program();

test('audit verify: whole, also beside the server that has it open; then an edited row and a damaged object, by name', async () => {
  const folder = path('store');
  const stores = await openStores({ folder });
  const { id } = await stores.cases.createCase({ label: 'C', procedure: 'p' }, BY);
  const { sha256 } = await stores.objects.put(Buffer.from('document'));
  await stores.cases.commit(id, { ifRevision: 0, documentSha256: sha256, message: 'm', command: null }, BY);
  const whole = await json('audit', 'verify', '--data', folder, '--objects');
  expect(whole.code).toBe(0);
  expect(whole.document).toMatchObject({ verdict: 'pass', rows: 2, faults: [], objects: { objects: 1, damaged: [] } });
  const head = `${whole.document.head.seq}:${whole.document.head.hash}`;
  await stores.objects.remove(sha256);
  await stores.close();

  const db = new Database(join(folder, 'osteon.db'));
  db.exec(`update audit set actor_name = 'Somebody else' where seq = 1`);
  db.close();
  const broken = await json('audit', 'verify', '--data', folder, '--objects', '--head', head);
  expect(broken.code).toBe(1);
  expect(broken.document.findings).toMatchObject([
    { level: 'blocker', code: 'audit.broken', facts: { row: 1, kind: 'edited' } },
    { level: 'blocker', code: 'store.missing', facts: { object: sha256 } },
  ]);
});

test('audit verify: no store, or a head that is none, is said in one line', async () => {
  expect(await json('audit', 'verify', '--data', path('nothing'))).toMatchObject({
    code: 3,
    document: { error: { code: 'store.not-found' } },
  });
  expect((await osteon('audit', 'verify', '--head', '5')).code).toBe(2);
});

test('a worker of another process takes a case from the server, refuses it in the words of the command line, and ends', async () => {
  const stores = await openStores({ folder: path('served') });
  const token = 'a token of more than thirty-two characters';
  const server = await serveLeases(stores.cases, stores.objects, token);
  const { sha256 } = await stores.objects.put(Buffer.from('osteon: 1\nscan: ./dicom\nsurprise: 1\n'));
  const files = [{ path: 'case.yaml', sha256 }];
  const input = { files, params: { cache: '0'.repeat(32) } };
  const { job } = await stores.cases.submit({ key: 'k', kind: 'run', input }, BY);
  expect((await osteon('worker', '--data', path('w'))).code).toBe(2);
  const child: ChildProcess = spawn(
    process.execPath,
    [join(ROOT, 'bin/osteon.mjs'), 'worker', '--server', server.url, '--data', path('w')],
    { env: { ...process.env, OSTEON_WORKER_TOKEN: token }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = new Promise((done) => child.once('exit', done));
  await expect
    .poll(() => stores.cases.job(job.id), { timeout: 30_000, interval: 100 })
    .toMatchObject({ state: 'failed', error: { code: 'case.unknown-key' } });
  child.kill('SIGTERM');
  await gone;
  await server.close();
  await stores.close();
});

test('a step ends with the process that started it', async () => {
  const args = [join(ROOT, 'bin/osteon.mjs'), 'intake', '--demo', '-o', path('left'), '--vault', path('vault.json')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  await new Promise((done) => setTimeout(done, 2500));
  expect(child.exitCode).toBeNull();
  child.disconnect();
  expect(await ended).toBe(130);
  expect(existsSync(path('left'))).toBe(false);
});
