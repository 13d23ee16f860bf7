import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isLeftOver, ownName } from './processes.ts';

/** A finished temporary file: on disk, named by nobody yet. */
export interface Spooled {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * Writes bytes into a temporary file and flushes it, hashing on the way. The caller moves or removes the file; when
 * this throws, nothing is left.
 */
export async function spool(folder: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Spooled> {
  const path = join(folder, ownName(randomBytes(8).toString('hex')));
  const hash = createHash('sha256');
  let size = 0;
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'wx', 0o600);
    for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
      hash.update(chunk);
      await writeAll(file, chunk);
      size += chunk.byteLength;
    }
    await file.chmod(0o444);
    await file.sync();
    await file.close();
  } catch (e) {
    await file?.close().catch(() => undefined);
    await rm(path, { force: true }).catch(() => undefined);
    throw e;
  }
  return { path, sha256: hash.digest('hex'), bytes: size };
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at)).bytesWritten;
}

const OLD_MS = 24 * 3600e3;

/**
 * Removes what processes of this machine that are gone have left, and what is a day old of other machines; the folder's
 * own clock decides. Returns how many.
 */
export async function sweepSpool(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let removed = 0;
  let now: number | undefined;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    let gone = isLeftOver(name);
    if (gone === undefined) {
      now ??= await clockOf(folder);
      const found = await stat(path).catch(() => undefined);
      gone = found !== undefined && now - found.mtimeMs > OLD_MS;
    }
    if (!gone) continue;
    await rm(path, { force: true, recursive: true });
    removed++;
  }
  return removed;
}

/** A machine whose clock is a day ahead must not take young files for old ones. */
async function clockOf(folder: string): Promise<number> {
  const path = join(folder, ownName(`clock-${randomBytes(4).toString('hex')}`));
  const file = await open(path, 'wx', 0o600);
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
