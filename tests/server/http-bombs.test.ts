import { readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../src/server/start/start.ts';
import { ROOT } from '../cli/cli-kit.ts';
import { sliceBytes } from '../dicom-kit.ts';
import { allBombs, type Bomb, zipOf } from './bombs.ts';
import { removeFolder, temporaryFolder } from './store-kit.ts';

// The real server with its real child processes; what they need is read from the system while they run.

const folder = temporaryFolder();
const bombs = allBombs();
let server: Awaited<ReturnType<typeof startServer>>;
let headers: Record<string, string>;
const said: string[] = [];

beforeAll(async () => {
  server = await startServer({
    mode: 'local',
    folder: join(folder, 'data'),
    host: '127.0.0.1',
    port: 0,
    proxies: [],
    peers: {},
    pages: join(folder, 'pages'),
    version: 'test',
    argv: [process.execPath, join(ROOT, 'bin/osteon.mjs')],
    workers: 0,
    demo: false,
    machine: { env: {}, uid: process.getuid?.(), now: Date.now() },
    say: (line) => said.push(line),
  });
  const { cookie, csrf } = JSON.parse(readFileSync(join(folder, 'data', 'local.json'), 'utf8'));
  headers = { cookie, 'x-csrf-token': csrf };
}, 120_000);
afterAll(async () => {
  await server?.close();
  removeFolder(folder);
}, 60_000);

const api = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}/api/v1${path}`, { ...init, headers: { ...headers, ...(init.headers as object) } });
const newCase = async (): Promise<string> => {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"label":"x"}' };
  return ((await (await api('/cases', init)).json()) as { id: string }).id;
};
const send = (id: string, { type, body, headers: more }: Bomb) =>
  type === 'application/json'
    ? api('/cases', { method: 'POST', headers: { 'content-type': type, ...more }, body: Buffer.from(body) })
    : api(`/cases/${id}/scan`, { method: 'PUT', headers: { 'content-type': type, ...more }, body: Buffer.from(body) });

interface Job {
  readonly state: string;
  readonly error: { readonly code: string } | null;
}
async function ended(id: string): Promise<Job> {
  for (;;) {
    const [job] = (await (await api(`/cases/${id}/jobs`)).json()) as Job[];
    if (job.state !== 'ready' && job.state !== 'run') return job;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Most memory and processor time of any program started from here, where the system tells. */
function watchChildren() {
  let mostBytes = 0;
  let seconds = 0;
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (Number(fields[1]) !== process.pid) continue;
        seconds = Math.max(seconds, (Number(fields[11]) + Number(fields[12])) / 100);
        const high = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
        mostBytes = Math.max(mostBytes, 1024 * Number(high?.[1] ?? 0));
      } catch {
        // It has ended meanwhile.
      }
  };
  const timer = process.platform === 'linux' ? setInterval(look, 25) : undefined;
  return () => {
    clearInterval(timer);
    return { mostBytes, seconds };
  };
}

const sizeOf = (path: string): number =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .reduce((n, e) => n + (statSync(join(e.parentPath, e.name), { throwIfNoEntry: false })?.size ?? 0), 0);

test('60 bombs are tried; those inside DICOM files are in tests/property/dicom-hostile', () => {
  expect(bombs.length + LIES.length).toBeGreaterThanOrEqual(60);
});

describe('at the door', () => {
  const before = process.memoryUsage().rss;
  test.each(bombs.filter((b) => b.at === 'door').map((b) => [b.name, b] as const))('%s', async (_, bomb) => {
    const id = await newCase();
    const start = performance.now();
    const response = await send(id, bomb);
    const { code } = (await response.json()) as { code: string };
    expect(performance.now() - start).toBeLessThan(2000);
    expect([400, 413, 415, 422]).toContain(response.status);
    expect(code).toMatch(/^(io\.(limit|format)|http\.(limit|body|type))$/);
    expect(readdirSync(join(folder, 'data/vault/incoming'))).toEqual([]);
    expect((await (await api(`/cases/${id}/jobs`)).json()) as unknown[]).toEqual([]);
  });
  test('none of them has left more than 200 MB in memory', () => {
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});

/** Requests whose length is a lie, written by hand: nothing tidies them. */
const LIES: readonly (readonly [string, string, string])[] = [
  ['a length of 10^18', 'Content-Length: 1000000000000000000', 'x'],
  ['a length of nine gigabytes', 'Content-Length: 9663676416', 'x'],
  ['a negative length', 'Content-Length: -1', 'x'],
  ['two lengths', 'Content-Length: 5\r\nContent-Length: 6', 'xxxxx'],
  ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', '5\r\nxxxxx\r\n0\r\n\r\n'],
  ['a length that is not reached', 'Content-Length: 100000', 'x'],
  ['a chunk of 2^64', 'Transfer-Encoding: chunked', 'ffffffffffffffff\r\nx'],
];

describe('lengths', () => {
  test.each(LIES)('%s', async (_, lines, body) => {
    const id = await newCase();
    const { hostname, port, host } = new URL(server.url);
    const own = `Cookie: ${headers.cookie}\r\nX-CSRF-Token: ${headers['x-csrf-token']}`;
    const text = await new Promise<string>((done) => {
      let all = '';
      const socket = net.connect(Number(port), hostname, () =>
        socket.end(
          `PUT /api/v1/cases/${id}/scan HTTP/1.1\r\nHost: ${host}\r\n${own}\r\nContent-Type: application/dicom\r\n${lines}\r\n\r\n${body}`,
        ),
      );
      socket
        .on('data', (d) => (all += d))
        .on('close', () => done(all))
        .on('error', () => done(all));
    });
    expect(text === '' || /^HTTP\/1\.1 (400|408|413)/.test(text), text.slice(0, 200)).toBe(true);
    await new Promise((done) => setTimeout(done, 50));
    expect(readdirSync(join(folder, 'data/vault/incoming'))).toEqual([]);
    expect((await (await api(`/cases/${id}/jobs`)).json()) as unknown[]).toEqual([]);
  });
});

describe('inside', () => {
  let usual: { mostBytes: number; seconds: number };

  test('a scan that is one is taken in, and its bytes leave the door', async () => {
    const slices = [1, 2, 3, 4].map((number) => sliceBytes({ number, rows: 16, columns: 16 }));
    const id = await newCase();
    const watched = watchChildren();
    const body = zipOf(slices.map((s) => ({ packed: deflateRawSync(s), claims: s.length })));
    expect((await send(id, { name: '', type: 'application/zip', body, at: 'inside' })).status).toBe(202);
    expect(await ended(id)).toMatchObject({ state: 'done', error: null });
    usual = watched();
    const volume = (await (await api(`/cases/${id}/volume`)).json()) as { size: number[] };
    expect(volume.size).toEqual([16, 16, 4]);
    await new Promise((done) => setTimeout(done, 100));
    expect(readdirSync(join(folder, 'data/vault/incoming'))).toEqual([]);
  }, 60_000);

  test.each(bombs.filter((b) => b.at === 'inside').map((b) => [b.name, b] as const))(
    '%s',
    async (_, bomb) => {
      const stored = sizeOf(join(folder, 'data'));
      const id = await newCase();
      const watched = watchChildren();
      expect((await send(id, bomb)).status).toBe(202);
      const job = await ended(id);
      const { mostBytes, seconds } = watched();
      expect(job.state).toBe('failed');
      expect(job.error?.code).toMatch(/^(io|dicom)\./);
      expect(mostBytes - usual.mostBytes).toBeLessThan(200e6);
      expect(seconds - usual.seconds).toBeLessThan(2);
      await new Promise((done) => setTimeout(done, 100));
      expect(readdirSync(join(folder, 'data/vault/incoming'))).toEqual([]);
      expect(sizeOf(join(folder, 'data')) - stored).toBeLessThan(64e6);
    },
    60_000,
  );

  test('nothing of all this was a fault of the server', () => {
    expect(said).toEqual([]);
  });
});
