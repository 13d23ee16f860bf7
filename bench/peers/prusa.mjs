// PrusaSlicer, from an STL to G-code at 30 µm: the program people slice with. Speaks the protocol of `bench/child.ts`.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { watched } from './watched.mjs';

const [, inputs] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'osteon-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const stl = join(folder, 'part.stl');
const gcode = join(folder, 'part.gcode');

const bytes = new Uint8Array(readFileSync(join(inputs, 'talus-100k.mesh'))).buffer;
const [vertices, triangles] = new Uint32Array(bytes, 0, 2);
const p = new Float64Array(bytes, 8, 3 * vertices);
const t = new Uint32Array(bytes, 8 + p.byteLength, 3 * triangles);
const out = Buffer.alloc(84 + 50 * triangles);
out.writeUInt32LE(triangles, 80);
for (let i = 0; i < t.length; i++)
  for (let k = 0; k < 3; k++) {
    const at = 84 + 50 * Math.floor(i / 3) + 12 + 12 * (i % 3) + 4 * k;
    out.writeFloatLE(p[3 * t[i] + k], at);
  }
writeFileSync(stl, out);

const args = [
  ...['--export-gcode', '--loglevel', '0', '--layer-height', '0.03', '--first-layer-height', '0.03'],
  ...['--center', '100,100', '-o', gcode, stl],
];

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
say('ready');
for await (const _ of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const { code, peakMb } = await watched('prusa-slicer', args);
  if (code !== 0) throw new Error(`prusa-slicer ended with ${code}`);
  const ms = performance.now() - start;
  const layers = readFileSync(gcode, 'utf8').match(/;LAYER_CHANGE/g)?.length ?? 0;
  say({ ms, peakMb, answer: { layers } });
}
