/** Immutable bytes named by their SHA-256. What `put` has answered for is on disk. */
export interface ObjectStore {
  readonly kind: 'folder' | 's3';
  /** Stores bytes (once). @throws store.full, store.read-only, store.unavailable; leaves nothing behind then */
  put(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }>;
  /** All bytes, checked against their name. @throws store.not-found, store.damaged */
  get(sha256: string): Promise<Uint8Array>;
  /** Bytes from `start` to `end` (excluded), as a stream; a whole object is checked and breaks off when damaged. */
  read(sha256: string, range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
  /** Size in bytes; nothing where it is not there. */
  size(sha256: string): Promise<number | undefined>;
  list(): AsyncIterable<{ readonly sha256: string; readonly bytes: number; readonly changedAt: number }>;
  remove(sha256: string): Promise<void>;
}

/** As much of it as a worker needs. */
export type WorkerObjects = Pick<ObjectStore, 'put' | 'read'>;
