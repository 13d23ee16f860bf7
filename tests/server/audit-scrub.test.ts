import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { collectGarbage, scrub } from '../../src/server/audit/scrub.ts';
import { keepUp } from '../../src/server/audit/upkeep.ts';
import { verifyAudit } from '../../src/server/audit/verify.ts';
import { appendAudit } from '../../src/server/store/audit.ts';
import { openFolderObjects } from '../../src/server/store/objects-folder.ts';
import { openSqlite } from '../../src/server/store/sqlite.ts';
import { createStore } from '../../src/server/store/store.ts';
import type { CaseStore, ObjectStore } from '../../src/server/store/types.ts';
import { BY, fastFolder, removeFolder, sha, temporaryFolder } from './store-kit.ts';

const ROWS = 20_000;
const OBJECTS = 10_000;

/** `n` different numbers from 1 to `to`, no two of them neighbours. */
function picked(seed: number, n: number, to: number): number[] {
  const rng = createRng(seed);
  const found = new Set<number>();
  while (found.size < n) {
    const at = 2 + Math.floor(rng() * (to - 3));
    if (![at - 2, at - 1, at, at + 1, at + 2].some((x) => found.has(x))) found.add(at);
  }
  return [...found];
}

describe('the trail', () => {
  const folder = temporaryFolder();
  let store: CaseStore;
  beforeAll(async () => {
    const driver = openSqlite(folder);
    store = await createStore(driver);
    const event = (i: number) => ({
      by: BY,
      action: 'case.commit',
      subject: `case/${i}`,
      detail: { n: i, text: 'ü\n"' },
    });
    await driver.transaction((query) =>
      appendAudit(
        query,
        Array.from({ length: ROWS }, (_, i) => event(i)),
      ),
    );
  });
  afterAll(async () => {
    await store.close();
    removeFolder(folder);
  });

  test('an honest trail is whole, at more than 100,000 rows a second', async () => {
    const timed = async (known?: { seq: number; hash: string }) => {
      const cpu = process.cpuUsage();
      const verdict = await verifyAudit(store, known);
      const { user, system } = process.cpuUsage(cpu);
      return { verdict, rate: ROWS / ((user + system) / 1e6) };
    };
    const first = await timed();
    expect(first.verdict).toMatchObject({ rows: ROWS, faults: [], clockSteps: [] });
    const again = await timed(first.verdict.head);
    expect(again.verdict.faults).toEqual([]);
    const rate = Math.max(first.rate, again.rate);
    console.info(`audit verify: ${Math.round(rate)} rows a second of processor time`);
    expect(rate).toBeGreaterThan(100_000);
  });

  test('100 rows edited, deleted, swapped or replaced: 100 of 100 named, and nothing else', async () => {
    const db = new Database(join(folder, 'osteon.db'));
    const at = picked(7, 80, ROWS);
    db.exec('begin');
    const edits = at.slice(0, 30);
    const columns = ['at', 'actor', 'actor_name', 'action', 'subject', 'detail'];
    edits.forEach((seq, i) => {
      const column = columns[i % columns.length];
      const value = column === 'at' ? 'at + 1' : `${column} || 'x'`;
      db.prepare(`update audit set ${column} = ${value} where seq = ?`).run(seq);
    });
    const deleted = at.slice(30, 60);
    for (const seq of deleted) db.prepare('delete from audit where seq = ?').run(seq);
    // Twenty pairs exchange their places.
    const swapped = at.slice(60, 80).flatMap((seq) => [seq, seq + 1]);
    for (const seq of at.slice(60, 80)) {
      db.prepare('update audit set seq = -1 where seq = ?').run(seq);
      db.prepare('update audit set seq = ? where seq = ?').run(seq, seq + 1);
      db.prepare('update audit set seq = ? where seq = -1').run(seq + 1);
    }
    db.exec('commit');
    const { faults } = await verifyAudit(store);
    const named = (kind: string) => faults.filter((f) => f.kind === kind).map((f) => f.seq);
    const sorted = (list: readonly number[]) => [...list].sort((a, b) => a - b);
    expect(named('missing')).toEqual(sorted(deleted));
    expect(named('edited')).toEqual(sorted([...edits, ...swapped]));
    expect(faults).toHaveLength(100);
    db.close();
  });

  test('a row replaced hash and all, a cut tail, and a rewritten tail against a hash written down', async () => {
    const own = temporaryFolder();
    const driver = openSqlite(own);
    const small = await createStore(driver);
    for (let i = 0; i < 10; i++) await small.audit({ action: 'test', subject: `x/${i}` }, BY);
    const { head } = await verifyAudit(small);
    const db = new Database(join(own, 'osteon.db'));
    const rewrite = async (seq: number) => {
      const [row] = await small.auditRows({ after: seq - 1, limit: 1 });
      const { auditHash } = await import('../../src/server/store/audit.ts');
      const forged = { ...row, subject: 'x/forged' };
      db.prepare('update audit set subject = ?, hash = ? where seq = ?').run(forged.subject, auditHash(forged), seq);
      return auditHash(forged);
    };
    await rewrite(4);
    expect((await verifyAudit(small)).faults).toMatchObject([{ seq: 4, kind: 'relinked' }]);
    const hash = await rewrite(10);
    expect((await verifyAudit(small)).faults.map((f) => [f.seq, f.kind])).toEqual([
      [4, 'relinked'],
      [10, 'head'],
    ]);
    // Somebody who may write to the database can make the head fit too; a hash kept elsewhere still tells.
    db.prepare('update audit_head set hash = ?').run(hash);
    expect((await verifyAudit(small)).faults.map((f) => f.seq)).toEqual([4]);
    expect((await verifyAudit(small, head)).faults.map((f) => f.seq)).toEqual([4, 10]);
    db.prepare('delete from audit where seq > 8').run();
    expect((await verifyAudit(small)).faults.map((f) => [f.seq, f.kind])).toContainEqual([9, 'missing']);
    db.prepare('update audit_head set seq = 8').run();
    expect((await verifyAudit(small, head)).faults.map((f) => [f.seq, f.kind])).toContainEqual([10, 'missing']);
    db.close();
    await small.close();
    removeFolder(own);
  });
});

