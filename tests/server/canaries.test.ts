import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewElements } from '../../src/dicom/index.ts';
import { framedHead } from '../../src/server/client/index.ts';
import { startServer } from '../../src/server/start/start.ts';
import { ROOT } from '../cli/cli-kit.ts';
import { sliceBytes } from '../dicom-kit.ts';
import { zipOf } from './bombs.ts';
import { removeFolder, temporaryFolder } from './store-kit.ts';

// Forty marks where a patient's name may stand, through the whole chain: after it they are in the vault and nowhere else.

let made = 0;
const canary = () => `CANARY${String(++made).padStart(2, '0')}X`;
/** Text attributes that carry names, places, numbers and notes; the last ones nobody has a table for. */
const TEXTS: readonly (readonly [tag: number, vr: string])[] = [
  [0x0008_0050, 'SH'],
  [0x0008_0080, 'LO'],
  [0x0008_0081, 'ST'],
  [0x0008_0090, 'PN'],
  [0x0008_1010, 'SH'],
  [0x0008_1030, 'LO'],
  [0x0008_103e, 'LO'],
  [0x0008_1040, 'LO'],
  [0x0008_1048, 'PN'],
  [0x0008_1050, 'PN'],
  [0x0008_1070, 'PN'],
  [0x0008_1080, 'LO'],
  [0x0010_0010, 'PN'],
  [0x0010_0020, 'LO'],
  [0x0010_1000, 'LO'],
  [0x0010_1001, 'PN'],
  [0x0010_1040, 'LO'],
  [0x0010_2154, 'SH'],
  [0x0010_2180, 'SH'],
  [0x0010_21b0, 'LT'],
  [0x0010_4000, 'LT'],
  [0x0018_1000, 'LO'],
  [0x0018_1030, 'LO'],
  [0x0020_0010, 'SH'],
  [0x0020_4000, 'LT'],
  [0x0032_1032, 'PN'],
  [0x0032_1060, 'LO'],
  [0x0038_0300, 'LO'],
  [0x0040_0254, 'LO'],
  [0x0040_1001, 'SH'],
  [0x0009_0010, 'LO'],
  [0x0009_1001, 'LO'],
  [0x0029_1010, 'UN'],
  [0x4008_0114, 'PN'],
];
const TAGGED: NewElements = TEXTS.map(([tag, vr]) => [tag, vr, vr === 'UN' ? Buffer.from(canary()) : canary()]);
const [FILE, ENTRY, FOLDER, PREAMBLE, TRAILER, BROKEN] = Array.from({ length: 6 }, canary);

const folder = temporaryFolder();
const data = join(folder, 'data');
const said: string[] = [];
const answers: string[] = [];
let server: Awaited<ReturnType<typeof startServer>>;
let headers: Record<string, string>;

beforeAll(async () => {
  server = await startServer({
    mode: 'local',
    folder: data,
    host: '127.0.0.1',
    port: 0,
    proxies: [],
    peers: {},
    pages: join(folder, 'pages'),
    version: 'test',
    argv: [process.execPath, join(ROOT, 'bin/osteon.mjs')],
    workers: 1,
    demo: false,
    machine: { env: {}, uid: process.getuid?.(), now: Date.now() },
    say: (line) => said.push(line),
  });
  const { cookie, csrf } = JSON.parse(readFileSync(join(data, 'local.json'), 'utf8'));
  headers = { cookie, 'x-csrf-token': csrf };
}, 120_000);
afterAll(async () => {
  await server?.close();
  removeFolder(folder);
}, 60_000);

async function api(path: string, init: RequestInit = {}) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    ...init,
    headers: { ...headers, ...(init.headers as object) },
  });
  const text = await response.text();
  answers.push(text, JSON.stringify([...response.headers]));
  return { status: response.status, json: text ? JSON.parse(text) : undefined };
}
async function take(type: string, body: Uint8Array) {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"label":"A-1"}' };
  const { id } = (await api('/cases', init)).json;
  const sent = await api(`/cases/${id}/scan`, {
    method: 'PUT',
    headers: { 'content-type': type },
    body: Buffer.from(body),
  });
  for (;;) {
    const [job] = (await api(`/cases/${id}/jobs`)).json;
    if (!job || (job.state !== 'ready' && job.state !== 'run')) return { id: id as string, sent, job };
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Files below the data folder that hold a mark, and the mark. */
const found = (apart: (path: string) => boolean) =>
  readdirSync(data, { recursive: true, withFileTypes: true })
    .map((e) => ({ name: join(e.parentPath, e.name).slice(data.length + 1), isFile: e.isFile() }))
    .filter(({ name }) => apart(name))
    .flatMap(({ name, isFile }) => {
      const text = name + (isFile ? readFileSync(join(data, name), 'latin1') : '');
      return [...text.matchAll(/CANARY\d\dX/g)].map(([mark]) => `${name}: ${mark}`);
    });

const slices = [1, 2, 3, 4].map((number) => {
  const bytes = sliceBytes({ number, rows: 16, columns: 16, set: TAGGED });
  bytes.set(Buffer.from(PREAMBLE));
  return Buffer.concat([
    bytes,
    Buffer.from([0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 10, 0, 0, 0]),
    Buffer.from(`${TRAILER} `),
  ]);
});

test('40 marks in tags, names, paths, beginnings and ends: in the vault, and nowhere else', async () => {
  expect(made).toBe(40);
  const framed = await take(
    'application/vnd.osteon.files',
    Buffer.concat(slices.flatMap((s, i) => [framedHead(`${FOLDER}/${FILE}-${i}.dcm`, s.length), s])),
  );
  expect(framed.job).toMatchObject({ state: 'done' });
  const zipped = await take(
    'application/zip',
    zipOf(slices.map((s, i) => ({ name: `${FOLDER}/${ENTRY}-${i}.dcm`, packed: deflateRawSync(s), claims: s.length }))),
  );
  expect(zipped.job).toMatchObject({ state: 'done' });

  // What is refused may not tell either.
  const cut = slices.map((s) => s.subarray(0, 700));
  const damaged = await take(
    'application/zip',
    zipOf(cut.map((s) => ({ name: `${BROKEN}.dcm`, packed: deflateRawSync(s), claims: s.length }))),
  );
  expect(damaged.job).toMatchObject({ state: 'failed' });
  const noZip = await take('application/zip', Buffer.from(`${BROKEN} is no archive`));
  expect(noZip.sent.status).toBe(422);

  for (const { id } of [framed, zipped, damaged])
    for (const path of [
      '',
      '/scan',
      '/volume',
      '/document',
      '/revisions',
      '/jobs',
      '/artefacts?revision=2',
      '/comments',
    ])
      await api(`/cases/${id}${path}`);
  await api(`/cases/${framed.id}/run`, { method: 'POST' });
  await new Promise((done) => setTimeout(done, 200));

  expect(answers.join('\n').match(/CANARY\d\dX/g)).toBe(null);
  expect(said.join('\n').match(/CANARY\d\dX/g)).toBe(null);
  expect(found((name) => !name.startsWith('vault'))).toEqual([]);
  // The traps work: the vault does know who it was.
  expect(found((name) => name === 'vault/vault.json').length).toBeGreaterThan(0);
  expect(readdirSync(join(data, 'vault/incoming'))).toEqual([]);
}, 120_000);
