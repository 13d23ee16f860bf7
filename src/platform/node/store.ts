import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../../plan/index.ts';
import { sha256, writeAtomic } from './files.ts';

/** How many bytes of results stay in memory beside the ones in use. */
export const MEMORY_LIMIT_BYTES = 700e6;

/**
 * Results in a folder: `objects/ab/<hash>` holds bytes, `keys/ab/<key>` the hash a step's key led to. Files appear by
 * rename after a sync, are never changed, and are checked against their name when read; a damaged one is removed and made again.
 */
export function createStore(folder: string): Store {
  const memory = createMemory(MEMORY_LIMIT_BYTES);
  const objectPath = (hash: string) => join(folder, 'objects', hash.slice(0, 2), hash);
  const keyPath = (key: string) => join(folder, 'keys', key.slice(0, 2), key);
  return {
    async get(hash) {
      const held = memory.get(hash);
      if (held) return held;
      const bytes = await readShared(objectPath(hash));
      if (!bytes) return undefined;
      if (sha256(bytes) !== hash) {
        await rm(objectPath(hash), { force: true });
        return undefined;
      }
      memory.set(hash, bytes);
      return bytes;
    },
    async put(hash, bytes) {
      memory.set(hash, bytes);
      const path = objectPath(hash);
      const size = (await stat(path).catch(() => undefined))?.size;
      if (size !== bytes.length) await writeAtomic(path, bytes);
    },
    hold: memory.set,
    async hashOf(key) {
      const text = await readFile(keyPath(key), 'utf8').catch(() => '');
      return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
    },
    async record(key, hash) {
      await mkdir(join(folder, 'keys', key.slice(0, 2)), { recursive: true });
      await writeAtomic(keyPath(key), hash);
    },
  };
}

/** The same in memory only: for verbs that leave no cache, and for tests. */
export function createMemoryStore(limitBytes = Number.POSITIVE_INFINITY): Store {
  const memory = createMemory(limitBytes);
  const keys = new Map<string, string>();
  return {
    get: async (hash) => memory.get(hash),
    put: async (hash, bytes) => memory.set(hash, bytes),
    hold: memory.set,
    hashOf: async (key) => keys.get(key),
    record: async (key, hash) => void keys.set(key, hash),
  };
}

/** Least recently used goes first. */
function createMemory(limitBytes: number) {
  const held = new Map<string, Uint8Array>();
  let total = 0;
  const get = (hash: string): Uint8Array | undefined => {
    const bytes = held.get(hash);
    if (bytes) {
      held.delete(hash);
      held.set(hash, bytes);
    }
    return bytes;
  };
  const set = (hash: string, bytes: Uint8Array): void => {
    if (get(hash)) return;
    held.set(hash, bytes);
    total += bytes.length;
    for (const [old, { length }] of held) {
      if (total <= limitBytes || old === hash) break;
      held.delete(old);
      total -= length;
    }
  };
  return { get, set };
}

/** Into shared memory, so that workers can have it without a copy. */
async function readShared(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const bytes = new Uint8Array(new SharedArrayBuffer((await file.stat()).size));
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, 1 << 28), at);
      if (bytesRead === 0) return undefined;
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
