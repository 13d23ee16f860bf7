import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A finished temporary file: on disk, named by nobody yet. */
export interface Spooled {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

const HOST = hostname().replace(/[^\w]/g, '').slice(0, 40);

/**
 * Writes bytes into a temporary file and flushes it, hashing on the way. The caller moves or removes the file; when
 * this throws, nothing is left.
 */
export async function spool(folder: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Spooled> {
  const path = join(folder, `${HOST}-${process.pid}-${randomBytes(8).toString('hex')}`);
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

/** Removes what processes of this machine that are gone have left, and anything older than a day. Returns how many. */
export async function sweepSpool(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  let removed = 0;
  for (const name of await readdir(folder)) {
    const [host, pid] = name.split('-');
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    const old = found && Date.now() - found.mtimeMs > 24 * 3600e3;
    if (!old && (host !== HOST || isAlive(Number(pid)))) continue;
    await rm(path, { force: true, recursive: true });
    removed++;
  }
  return removed;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
