import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { scrub } from '../../src/server/audit/scrub.ts';
import { verifyAudit } from '../../src/server/audit/verify.ts';
import { openStores } from '../../src/server/store/open.ts';
import { bundleProgram } from './chaos-kit.ts';
import { fastFolder, removeFolder } from './store-kit.ts';

/** Cuts in the everyday run; OSTEON_POWER_CUTS asks for more. */
const CUTS = Number(process.env.OSTEON_POWER_CUTS ?? 200);
const SECTOR = 512;

type Change =
  | { readonly kind: 'A'; readonly answered: number }
  | { readonly kind: 'W'; readonly file: File; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'T'; readonly file: File; readonly size: number }
  /** Flush of a file, or of a folder. */
  | { readonly kind: 'S'; readonly file: File | undefined; readonly path: string }
  /** Names: made, moved, linked, removed. `folder` is where the new one stands. */
  | {
      readonly kind: 'N';
      readonly act: (names: Map<string, File | 'folder'>) => void;
      readonly folder: string;
    };

/** A file whatever it is called at the moment. */
interface File {
  readonly id: number;
}

const folder = fastFolder();
const library = join(folder, 'record.so');
const NO_GCC =
  spawnSync('gcc', [
    '-shared',
    '-fPIC',
    '-O1',
    '-o',
    library,
    join(import.meta.dirname, 'record.c'),
    '-ldl',
    '-lpthread',
  ]).status !== 0;
afterAll(() => removeFolder(folder));

/** The record, with names followed to the files they stood for when a change was made. */
function readRecord(path: string): Change[] {
  const bytes = readFileSync(path);
  const now = new Map<string, File | 'folder'>();
  const changes: Change[] = [];
  let files = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const [kind, a, b, offset, length] = bytes.toString('utf8', at, end).split(' ');
    at = end + 1;
    const data = bytes.subarray(at, at + Number(length));
    at += Number(length);
    const file = now.get(a);
    const named = (act: (names: Map<string, File | 'folder'>) => void, path: string) => {
      act(now);
      changes.push({ kind: 'N', act, folder: dirname(path) });
    };
    if (kind === 'A') changes.push({ kind, answered: Number(a) });
    else if (kind === 'C') {
      const made = { id: files++ };
      named((names) => names.set(a, made), a);
    } else if (kind === 'M') named((names) => names.set(a, 'folder'), a);
    else if (kind === 'U') named((names) => names.delete(a), a);
    else if (kind === 'R' || kind === 'L')
      named((names) => {
        if (file) names.set(b, file);
        if (kind === 'R') names.delete(a);
      }, b);
    else if (kind === 'S') changes.push({ kind, file: file === 'folder' ? undefined : file, path: a });
    else if (file && file !== 'folder') {
      if (kind === 'W') changes.push({ kind, file, at: Number(offset), data });
      else changes.push({ kind: 'T', file, size: Number(offset) });
    }
  }
  return changes;
}

/**
 * What a disk may hold when the power goes after the first `cut` changes. What was flushed is there: bytes by a flush of
 * their file, names by a flush of their folder. Of the rest each sector of each write and each name may be there or not.
 */
function writeDisk(changes: readonly Change[], cut: number, rng: () => number, to: string): number {
  const flushed = new Map<File | string, number>();
  let answered = 0;
  for (let i = 0; i < cut; i++) {
    const c = changes[i];
    if (c.kind === 'A') answered = c.answered;
    else if (c.kind === 'S') flushed.set(c.file ?? c.path, i);
  }
  const isSure = (i: number, what: File | string) => i < (flushed.get(what) ?? -1);
  const names = new Map<string, File | 'folder'>();
  const contents = new Map<File, Content>();
  for (let i = 0; i < cut; i++) {
    const c = changes[i];
    if (c.kind === 'N') {
      if (isSure(i, c.folder) || rng() < 0.5) c.act(names);
    } else if (c.kind === 'W') {
      const sure = isSure(i, c.file);
      for (let from = 0; from < c.data.length; from += SECTOR)
        if (sure || rng() < 0.5) put(contents, c.file, c.at + from, c.data.subarray(from, from + SECTOR));
    } else if (c.kind === 'T' && (isSure(i, c.file) || rng() < 0.5)) cutOff(contents, c.file, c.size);
  }
  for (const [path, file] of names) {
    if (!hasFolder(names, path)) continue;
    const target = join(to, path);
    mkdirSync(file === 'folder' ? target : dirname(target), { recursive: true, mode: 0o700 });
    if (file === 'folder') continue;
    const { room, size } = contents.get(file) ?? { room: Buffer.alloc(0), size: 0 };
    writeFileSync(target, room.subarray(0, size));
  }
  return answered;
}

