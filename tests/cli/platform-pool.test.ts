import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpack } from '../../src/base/index.ts';
import { createGraph } from '../../src/plan/index.ts';
import {
  createMemoryStore,
  createPool,
  createStore,
  openOutFolder,
  sha256,
  writeAtomic,
} from '../../src/platform/node/index.ts';
import { die, fault, forever, gain, ramp, refuse, toyWorkflow } from '../property/plan-toys.ts';

let folder: string;
let bundle: string;
let url: URL;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'osteon-test-'));
  // Inside node_modules, so that the bundle finds the packages it imports.
  bundle = mkdtempSync(join(import.meta.dirname, '../../node_modules/.osteon-test-'));
  const outfile = join(bundle, 'worker.mjs');
  const entryPoints = [join(import.meta.dirname, 'toy-worker.ts')];
  buildSync({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  url = pathToFileURL(outfile);
});
afterAll(() => {
  for (const path of [folder, bundle]) rmSync(path, { recursive: true, force: true });
});

async function withPool<T>(workers: number, act: (pool: ReturnType<typeof createPool>) => Promise<T>): Promise<T> {
  const pool = createPool({ url, workers });
  try {
    return await act(pool);
  } finally {
    await pool.close();
  }
}

test('the same hashes with 1, 2 and 4 workers', async () => {
  const seen = [];
  for (const workers of [1, 2, 4])
    seen.push(
      await withPool(workers, async (pool) => {
        const graph = createGraph({ sha256, store: createMemoryStore(), run: pool.run });
        const result = await toyWorkflow(graph);
        return [result.hash, result.made, unpack(await result.load())];
      }),
    );
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
});

test('artefacts cross in shared memory', async () => {
  const kept = await withPool(1, async (pool) => {
    const graph = createGraph({ sha256, store: createMemoryStore(), run: pool.run });
    const a = await graph.step(ramp, {});
    return (await a.load()).buffer;
  });
  expect(kept).toBeInstanceOf(SharedArrayBuffer);
});

test('refusals keep their code, faults their stack, and a dead worker is replaced', async () => {
  await withPool(1, async (pool) => {
    const graph = createGraph({ sha256, store: createMemoryStore(), run: pool.run });
    await expect(graph.step(refuse, {})).rejects.toMatchObject({ code: 'segment.no-bone', hint: 'a hint' });
    await expect(graph.step(fault, {})).rejects.toMatchObject({ name: 'Error', message: 'a mistake of ours' });
    await expect(graph.step(die, {})).rejects.toMatchObject({ code: 'job.crashed', facts: { step: 'toy.die' } });
    expect((await graph.step(ramp, {})).hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('cancel ends running and waiting steps soon', async () => {
  await withPool(1, async (pool) => {
    const graph = createGraph({ sha256, store: createMemoryStore(), run: pool.run });
    await graph.step(ramp, {});
    const doomed = [graph.step(forever, {}), graph.step(ramp, {}, { seed: 77 })].map((p) => p.catch((e) => e));
    await expect.poll(() => pool.running().length).toBe(1);
    const started = performance.now();
    pool.cancel();
    expect(await Promise.all(doomed)).toMatchObject([{ code: 'job.aborted' }, { code: 'job.aborted' }]);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test('the store survives a restart, and a damaged object is made again', async () => {
  const root = join(folder, 'store');
  const open = () => {
    const ran: string[] = [];
    const pool = createPool({ url, workers: 2 });
    const run: typeof pool.run = (task) => {
      ran.push(task.step);
      return pool.run(task);
    };
    return { graph: createGraph({ sha256, store: createStore(root), run }), ran, pool };
  };
  const one = open();
  const made = await one.graph.step(gain, { of: await one.graph.step(ramp, {}) });
  await one.pool.close();
  const two = open();
  const again = await two.graph.step(gain, { of: await two.graph.step(ramp, {}) });
  expect(two.ran).toEqual([]);
  expect(again.hash).toBe(made.hash);
  await two.pool.close();

  const object = join(root, 'objects', made.hash.slice(0, 2), made.hash);
  const bytes = readFileSync(object);
  bytes[bytes.length - 3] ^= 1;
  writeFileSync(object, bytes);
  const three = open();
  const repaired = await three.graph.step(gain, { of: await three.graph.step(ramp, {}) });
  expect(sha256(await repaired.load())).toBe(made.hash);
  expect(three.ran).toEqual(['toy.gain']);
  expect(sha256(readFileSync(object))).toBe(made.hash);
  await three.pool.close();
});

test('files appear whole or not at all', async () => {
  const path = join(folder, 'atomic', 'a.txt');
  await writeAtomic(path, 'one');
  await expect(writeAtomic(join(path, 'below-a-file'), 'x')).rejects.toMatchObject({ code: 'out.write' });
  expect(readdirSync(join(folder, 'atomic'))).toEqual(['a.txt']);
});

test('an out folder is published whole, forgets obsolete files, and keeps strangers', async () => {
  const path = join(folder, 'deep', 'out');
  const first = await openOutFolder(path);
  await first.add('implants/old.stl', 'old');
  await first.add('manifest.json', '{}');
  expect(existsSync(join(path, 'implants'))).toBe(false);
  await first.publish('manifest.json', []);
  writeFileSync(join(path, 'my notes.txt'), 'keep me');
  const second = await openOutFolder(path);
  await second.add('bones/new.stl', 'new');
  await second.add('manifest.json', '{"n":2}');
  await second.publish('manifest.json', ['implants/old.stl']);
  expect(readdirSync(path).sort()).toEqual(['.osteon', 'bones', 'manifest.json', 'my notes.txt']);
  expect(readdirSync(join(path, '.osteon'))).toEqual([]);
});

test('a discarded out folder leaves no trace, and a stranger is never touched', async () => {
  const path = join(folder, 'fresh', 'out');
  const out = await openOutFolder(path);
  await out.add('a.txt', 'a');
  out.discard();
  expect(existsSync(join(folder, 'fresh'))).toBe(false);
  writeFileSync(join(folder, 'file'), '');
  await expect(openOutFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'out.exists' });
  await expect(openOutFolder(folder)).rejects.toMatchObject({ code: 'out.exists' });
});
