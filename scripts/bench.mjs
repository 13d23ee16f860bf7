// `npm run bench -- [filter] [--repeats 5] [--against <commit>] [--json]`
// Our kernels beside other programs on the same input, in turns, in one run; where no other program is installed, beside
// the last commit. Prints ratios, never times: a time says more about the machine. Never fails a build.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { findTools } from '../bench/peers/tools.mjs';
import { ratiosOf, textOf } from '../bench/report.mjs';
import { startSide } from '../bench/side.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = join(root, 'dist/bench');
/** Raised when `bench/inputs.ts` makes other inputs. */
const INPUTS_VERSION = 1;
const inputs = join(work, `inputs-${INPUTS_VERSION}`);
/** No further repeat begins after this, as soon as there are three. */
const CASE_MS = 120_000;
const LEAST_REPEATS = 3;

const tell = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[2K${text}`);

async function bundle(from, name) {
  const outfile = join(work, name);
  await build({
    entryPoints: [join(from, 'bench/child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
  });
  return [process.execPath, outfile];
}

/** The benchmarks of this tree over the sources of another commit: by default the last one that differs from them. */
async function bundleOf(commit) {
  const git = (...args) =>
    execFileSync('git', args, { cwd: root, maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'ignore'] });
  const changed = git('status', '--porcelain', 'src').length > 0;
  const version = git('rev-parse', '--short', commit || (changed ? 'HEAD' : 'HEAD~1'))
    .toString()
    .trim();
  const folder = join(work, `commit-${version}`);
  mkdirSync(folder, { recursive: true });
  try {
    spawnSync('tar', ['-x', '-C', folder], { input: git('archive', version, 'src', 'tsconfig.base.json') });
    cpSync(join(root, 'bench'), join(folder, 'bench'), { recursive: true });
    return { version, command: await bundle(folder, `commit-${version}.mjs`) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All sides in turns, the first turn besides. A side that fails drops out and says why. */
async function takeTurns(title, sides, repeats) {
  const rows = sides.map((side) => ({ side, running: null, runs: [], failed: '' }));
  const guarded = async (row, act) => {
    try {
      await act();
    } catch (e) {
      row.failed = e.message;
      row.running?.stop();
      row.running = null;
    }
  };
  for (const row of rows)
    await guarded(row, async () => {
      tell(`${title}: loading ${row.side.peer}`);
      row.running = await startSide(row.side.command);
    });
  const began = performance.now();
  for (let i = 0; i <= repeats && (i <= LEAST_REPEATS || performance.now() - began < CASE_MS); i++)
    for (const row of rows)
      if (row.running)
        await guarded(row, async () => {
          tell(`${title}: ${row.side.peer}, turn ${i} of ${repeats}`);
          row.runs.push(await row.running.run());
        });
  for (const row of rows) row.running?.stop();
  tell('');
  return rows;
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      repeats: { type: 'string', default: '5' },
      against: { type: 'string' },
    },
  });
  const repeats = Math.max(LEAST_REPEATS, Number(values.repeats) || 0);
  mkdirSync(work, { recursive: true });
  const ours = await bundle(root, 'ours.mjs');
  const run = (...args) =>
    execFileSync(ours[0], [ours[1], ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  const all = JSON.parse(run('list'));
  const wanted = all.filter(({ name }) => positionals.every((word) => name.includes(word)));
  if (wanted.length === 0) throw new Error(`no such case; there are: ${all.map(({ name }) => name).join(', ')}`);
  tell('making the inputs (once)');
  run('inputs', join(root, 'data/feet'), inputs);
  const tools = findTools(
    wanted.flatMap((c) => c.peers.map((p) => p.split(':')[0])),
    work,
  );
  const skipped = Object.entries(tools).flatMap(([tool, { missing }]) => (missing ? [{ tool, reason: missing }] : []));
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: availableParallelism(),
    node: process.versions.node,
    loadAtStart: loadavg()[0],
  };

  let base;
  const last = async () => {
    base ??= await bundleOf(values.against).catch((e) => {
      skipped.push({ tool: 'last commit', reason: e.message.split('\n')[0] });
      return {};
    });
    return base;
  };
  const cases = [];
  for (const { name, what, peers } of wanted) {
    const sides = peers.flatMap((peer) => {
      const [tool, operation] = peer.split(':');
      const { version, command } = tools[tool];
      return command ? [{ peer, version, command: [...command, operation, inputs] }] : [];
    });
    if (sides.length === 0 || values.against) {
      const { version, command } = await last();
      if (command) sides.push({ peer: 'commit', version, command: [...command, name, inputs] });
    }
    const [own, ...others] = await takeTurns(
      name,
      [{ peer: 'ours', command: [...ours, name, inputs] }, ...sides],
      repeats,
    );
    const rows = others.map(({ side: { peer, version }, runs, failed }) => {
      const enough = Math.min(own.runs.length, runs.length) > 1;
      return { peer, version, ...(enough ? { ratios: ratiosOf(own.runs, runs) } : { failed: failed || own.failed }) };
    });
    cases.push({ name, what, ...(own.failed ? { failed: own.failed } : {}), rows });
  }
  const report = { machine, cases, skipped };
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : textOf(report)}\n`);
}

try {
  await main();
} catch (e) {
  process.stderr.write(`bench: ${e.message}\n`);
}
