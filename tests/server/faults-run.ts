import { accessSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { OsteonError } from '../../src/base/index.ts';
import { scrub } from '../../src/server/audit/scrub.ts';
import { verifyAudit } from '../../src/server/audit/verify.ts';
import { openStores, type Stores } from '../../src/server/store/open.ts';

/**
 * Runs with faults.c preloaded: saves again and again while the first, second, third … file operation fails, until a
 * save gets through untouched. Prints what was seen as JSON.
 */
export interface FaultReport {
  readonly points: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Sentences; there should be none. */
  readonly faults: readonly string[];
}

const BY = { id: 'u', name: 'U' };
const faults: string[] = [];
const refused: Record<string, number> = {};

/** Arms the next failure (or none) and returns how many operations there were since the last call. */
function arm(how: string): number {
  try {
    accessSync(`/osteon-faults/${how}`);
  } catch (e) {
    return Math.abs((e as NodeJS.ErrnoException).errno ?? 0) - 1000;
  }
  throw new Error('faults.c is not loaded');
}

async function attempt<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (e) {
    const known = e instanceof OsteonError && /^store\.(full|unavailable|read-only|damaged)$/.test(e.code);
    if (!known) faults.push(`not in the words of the store: ${(e as Error).stack}`);
    else if (e.hint === '') faults.push(`no hint: ${e.message}`);
    const code = known ? e.code : 'unknown';
    refused[code] = (refused[code] ?? 0) + 1;
    return undefined;
  }
}

async function saves(folder: string, errno: number, how: 'once' | 'ever'): Promise<number> {
  const stores = await openStores({ folder });
  const { cases, objects } = stores;
  const { id } = await cases.createCase({ label: 'C', procedure: 'p' }, BY);
  const save = async (n: number) => {
    const { sha256, bytes } = await objects.put(Buffer.from(`document ${n} of ${folder}`.repeat(500)));
    const made = { ifRevision: n, documentSha256: sha256, message: `m${n}`, command: null };
    const done = await cases.commit(id, made, BY);
    await cases.addArtefacts(id, done.revision.n, [{ path: 'scan/1', sha256, bytes, mediaType: 'x/y' }], BY);
    return done.revision.n;
  };
  let n = 1;
  for (let last = 0; ; n++) {
    arm(`${n}/${errno}/${how}`);
    const answer = await attempt(() => save(last));
    const operations = arm('off');
    const found = (await cases.case(id))!.revision;
    if (answer !== undefined && found !== answer) faults.push(`answered ${answer}, found ${found}`);
    if (found !== last && found !== last + 1) faults.push(`from ${last} to ${found}`);
    for (const name of readdirSync(join(folder, 'tmp'))) faults.push(`left over at ${n}: ${name}`);
    last = found;
    // It goes on as soon as there is space again.
    last = await save(last);
    if (operations < n) break;
  }
  await wellKept(stores);
  await stores.close();
  return n;
}

async function opening(folder: string, errno: number): Promise<number> {
  let n = 1;
  for (; ; n++) {
    const own = join(folder, String(n));
    arm(`${n}/${errno}/once`);
    const stores = await attempt(() => openStores({ folder: own }));
    const operations = arm('off');
    await stores?.close();
    const again = await openStores({ folder: own });
    await again.cases.createCase({ label: 'C', procedure: 'p' }, BY);
    await again.close();
    rmSync(own, { recursive: true, force: true });
    if (operations < n) return n;
  }
}

async function wellKept({ cases, objects }: Stores): Promise<void> {
  const { faults: broken } = await verifyAudit(cases);
  for (const { text } of broken) faults.push(text);
  const { damaged, missing } = await scrub(cases, objects);
  for (const hash of [...damaged, ...missing]) faults.push(`object ${hash}`);
}

const [folder] = process.argv.slice(2);
const ENOSPC = 28;
const EIO = 5;
const EMFILE = 24;
let points = 0;
for (const [name, errno, how] of [
  ['full-once', ENOSPC, 'once'],
  ['full-ever', ENOSPC, 'ever'],
  ['broken-once', EIO, 'once'],
  ['no-files', EMFILE, 'once'],
] as const) {
  mkdirSync(join(folder, name));
  points += await saves(join(folder, name), errno, how);
}
points += await opening(join(folder, 'opening'), ENOSPC);
process.stdout.write(JSON.stringify({ points, refused, faults } satisfies FaultReport));
