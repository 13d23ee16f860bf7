import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { hashPassword } from '../../src/server/auth/passwords.ts';
import { runKind } from '../../src/server/jobs/kinds.ts';
import { startWorker } from '../../src/server/queue/worker.ts';
import { requireSafe } from '../../src/server/start/safety.ts';
import { startServer } from '../../src/server/start/start.ts';
import { openStores, settingsFrom } from '../../src/server/store/open.ts';
import { BY, NO_POSTGRES, type Postgres, removeFolder, startPostgres, startS3, temporaryFolder } from './store-kit.ts';

const ROOT = join(import.meta.dirname, '../..');
const PASSWORD = 'a long enough password';

interface Compose {
  readonly services: Record<
    string,
    { network_mode?: string; ports?: string[]; environment?: Record<string, string>; command?: string[] }
  >;
}

test('docker-compose.yml: one door, no default password, and settings a server accepts', async () => {
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
  const { services } = parse(text) as Compose;
  for (const [name, service] of Object.entries(services)) {
    expect(service.network_mode, name).toBe(name === 'net' ? undefined : 'service:net');
    if (name !== 'net') expect(service.ports, name).toBeUndefined();
    for (const [key, value] of Object.entries(service.environment ?? {}))
      if (/PASSWORD|SECRET/.test(key)) expect(value).toMatch(/^\$\{\w+(:\?[^}]*)?\}$/);
  }
  const wanted = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
  const example = readFileSync(join(ROOT, 'docs/server.env.example'), 'utf8');
  for (const name of wanted) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
  const env = Object.fromEntries(
    Object.entries(services.server.environment!).map(([k, v]) => [k, v.replace(/\$\{\w+\}/g, '4f1c9a')]),
  );
  const folder = temporaryFolder();
  expect(settingsFrom(folder, env)).toMatchObject({ databaseUrl: expect.any(String), s3: { bucket: 'osteon' } });
  const settings = {
    mode: 'server',
    folder,
    host: '127.0.0.1',
    port: 8420,
    pages: join(folder, 'x'),
    peers: {},
  } as const;
  const origin = 'https://osteon.example.org';
  await requireSafe({ ...settings, origin, proxies: ['127.0.0.1'] }, { env, uid: 1000, now: Date.now() });
  removeFolder(folder);
});

describe.skipIf(NO_POSTGRES)(
  `PostgreSQL, S3, two servers and a worker${NO_POSTGRES ? ` (${NO_POSTGRES})` : ''}`,
  () => {
    const folder = temporaryFolder();
    let database: Postgres;
    let s3: Awaited<ReturnType<typeof startS3>>;
    const closing: (() => Promise<unknown>)[] = [];
    let env: Record<string, string>;
    const urls: string[] = [];

    beforeAll(async () => {
      database = await startPostgres();
      s3 = await startS3(join(folder, 's3'));
      env = {
        DATABASE_URL: database.url,
        OSTEON_S3_BUCKET: s3.settings.bucket,
        OSTEON_S3_ENDPOINT: s3.settings.endpoint!,
      };
      process.env.AWS_ACCESS_KEY_ID = s3.settings.credentials!.accessKeyId;
      process.env.AWS_SECRET_ACCESS_KEY = s3.settings.credentials!.secretAccessKey;
      const stores = await openStores(settingsFrom(join(folder, 'first'), env));
      const passwordHash = await hashPassword(PASSWORD);
      await stores.cases.createUser({ name: 'eva', roles: ['engineer', 'admin'], passwordHash }, BY);
      await stores.close();
      for (const name of ['a', 'b']) {
        const server = await startServer({
          mode: 'server',
          folder: join(folder, name),
          host: '127.0.0.1',
          port: 0,
          proxies: [],
          peers: {},
          pages: join(folder, 'pages'),
          version: 'test',
          argv: [process.execPath, join(ROOT, 'bin/osteon.mjs')],
          workers: 0,
          demo: false,
          machine: { env, uid: process.getuid?.(), now: Date.now() },
          say: () => undefined,
        });
        urls.push(server.url);
        closing.push(server.close);
      }
    });
    afterAll(async () => {
      for (const close of closing.reverse()) await close();
      await s3?.stop();
      await database?.stop();
      delete process.env.AWS_ACCESS_KEY_ID;
      delete process.env.AWS_SECRET_ACCESS_KEY;
      removeFolder(folder);
    });

    test('what one server is told the other knows, and a worker of its own does what both ask for, once', async () => {
      const signIn = await fetch(`${urls[0]}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: urls[0] },
        body: JSON.stringify({ name: 'eva', password: PASSWORD }),
      });
      expect(signIn.status).toBe(200);
      const { csrf } = (await signIn.json()) as { csrf: string };
      const token = /=([^;]+)/.exec(signIn.headers.get('set-cookie') ?? '')![1];
      const call = async (server: number, method: string, path: string, body?: object) => {
        const cookie = `osteon-${new URL(urls[server]).port}=${token}`;
        const type = body && { 'content-type': 'application/json' };
        const headers = { cookie, 'x-csrf-token': csrf, origin: urls[server], ...type };
        const answer = await fetch(`${urls[server]}/api/v1${path}`, {
          method,
          headers,
          ...(body && { body: JSON.stringify(body) }),
        });
        return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
      };
      const made = await call(0, 'POST', '/cases', { label: 'Two servers' });
      expect(made.status).toBeLessThan(300);
      const id = String(made.json.id);
      expect((await call(1, 'GET', `/cases/${id}`)).json).toMatchObject({ label: 'Two servers' });

      const stores = await openStores(settingsFrom(join(folder, 'worker'), env));
      closing.push(stores.close);
      const { cases, objects } = stores;
      const { revision } = (await cases.case(id))!;
      const slice = await objects.put(Buffer.from('not a slice'));
      const file = { path: 'scan/dicom/00001.dcm', ...slice, mediaType: 'application/dicom' };
      await cases.addArtefacts(id, revision, [file], BY);
      const document =
        'osteon: 1\nprocedure: total-talus-replacement\nscan: ./dicom\naffectedSide: left\nmaterial: Ti-6Al-4V ELI\nbodyMassKg: 80\n';
      const put = { document, ifRevision: revision, command: null, message: 'decided' };
      expect((await call(1, 'PUT', `/cases/${id}/document`, put)).json).toMatchObject({ revision: revision + 1 });
      expect((await call(0, 'PUT', `/cases/${id}/document`, put)).status).toBe(409);

      const asked = await Promise.all([0, 1, 0, 1].map((server) => call(server, 'POST', `/cases/${id}/run`)));
      expect(asked.map((a) => a.status)).toEqual([202, 202, 202, 202]);
      expect(new Set(asked.map((a) => a.json.id)).size).toBe(1);
      const argv = [process.execPath, join(ROOT, 'bin/osteon.mjs')] as const;
      const worker = startWorker({
        leases: cases,
        objects,
        kinds: [runKind({ argv: [...argv], cache: join(folder, 'cache') })],
        work: stores.work,
        times: { pollMs: 100 },
      });
      // The slice is none, and both servers say so in the words of the command line.
      for (const server of [0, 1])
        await expect
          .poll(async () => JSON.stringify((await call(server, 'GET', `/cases/${id}/jobs`)).json), { timeout: 40_000 })
          .toContain('dicom.');
      await worker.stop();
      const rows = await cases.auditRows({ caseId: id, limit: 1000 });
      expect(rows.filter((r) => r.action === 'job.submit')).toHaveLength(1);
      expect(rows.filter((r) => r.action === 'job.failed')).toHaveLength(1);
    });
  },
);
