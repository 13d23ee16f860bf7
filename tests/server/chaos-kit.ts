import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect } from 'vitest';
import { collectGarbage, scrub } from '../../src/server/audit/scrub.ts';
import { verifyAudit } from '../../src/server/audit/verify.ts';
import { sweepSpool } from '../../src/server/store/spool.ts';
import type { CaseStore, ObjectStore } from '../../src/server/store/types.ts';
import type { ChaosOrders } from './chaos-worker.ts';
import { BY } from './store-kit.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a toy of this seed makes. */
const wantedOf = (seed: string): Record<string, string> => ({
  'out/twice': sha256(`${seed.trim()}, ${seed.trim()}\n`),
  'out/same': sha256('same\n'),
});

/** Asks for toys with these numbers. */
export async function submitToys(store: CaseStore, objects: ObjectStore, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  await Promise.all(
    numbers.map(async (n) => {
      const seed = `seed ${n}\n`;
      const put = await objects.put(Buffer.from(seed));
      const input = { files: [{ path: 'seed', sha256: put.sha256 }], params: { n } };
      await store.submit({ key: sha256(`toy ${n}`), kind: 'toy', input, maxTries: 1000 }, BY);
    }),
  );
}

export async function drained(store: CaseStore, ms: number): Promise<void> {
  const until = Date.now() + ms;
  for (;;) {
    const open = [...(await store.jobs({ state: 'ready' })), ...(await store.jobs({ state: 'run' }))];
    if (open.length === 0) return;
    if (Date.now() > until) throw new Error(`${open.length} jobs are still open`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Each job ended once, with the right files; the trail and every object are whole. */
export async function judged(store: CaseStore, objects: ObjectStore, jobs: number) {
  const all = await store.jobs();
  expect(all).toHaveLength(jobs);
  let lost = 0;
  for (const job of all) {
    expect(job.state).toBe('done');
    const seed = `seed ${job.input.params.n}\n`;
    const made = Object.fromEntries((await store.outputs(job.id)).map((o) => [o.path, o.sha256]));
    expect(made).toEqual(wantedOf(seed));
    lost += job.attempt - 1;
  }
  const rows = await store.auditRows({ limit: 1e7 });
  const commits = rows.filter((r) => r.action === 'job.done').map((r) => r.subject);
  expect(commits).toHaveLength(jobs);
  expect(new Set(commits).size).toBe(jobs);
  expect((await verifyAudit(store)).faults).toEqual([]);
  const swept = await collectGarbage(store, objects, 0);
  const { damaged, missing } = await scrub(store, objects);
  expect({ damaged, missing }).toEqual({ damaged: [], missing: [] });
  expect((await collectGarbage(store, objects, 0)).removed).toBe(0);
  // The seeds of jobs that are done are named by nobody any more either.
  return { lost, orphans: Math.max(0, swept.removed - jobs) };
}

/** The same, and nothing is left over in the folders. */
export async function audited(store: CaseStore, objects: ObjectStore, folder: string, work: string, jobs: number) {
  const found = await judged(store, objects, jobs);
  await sweepSpool(join(folder, 'tmp'));
  await sweepSpool(work);
  expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  expect(existsSync(work) ? readdirSync(work) : []).toEqual([]);
  return found;
}

/** Bundles a program of the tests; packages stay where they are. */
export async function bundleProgram(name: string): Promise<{ file: string; remove(): void }> {
  const root = join(import.meta.dirname, '../..');
  const folder = join(root, 'dist', `test-${process.pid}`);
  const file = join(folder, `${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [join(import.meta.dirname, name)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A crew of worker processes that is kept at its number. `onWork` hears of the first job of each. */
export function hire(
  file: string,
  count: number,
  orders: (seat: number) => ChaosOrders,
  onWork: (child: ChildProcess) => void = () => undefined,
) {
  const crew: ChildProcess[] = [];
  const errors: string[] = [];
  let open = true;
  function start(seat: number): void {
    const child = spawn(process.execPath, [file, JSON.stringify(orders(seat))], { stdio: ['ignore', 'pipe', 'pipe'] });
    crew[seat] = child;
    child.stdout!.once('data', () => onWork(child));
    child.stderr!.on('data', (text) => errors.push(String(text)));
    child.once('exit', () => open && start(seat));
  }
  for (let seat = 0; seat < count; seat++) start(seat);
  return {
    /** What they had to complain about. */
    errors,
    async dismiss(): Promise<void> {
      open = false;
      await Promise.all(
        crew.map(
          (child) =>
            new Promise<void>((done) => {
              if (child.exitCode !== null || child.signalCode !== null) return done();
              child.once('exit', () => done());
              child.kill('SIGKILL');
            }),
        ),
      );
    },
  };
}
