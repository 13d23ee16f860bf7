import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openFolderObjects } from '../../src/server/store/objects-folder.ts';
import { openS3Objects } from '../../src/server/store/objects-s3.ts';
import { ownName } from '../../src/server/store/processes.ts';
import type { ObjectStore } from '../../src/server/store/types.ts';
import { removeFolder, sha, startS3, temporaryFolder } from './store-kit.ts';

const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const bytes = (text: string) => new TextEncoder().encode(text);

async function gather(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Everything an object store promises. `spoil` changes one stored byte behind its back. */
function contract(open: () => Promise<ObjectStore>, spoil: (sha256: string) => void) {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });

  test('bytes go in and come out by their hash', async () => {
    expect(await store.put(bytes('abc'))).toEqual({ sha256: ABC, bytes: 3 });
    expect(Buffer.from(await store.get(ABC)).toString()).toBe('abc');
    expect(await store.size(ABC)).toBe(3);
  });
  test('nothing is something too', async () => {
    expect(await store.put(new Uint8Array(0))).toEqual({ sha256: EMPTY, bytes: 0 });
    expect(await store.get(EMPTY)).toHaveLength(0);
    expect(await store.size(EMPTY)).toBe(0);
  });
  test('a stream of 3 MB, whole and in part', async () => {
    const whole = Buffer.alloc(3_000_000, 'osteon');
    async function* pieces() {
      for (let at = 0; at < whole.length; at += 70_001) yield whole.subarray(at, at + 70_001);
    }
    const { sha256 } = await store.put(pieces());
    expect((await gather(store.read(sha256))).equals(whole)).toBe(true);
    const part = await gather(store.read(sha256, { start: 1_000_001, end: 1_700_000 }));
    expect(part.equals(whole.subarray(1_000_001, 1_700_000))).toBe(true);
    expect(await gather(store.read(sha256, { start: 5, end: 5 }))).toHaveLength(0);
  });
  test('the same bytes fifty times at once are one object', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => store.put(bytes('same'))));
    expect(new Set(answers.map((a) => a.sha256)).size).toBe(1);
    let found = 0;
    for await (const { sha256 } of store.list()) if (sha256 === answers[0].sha256) found++;
    expect(found).toBe(1);
  });
  test('a stream that breaks leaves nothing', async () => {
    const before = await count(store);
    async function* broken() {
      yield bytes('half');
      throw new Error('cut');
    }
    await expect(store.put(broken())).rejects.toThrow('cut');
    expect(await count(store)).toBe(before);
  });
  test('what is not there is not found', async () => {
    expect(await store.size(sha(1))).toBeUndefined();
    await expect(store.get(sha(1))).rejects.toMatchObject({ code: 'store.not-found' });
    await expect(gather(store.read(sha(1)))).rejects.toMatchObject({ code: 'store.not-found' });
  });
  test('a name that is no hash opens nothing', async () => {
    for (const name of ['../../etc/passwd', '', 'ABC', `${ABC}/..`, ABC.toUpperCase(), '%2e%2e/', `${ABC}\0`])
      await expect(store.get(name)).rejects.toMatchObject({ code: 'store.not-found' });
  });
  test('the list says size and age of each', async () => {
    const { sha256 } = await store.put(bytes('listed'));
    const found = [];
    for await (const entry of store.list()) if (entry.sha256 === sha256) found.push(entry);
    expect(found).toHaveLength(1);
    expect(found[0].bytes).toBe(6);
    expect(Math.abs(Date.now() - found[0].changedAt)).toBeLessThan(60_000);
  });
  test('a changed byte is found when read, and healed by putting it again', async () => {
    const { sha256 } = await store.put(bytes('precious'));
    spoil(sha256);
    await expect(store.get(sha256)).rejects.toMatchObject({ code: 'store.damaged', facts: { object: sha256 } });
    await expect(gather(store.read(sha256))).rejects.toMatchObject({ code: 'store.damaged' });
    await store.put(bytes('precious'));
    expect(Buffer.from(await store.get(sha256)).toString()).toBe('precious');
  });
  test('removed is gone; twice is no error', async () => {
    const { sha256 } = await store.put(bytes('gone'));
    await store.remove(sha256);
    await store.remove(sha256);
    expect(await store.size(sha256)).toBeUndefined();
  });
}

async function count(store: ObjectStore): Promise<number> {
  let n = 0;
  for await (const _ of store.list()) n++;
  return n;
}

function flip(path: string): void {
  const data = readFileSync(path);
  data[1] ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, data);
}

describe('folder', () => {
  const folder = temporaryFolder();
  afterAll(() => removeFolder(folder));
  const pathOf = (h: string) => join(folder, 'objects/sha256', h.slice(0, 2), h.slice(2, 4), h);
  contract(
    () => openFolderObjects(folder),
    (h) => flip(pathOf(h)),
  );
  test('files are read-only, named by their hash, and no temporary one stays', () => {
    expect(statSync(pathOf(ABC)).mode & 0o777).toBe(0o444);
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });
  test('what a dead process left is swept when the store is opened', async () => {
    const left = join(folder, 'tmp', ownName('ab').replace(/-\d+-/, '-999999-'));
    writeFileSync(left, 'x');
    await openFolderObjects(folder);
    expect(existsSync(left)).toBe(false);
  });
});

describe('S3', () => {
  const folder = temporaryFolder();
  let s3: Awaited<ReturnType<typeof startS3>>;
  beforeAll(async () => {
    s3 = await startS3(folder);
  });
  afterAll(async () => {
    await s3.stop();
    removeFolder(folder);
  });
  const pathOf = (h: string) => join(folder, 'osteon-test/clinic/sha256', h.slice(0, 2), `${h}._S3rver_object`);
  contract(
    () => openS3Objects({ ...s3.settings, prefix: 'clinic/' }),
    (h) => flip(pathOf(h)),
  );
  test('a list longer than one page', async () => {
    // s3rver answers a second page with an error of its own, so a server of three keys to a page stands in.
    const keys = Array.from({ length: 8 }, (_, i) => `sha256/00/${sha(i)}`);
    const server = createServer((request, answer) => {
      const after = new URL(request.url!, 'http://x').searchParams.get('start-after') ?? '';
      const rest = keys.filter((key) => key > after);
      const entry = (key: string) =>
        `<Contents><Key>${key}</Key><Size>5</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`;
      answer.end(`<ListBucketResult><IsTruncated>${rest.length > 3}</IsTruncated>
        ${rest.slice(0, 3).map(entry).join('')}</ListBucketResult>`);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const store = await openS3Objects({ ...s3.settings, endpoint: `http://127.0.0.1:${port}` });
    const found = [];
    for await (const { sha256 } of store.list()) found.push(sha256);
    server.close();
    expect(found).toEqual(keys.map((key) => key.slice(10)));
  });
  test('a bucket that is not there, and a store that is not', async () => {
    const wrong = await openS3Objects({ ...s3.settings, bucket: 'nowhere' });
    await expect(wrong.put(bytes('x'))).rejects.toMatchObject({ code: 'store.settings' });
    const away = await openS3Objects({ ...s3.settings, endpoint: 'http://127.0.0.1:9' });
    await expect(away.put(bytes('x'))).rejects.toMatchObject({ code: 'store.unavailable' });
  });
});
