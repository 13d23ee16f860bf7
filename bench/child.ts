import { createInterface } from 'node:readline';
import type { BenchCase } from './bench-case.ts';
import { DECK_NODES, CASES as FEA, talusDeck } from './fea.bench.ts';
import { inputMesh, makeInputs, putMissing } from './inputs.ts';
import { CASES as MAKE } from './make.bench.ts';
import { CASES as MESH } from './mesh.bench.ts';
import { CASES as REGISTER } from './register.bench.ts';
import { CASES as SURFACE } from './surface.bench.ts';
import { CASES as VOLUME } from './volume.bench.ts';

/**
 * Our side of a case, in a process of its own. Says `ready`, then answers every line it is sent with one JSON line:
 * time, processor time of all threads and peak memory of one run, and the answer. Peers speak the same protocol.
 */

const CASES: readonly BenchCase[] = [...VOLUME, ...SURFACE, ...REGISTER, ...MESH, ...MAKE, ...FEA];

const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const [command, ...rest] = process.argv.slice(2);
if (command === 'inputs') {
  makeInputs(rest[0], rest[1]);
  putMissing(rest[1], 'talus-50k.inp', () => talusDeck(inputMesh(rest[1], 'talus-100k'), DECK_NODES));
} else if (command === 'list') say(CASES.map(({ name, what, peers }) => ({ name, what, peers })));
else {
  const found = CASES.find((c) => c.name === command);
  if (!found) throw new Error(`no case named ${command}`);
  await found.setup(rest[0]);
  say('ready');
  for await (const _ of createInterface({ input: process.stdin })) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = found.run();
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    say({
      ms,
      cpuMs: (user + system) / 1000,
      peakMb: process.resourceUsage().maxRSS / 1024,
      answer: found.answer(result),
    });
  }
}
