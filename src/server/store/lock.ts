import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import { isRunning, startOf } from './processes.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one of the same number; empty where the system does not say. */
  readonly started: string;
}

/** A lock of another machine is looked at by its age: its holder touches it every ten seconds. */
const TOUCH_MS = 10_000;
const STALE_MS = 60_000;

/**
 * Takes the folder for this process alone, by a file that names it. Left over by a process that died, it is replaced.
 * Returns how to give it back.
 * @throws store.busy where a living process has it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const mine: Holder = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o600 });
  try {
    for (let tries = 0; !link(draft, path); tries++) {
      const text = read(path);
      if (text === undefined) continue;
      if (tries > 20 || !isStale(path, text))
        throw new OsteonError('store.busy', { folder, holder: text.trim() }, 'Close it there, or use that server');
      // Moved, not deleted: if it is not the one we looked at, somebody was faster and it goes back.
      const aside = `${draft}.old`;
      rename(path, aside);
      if (read(aside) !== text) link(aside, path);
      rmSync(aside, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const touch = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // Gone or not writable: the database says so at the next write.
    }
  }, TOUCH_MS);
  touch.unref();
  return () => {
    clearInterval(touch);
    if (read(path) === `${JSON.stringify(mine)}\n`) rmSync(path, { force: true });
  };
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw e;
  }
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code !== 'ENOENT') throw e;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isStale(path: string, text: string): boolean {
  let holder: Holder;
  try {
    holder = JSON.parse(text) as Holder;
  } catch {
    return true;
  }
  if (holder.host !== hostname()) {
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - changed > STALE_MS;
  }
  return !isRunning(holder.pid, holder.started);
}
