import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAudit } from '../../src/server/audit/verify.ts';
import { openStores } from '../../src/server/store/open.ts';
import { bundleProgram } from './chaos-kit.ts';
import type { FaultReport } from './faults-run.ts';
import { BY, removeFolder, temporaryFolder } from './store-kit.ts';

const folder = temporaryFolder();
const library = join(folder, 'faults.so');
const compiled = spawnSync('gcc', [
  '-shared',
  '-fPIC',
  '-O1',
  '-o',
  library,
  join(import.meta.dirname, 'faults.c'),
  '-ldl',
]);
const NO_GCC = compiled.status !== 0;
const small = join(folder, 'small');
const closed = join(folder, 'closed');
const mounted =
  spawnSync('mkdir', [closed]).status === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,ro', 'none', closed]).status === 0 &&
  spawnSync('mkdir', [small]).status === 0 &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', small]).status === 0;

afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', small, closed]);
  removeFolder(folder);
});

describe.skipIf(NO_GCC)(`the n-th file operation fails${NO_GCC ? ' (needs gcc on Linux)' : ''}`, () => {
  let bundle: Awaited<ReturnType<typeof bundleProgram>>;
  beforeAll(async () => {
    bundle = await bundleProgram('faults-run.ts');
  });
  afterAll(() => bundle.remove());

  test('every write, flush, move and opening of a save, with the disk full once or for ever, broken, or out of files', () => {
    const place = join(folder, 'runs');
    spawnSync('mkdir', [place]);
    const env = { ...process.env, LD_PRELOAD: library };
    const ended = spawnSync(process.execPath, [bundle.file, place], { env, encoding: 'utf8', maxBuffer: 64e6 });
    expect(ended.stderr).toBe('');
    const report = JSON.parse(ended.stdout) as FaultReport;
    console.info(`${report.points} points of failure: ${JSON.stringify(report.refused)}`);
    expect(report.faults).toEqual([]);
    expect(report.points).toBeGreaterThan(100);
  });
});

describe.skipIf(!mounted)(`a disk of 4 MB${mounted ? '' : ' (needs the right to mount one)'}`, () => {
  test('runs full with every answered save kept and nothing left over, and goes on when there is space', async () => {
    const stores = await openStores({ folder: small });
    const { cases, objects } = stores;
    const { id } = await cases.createCase({ label: 'C', procedure: 'p' }, BY);
    let saved = 0;
    const save = async () => {
      const { sha256 } = await objects.put(Buffer.alloc(40_000, `${saved} `));
      await cases.commit(id, { ifRevision: saved, documentSha256: sha256, message: '', command: null }, BY);
      saved++;
    };
    let refusal: unknown;
    while (!refusal) await save().catch((e) => (refusal = e));
    expect(refusal).toMatchObject({ code: 'store.full', hint: expect.stringContaining('Nothing was changed') });
    expect(saved).toBeGreaterThan(20);
    expect((await cases.case(id))?.revision).toBe(saved);
    for (const { documentSha256 } of await cases.revisions(id)) await objects.get(documentSha256);
    expect(readdirSync(join(small, 'tmp'))).toEqual([]);
    // Somebody else's file makes room.
    const { documentSha256 } = (await cases.revision(id, 1))!;
    rmSync(join(small, 'objects/sha256', documentSha256.slice(0, 2)), { recursive: true });
    await save();
    expect((await verifyAudit(cases)).faults).toEqual([]);
    await stores.close();
  });

  test('that cannot be written to is refused by name, and opened again afterwards', async () => {
    await expect(openStores({ folder: closed })).rejects.toMatchObject({ code: 'store.read-only' });
    spawnSync('mount', ['-o', 'remount,rw', closed]);
    const stores = await openStores({ folder: closed });
    expect(await stores.cases.cases()).toEqual([]);
    await stores.close();
  });
});

test('a folder belongs to one process', async () => {
  const own = temporaryFolder();
  const stores = await openStores({ folder: own });
  await expect(openStores({ folder: own })).rejects.toMatchObject({
    code: 'store.busy',
    facts: { holder: expect.stringContaining(String(process.pid)) },
  });
  await stores.close();
  const again = await openStores({ folder: own });
  await again.close();
  removeFolder(own);
});