describe('objects', () => {
  const folder = fastFolder();
  let objects: ObjectStore;
  const hashes: string[] = [];
  const pathOf = (h: string) => join(folder, 'objects/sha256', h.slice(0, 2), h.slice(2, 4), h);
  beforeAll(async () => {
    objects = await openFolderObjects(folder);
    // Laid out without a flush for each: the disk is not what is tested here.
    for (let i = 0; i < OBJECTS; i++) {
      const data = Buffer.from(`object ${i} `.repeat(1 + (i % 50)));
      const hash = createHash('sha256').update(data).digest('hex');
      mkdirSync(dirname(pathOf(hash)), { recursive: true });
      writeFileSync(pathOf(hash), data);
      hashes.push(hash);
    }
  });
  afterAll(() => removeFolder(folder));
  const references = (list: readonly string[]) => ({ references: async () => new Set(list) });

  test('one bit flipped in 100 of 10,000: 100 found and named, none other', async () => {
    expect((await scrub(references(hashes), objects)).damaged).toEqual([]);
    const rng = createRng(3);
    const bad = picked(5, 100, OBJECTS).map((i) => hashes[i]);
    for (const hash of bad) {
      const data = readFileSync(pathOf(hash));
      data[Math.floor(rng() * data.length)] ^= 1 << Math.floor(rng() * 8);
      writeFileSync(pathOf(hash), data);
    }
    const cpu = process.cpuUsage();
    const verdict = await scrub(references([...hashes, sha(1)]), objects);
    const { user, system } = process.cpuUsage(cpu);
    console.info(`scrub: ${OBJECTS} objects in ${Math.round((user + system) / 1e3)} ms of processor time`);
    expect(verdict.damaged).toEqual(bad.sort());
    expect(verdict).toMatchObject({ objects: OBJECTS, missing: [sha(1)] });
  });

  test('an object that is cut, longer or gone is named', async () => {
    const [cut, longer, gone] = hashes;
    writeFileSync(pathOf(cut), readFileSync(pathOf(cut)).subarray(1));
    writeFileSync(pathOf(longer), Buffer.concat([readFileSync(pathOf(longer)), Buffer.from('x')]));
    rmSync(pathOf(gone));
    const verdict = await scrub(references(hashes), objects);
    expect(verdict.damaged).toEqual(expect.arrayContaining([cut, longer]));
    expect(verdict.missing).toEqual([gone]);
  });

  test('garbage: what is named stays, what is young stays, the rest goes', async () => {
    const old = new Date(Date.now() - 48 * 3600e3);
    const [keep, young, ...rest] = hashes.slice(1000, 1020);
    for (const hash of [keep, ...rest]) utimesSync(pathOf(hash), old, old);
    const swept = await collectGarbage(references([keep]), objects);
    expect(swept.removed).toBe(rest.length);
    expect(await objects.size(keep)).toBeDefined();
    expect(await objects.size(young)).toBeDefined();
    for (const hash of rest) expect(await objects.size(hash)).toBeUndefined();
  });
});

test('upkeep cleans once a day and reads everything once a week, writes it down, and names what is damaged', async () => {
  const folder = temporaryFolder();
  let now = 1e12;
  const store = await createStore(openSqlite(folder, { clock: () => now }));
  const objects = await openFolderObjects(folder);
  const { sha256 } = await objects.put(Buffer.from('kept'));
  await store.submit({ key: 'k', kind: 'toy', input: { files: [{ path: 'a', sha256 }], params: {} } }, BY);
  const path = join(folder, 'objects/sha256', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  chmodSync(path, 0o644);
  writeFileSync(path, 'kEpt');
  const said: string[] = [];
  const options = { cases: store, objects, say: (line: string) => void said.push(line) };
  for (let hour = 0; hour < 8 * 24; hour += 6) {
    now += 6 * 3600e3;
    await keepUp(options);
  }
  const actions = (await store.auditRows()).map((r) => r.action);
  expect(actions.filter((a) => a === 'store.clean')).toHaveLength(8);
  expect(actions.filter((a) => a === 'store.scrub')).toHaveLength(2);
  expect(said).toEqual([`store.damaged ${sha256}`, `store.damaged ${sha256}`]);
  await store.close();
  removeFolder(folder);
});
