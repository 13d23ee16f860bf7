// CalculiX on the deck of the talus: the finite-element program people cross-check with. Speaks the protocol of `bench/child.ts`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { watched } from './watched.mjs';

const [solver, inputs] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'osteon-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const card = { cholesky: 'ITERATIVE CHOLESKY', scaling: 'ITERATIVE SCALING', spooles: 'SPOOLES' }[solver];
const deck = readFileSync(join(inputs, 'talus-50k.inp'), 'utf8');
writeFileSync(join(folder, 'talus.inp'), deck.replace('SOLVER=SPOOLES', `SOLVER=${card}`));

const env = { ...process.env, OMP_NUM_THREADS: '1', CCX_NPROC_EQUATION_SOLVER: '1' };

/** Nodes and greatest displacement of the result file. */
function answer() {
  let nodes = 0;
  let greatest = 0;
  let inside = false;
  for (const line of readFileSync(join(folder, 'talus.frd'), 'latin1').split('\n')) {
    if (line.startsWith(' -4')) inside = line.includes('DISP');
    else if (inside && line.startsWith(' -1')) {
      nodes++;
      const u = [0, 1, 2].map((k) => Number(line.slice(13 + 12 * k, 25 + 12 * k)));
      greatest = Math.max(greatest, Math.hypot(...u));
    }
  }
  return { nodes, displacementUm: 1000 * greatest };
}

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
say('ready');
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const { peakMb } = await watched('ccx', ['talus'], { cwd: folder, env });
  const ms = performance.now() - start;
  say({ ms, peakMb, answer: answer() });
}