/** A name in a folder that is not there is not there either. */
function hasFolder(names: Map<string, File | 'folder'>, path: string): boolean {
  const above = dirname(path);
  return above === '.' || (names.get(above) === 'folder' && hasFolder(names, above));
}

/** What a file holds: its room doubles when it is used up. */
interface Content {
  room: Buffer;
  size: number;
}

function put(contents: Map<File, Content>, file: File, at: number, data: Buffer): void {
  const content = contents.get(file) ?? { room: Buffer.alloc(4096), size: 0 };
  contents.set(file, content);
  content.size = Math.max(content.size, at + data.length);
  if (content.size > content.room.length) content.room = Buffer.concat([content.room], 2 * content.size);
  data.copy(content.room, at);
}

function cutOff(contents: Map<File, Content>, file: File, size: number): void {
  const content = contents.get(file);
  if (!content) return;
  content.room.fill(0, size);
  content.size = size;
}

describe.skipIf(NO_GCC)(`the power goes${NO_GCC ? ' (needs gcc on Linux)' : ''}`, () => {
  let changes: Change[];
  beforeAll(async () => {
    const bundle = await bundleProgram('power-run.ts');
    const root = join(folder, 'run');
    mkdirSync(root, { mode: 0o700 });
    const record = join(folder, 'record');
    const env = { ...process.env, LD_PRELOAD: library, OSTEON_RECORD: record, OSTEON_RECORD_ROOT: root };
    const ended = spawnSync(process.execPath, [bundle.file, root], { env, encoding: 'utf8' });
    bundle.remove();
    expect(ended.stderr).toBe('');
    changes = readRecord(record);
  });

  test(`${CUTS} cuts, with what was not flushed there or not: every answered change is kept, nothing is half`, async () => {
    const rng = createRng(10);
    const seen = new Set<number>();
    let worst = 0;
    for (let n = 0; n < CUTS; n++) {
      const cut = 1 + Math.floor(((n + rng()) / CUTS) * changes.length);
      const place = join(folder, `cut-${n}`);
      mkdirSync(place, { mode: 0o700 });
      const answered = writeDisk(changes, cut, rng, place);
      const stores = await openStores({ folder: place });
      const { cases, objects } = stores;
      const [found] = await cases.cases();
      const revision = found?.revision ?? 0;
      seen.add(revision);
      const at = `cut ${cut} of ${changes.length}, answered ${answered}, found ${revision}`;
      expect(revision === answered || revision === answered + 1, at).toBe(true);
      expect((await verifyAudit(cases)).faults, at).toEqual([]);
      const { damaged, missing } = await scrub(cases, objects);
      expect(missing, at).toEqual([]);
      const named = await cases.references();
      expect(
        damaged.filter((hash) => named.has(hash)),
        at,
      ).toEqual([]);
      worst = Math.max(worst, damaged.length);
      // And it goes on.
      await cases.createCase({ label: 'after', procedure: 'p' }, { id: 'u', name: 'U' });
      await stores.close();
      const db = new Database(join(place, 'osteon.db'));
      expect(db.pragma('integrity_check'), at).toMatchObject([{ integrity_check: 'ok' }]);
      db.close();
      removeFolder(place);
    }
    console.info(
      `${CUTS} cuts in ${changes.length} changes of files; revisions met: ${seen.size}; unnamed damaged objects: ${worst}`,
    );
    expect(seen.size).toBe(16);
  }, 600_000);
});
