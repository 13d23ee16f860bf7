import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import { spool, sweepSpool } from './spool.ts';
import { storeError } from './sql.ts';
import type { ObjectStore } from './types.ts';

/**
 * Objects as files: `objects/sha256/ab/cd/<64 hex>`, mode 0444. Written beside, flushed, moved into place, folder
 * flushed: what has a name is whole. Putting the same bytes again replaces the file with itself, which heals a damaged
 * one and makes it young for garbage collection.
 * @throws store.read-only, store.full
 */
export async function openFolderObjects(folder: string): Promise<ObjectStore> {
  const root = join(folder, 'objects', 'sha256');
  const temporary = join(folder, 'tmp');
  await guard('opening the object store', async () => {
    await makeFolder(root);
    await makeFolder(temporary);
    await sweepSpool(temporary);
  });
  const pathOf = (sha256: string) => join(root, checked(sha256).slice(0, 2), sha256.slice(2, 4), sha256);

  return {
    kind: 'folder',
    put: (bytes) =>
      guard('storing an object', async () => {
        const made = await spool(temporary, bytes);
        try {
          const path = pathOf(made.sha256);
          await makeFolder(dirname(path));
          await rename(made.path, path);
          await flushFolder(dirname(path));
        } finally {
          await rm(made.path, { force: true }).catch(() => undefined);
        }
        return { sha256: made.sha256, bytes: made.bytes };
      }),

    get: (sha256) =>
      guard('reading an object', async () => {
        const bytes = await readFile(pathOf(sha256)).catch((e) => absent(e, sha256));
        check(sha256, createHash('sha256').update(bytes).digest('hex'));
        return bytes;
      }),

    async *read(sha256, range) {
      const hash = range ? undefined : createHash('sha256');
      const path = pathOf(sha256);
      await stat(path).catch((e) => absent(e, sha256));
      const span = range ? { start: range.start, end: range.end - 1 } : {};
      if (range && range.end <= range.start) return;
      for await (const chunk of createReadStream(path, { ...span, highWaterMark: 256 * 1024 })) {
        hash?.update(chunk as Buffer);
        yield chunk as Buffer;
      }
      if (hash) check(sha256, hash.digest('hex'));
    },

    async size(sha256) {
      const found = await stat(pathOf(sha256)).catch(() => undefined);
      return found?.size;
    },

    async *list() {
      for (const a of await names(root))
        for (const b of await names(join(root, a)))
          for (const sha256 of await names(join(root, a, b))) {
            const found = await stat(join(root, a, b, sha256)).catch(() => undefined);
            if (found) yield { sha256, bytes: found.size, changedAt: found.mtimeMs };
          }
    },

    remove: (sha256) => guard('removing an object', () => rm(pathOf(sha256), { force: true })),
  };
}

/** Hashes come from requests too: nothing else may become a path. @throws store.not-found */
export function checked(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new OsteonError('store.not-found', { what: 'object' });
  return sha256;
}

/** @throws store.damaged */
export function check(sha256: string, found: string): void {
  if (found !== sha256)
    throw new OsteonError('store.damaged', { object: sha256, found }, 'Restore it from a backup, or compute it again');
}

function absent(e: NodeJS.ErrnoException, sha256: string): never {
  if (e.code === 'ENOENT') throw new OsteonError('store.not-found', { what: 'object', id: sha256 });
  throw e;
}

async function guard<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (e) {
    throw storeError(e, what);
  }
}

/** Makes a folder and those above it, and flushes each that got a new entry. Says itself why it cannot: Node's own says less. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw e;
    await makeFolder(dirname(path));
    return makeFolder(path);
  }
  await flushFolder(dirname(path));
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function names(folder: string): Promise<string[]> {
  const out: string[] = [];
  const dir = await opendir(folder).catch(() => undefined);
  if (dir) for await (const { name } of dir) out.push(name);
  return out.sort();
}
