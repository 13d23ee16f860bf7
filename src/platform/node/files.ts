import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OsteonError } from '../../base/index.ts';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Whole file. @throws io.not-found, io.limit */
export async function readBytes(path: string, limitBytes = 4e9): Promise<Uint8Array> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) throw new OsteonError('io.not-found', { path }, 'Check the path; a file is wanted');
  if (info.size > limitBytes) throw new OsteonError('io.limit', { path, bytes: info.size, limitBytes });
  return readFile(path).catch((e: NodeJS.ErrnoException) => {
    throw new OsteonError('io.not-found', { path, reason: e.code ?? 'unreadable' });
  });
}

/** Writes beside the target, syncs, and renames: a reader sees the old file or the new one, never a part. @throws out.write */
export async function writeAtomic(path: string, bytes: Uint8Array | string, mode = 0o666): Promise<void> {
  const part = `${path}.partial-${process.pid}-${randomBytes(4).toString('hex')}`;
  const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(part, 'wx', mode);
    try {
      for (let at = 0; at < data.length; ) {
        const piece = data.subarray(at, at + (1 << 28));
        at += (await file.write(piece, 0, piece.length, at)).bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (e) {
    await rm(part, { force: true }).catch(() => undefined);
    throw writeError(path, e);
  }
}

const writeError = (path: string, e: unknown): OsteonError => {
  const reason = (e as NodeJS.ErrnoException).code ?? 'unknown';
  return new OsteonError('out.write', { path, reason }, 'Check the folder, its rights and the space left');
};

/** A folder of results that a person sees whole or not at all. */
export interface OutFolder {
  readonly path: string;
  /** Where the object store of this folder lives. */
  readonly hidden: string;
  /** Where staged files lie until they are published. */
  readonly staging: string;
  /** Puts a file (relative path, forward slashes) into the staging area. */
  add(path: string, bytes: Uint8Array | string): Promise<void>;
  /** Moves everything staged into place, removes files of the last run that are no longer made; `last` goes last. */
  publish(last: string, obsolete: readonly string[]): Promise<void>;
  /** Leaves everything as it was found. Synchronous, so that it also works while the program ends. */
  discard(): void;
}

/** @throws out.exists where the folder holds something that is not ours, out.write */
export async function openOutFolder(path: string): Promise<OutFolder> {
  const root = resolve(path);
  const hidden = join(root, '.osteon');
  const created = firstMissing(root);
  const names = await readdir(root).catch((e: NodeJS.ErrnoException) => {
    if (e.code === 'ENOENT') return [];
    throw e.code === 'ENOTDIR'
      ? new OsteonError('out.exists', { path }, 'The name is taken by a file')
      : writeError(path, e);
  });
  if (names.length && !existsSync(hidden))
    throw new OsteonError('out.exists', { path, entries: names.length }, 'Name an empty or a new folder with -o');
  const staging = join(hidden, `staging-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    mkdirSync(staging, { recursive: true });
  } catch (e) {
    throw writeError(path, e);
  }
  const staged: string[] = [];
  return {
    path: root,
    hidden,
    staging,
    async add(file, bytes) {
      await writeAtomic(join(staging, file), bytes);
      staged.push(file);
    },
    async publish(last, obsolete) {
      try {
        await rm(join(root, last), { force: true });
        for (const file of obsolete) await rm(join(root, file), { force: true });
        for (const file of [...staged.filter((f) => f !== last), last]) {
          await mkdir(dirname(join(root, file)), { recursive: true });
          await rename(join(staging, file), join(root, file));
        }
        await rm(staging, { recursive: true, force: true });
        for (const file of obsolete) removeIfEmpty(dirname(join(root, file)), root);
      } catch (e) {
        throw writeError(path, e);
      }
    },
    discard() {
      rmSync(staging, { recursive: true, force: true });
      if (created) rmSync(created, { recursive: true, force: true });
    },
  };
}

/** The topmost folder that `mkdir -p` would have to make; nothing when the path is there. */
function firstMissing(path: string): string | undefined {
  let missing: string | undefined;
  for (let at = path; !existsSync(at); at = dirname(at)) missing = at;
  return missing;
}

function removeIfEmpty(folder: string, root: string): void {
  if (folder === root || !existsSync(folder) || readdirSync(folder).length) return;
  rmdirSync(folder);
  removeIfEmpty(dirname(folder), root);
}

/** All regular files below a folder, or the file itself, sorted by path; links are not followed. @throws io.not-found, io.limit */
export async function listFiles(path: string, limitFiles = 100_000): Promise<string[]> {
  const info = await lstat(path).catch(() => undefined);
  if (!info) throw new OsteonError('io.not-found', { path }, 'Check the path');
  const top = info.isSymbolicLink() ? await stat(path).catch(() => info) : info;
  if (top.isFile()) return [path];
  const out: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== '.osteon') await walk(join(folder, entry.name));
      else if (entry.isFile()) out.push(join(folder, entry.name));
      if (out.length > limitFiles) throw new OsteonError('io.limit', { path, files: out.length, limitFiles });
    }
  };
  if (top.isDirectory()) await walk(path);
  return out.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
