import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OsteonError } from '../../base/index.ts';
import { writeStl } from '../../io/index.ts';
import { type Process, settingOf } from '../../make/index.ts';
import type { Mesh } from '../../mesh/index.ts';

const TIMEOUT_MS = 900_000;

/**
 * G-code by PrusaSlicer, where it is installed, with the numbers of the process: the same body in the same place, its
 * supports already in the mesh. Our own slicer never needs it.
 * @param mesh in plate coordinates, mm: part, and supports where there are any
 * @throws io.unsupported where the program is missing or refuses the part
 */
export async function sliceWithPrusa(mesh: Mesh, process: Process): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'osteon-prusa-'));
  try {
    const stl = join(folder, 'part.stl');
    const gcode = join(folder, 'part.gcode');
    await writeFile(stl, writeStl(mesh));
    await run([...argumentsOf(process), '--dont-arrange', '-o', gcode, stl]);
    const { buffer, byteOffset, length } = await readFile(gcode);
    return new Uint8Array(buffer, byteOffset, length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function argumentsOf(process: Process): string[] {
  const of = (name: Parameters<typeof settingOf>[1]) => String(settingOf(process, name));
  const [x, y] = [of('buildXMm'), of('buildYMm')];
  return [
    ...['--export-gcode', '--loglevel', '1', '--center', `${Number(x) / 2},${Number(y) / 2}`],
    ...['--bed-shape', `0x0,${x}x0,${x}x${y},0x${y}`, '--max-print-height', of('buildZMm')],
    ...['--layer-height', of('layerMm'), '--first-layer-height', of('layerMm')],
    ...[
      '--nozzle-diameter',
      of('nozzleMm'),
      '--extrusion-width',
      of('lineMm'),
      '--filament-diameter',
      of('filamentMm'),
    ],
    ...['--temperature', of('nozzleC'), '--first-layer-temperature', of('nozzleC')],
    ...['--bed-temperature', of('bedC'), '--first-layer-bed-temperature', of('bedC')],
    ...['--perimeters', of('perimeters'), '--top-solid-layers', of('solidLayers')],
    ...['--bottom-solid-layers', of('solidLayers'), '--fill-density', `${100 * Number(of('infillFraction'))}%`],
    ...['--skirts', of('skirtLoops'), '--retract-length', of('retractMm'), '--retract-speed', of('retractSpeedMmS')],
    ...['--perimeter-speed', of('printSpeedMmS'), '--infill-speed', of('printSpeedMmS')],
    ...['--first-layer-speed', of('firstLayerSpeedMmS'), '--travel-speed', of('travelSpeedMmS')],
    ...['--elefant-foot-compensation', '0', '--support-material=0'],
  ];
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('prusa-slicer', [...args], { timeout: TIMEOUT_MS, maxBuffer: 64e6 }, (fault, _, err) => {
      if (!fault) return resolve();
      const missing = (fault as NodeJS.ErrnoException).code === 'ENOENT';
      const reason = missing ? 'not installed' : (err.trim().split('\n').at(-1) ?? '').slice(0, 200);
      reject(
        new OsteonError('io.unsupported', { what: 'prusa-slicer', reason }, 'Leave --engine out: ours needs nothing'),
      );
    });
  });
}
