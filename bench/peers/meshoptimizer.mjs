// meshoptimizer, compiled from C++ to WebAssembly. Says "ready", then answers every line with one JSON line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MeshoptSimplifier } from 'meshoptimizer';

const [, , operation, inputs] = process.argv;
if (operation !== 'simplify') process.exit(2);
await MeshoptSimplifier.ready;
const { buffer } = new Uint8Array(readFileSync(join(inputs, 'calcaneus-dense.mesh')));
const [vertices, triangles] = new Uint32Array(buffer, 0, 2);
const positions = Float32Array.from(new Float64Array(buffer, 8, 3 * vertices));
const corners = new Uint32Array(buffer, 8 + 24 * vertices, 3 * triangles);
const wanted = 3 * Math.round(triangles / 10);

function volumeMm3(t, p) {
  let six = 0;
  for (let i = 0; i < t.length; i += 3) {
    const [a, b, c] = [3 * t[i], 3 * t[i + 1], 3 * t[i + 2]];
    six +=
      p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) +
      p[a + 1] * (p[b + 2] * p[c] - p[b] * p[c + 2]) +
      p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
  }
  return six / 6;
}

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
say('ready');
for await (const _ of createInterface({ input: process.stdin })) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const [left] = MeshoptSimplifier.simplify(corners, positions, 3, wanted, 1e9);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const answer = { triangles: left.length / 3, volumeMm3: volumeMm3(left, positions) };
  say({ ms, cpuMs: (user + system) / 1000, peakMb: process.resourceUsage().maxRSS / 1024, answer });
}
