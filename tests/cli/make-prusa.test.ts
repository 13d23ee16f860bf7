import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { write3mf, writeStl } from '../../src/io/index.ts';
import {
  extrudeLayers,
  extrudeOptionsOf,
  layerHeights,
  layerOutlines,
  outlinesAreaMm2,
  outlinesBox,
  processOf,
  type RegionEngine,
  sliceMesh,
  writeGcode,
} from '../../src/make/index.ts';
import { bounds, box, cylinder, type Mesh, type SolidEngine, sphere } from '../../src/mesh/index.ts';
import { createRegionEngine, createSolidEngine } from '../../src/platform/node/index.ts';
import { axisGrid, components, createVolume } from '../../src/volume/index.ts';
import { gyroidBall, shippedTalus, standing } from '../make-kit.ts';

// Beside PrusaSlicer 2.5: its resin mode writes every layer as a picture, in which areas and islands can be counted.
const here = spawnSync('prusa-slicer', ['--help'], { encoding: 'utf8' }).status === 0;
const beside = here ? describe : describe.skip;
const PIXEL = 0.025;
const LAYER = 0.4;

let folder: string;
let engine: RegionEngine;
let solid: SolidEngine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'osteon-prusa-'));
  engine = await createRegionEngine();
  solid = await createSolidEngine();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The stored or deflated entries of a small zip whose names end in .png, by name. */
function layersOf(zip: Buffer): Buffer[] {
  const found: [name: string, png: Buffer][] = [];
  let at = zip.readUInt32LE(zip.length - 22 + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [method, packed, nameLength] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
    ];
    const name = zip.toString('latin1', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(from, from + packed);
    if (/^[^/]*\.png$/.test(name)) found.push([name, method === 8 ? inflateRawSync(bytes) : bytes]);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return found.sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, png]) => png);
}

/** Grey values of an 8-bit PNG. */
function pixelsOf(png: Buffer): { width: number; height: number; data: Uint8Array } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const raw = inflateSync(Buffer.concat(parts));
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (width + 1)];
    for (let x = 0; x < width; x++) {
      const a = x > 0 ? data[y * width + x - 1] : 0;
      const b = y > 0 ? data[(y - 1) * width + x] : 0;
      const c = x > 0 && y > 0 ? data[(y - 1) * width + x - 1] : 0;
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      data[y * width + x] = raw[y * (width + 1) + 1 + x] + [0, a, b, (a + b) >> 1, paeth][filter];
    }
  }
  return { width, height, data };
}

beside('layers beside PrusaSlicer’s', () => {
  const shift = (mesh: Mesh, x: number, y: number, z: number): Mesh => ({
    ...mesh,
    positions: mesh.positions.map((v, i) => v + [x, y, z][i % 3]),
  });
  const bodies: readonly (readonly [string, () => Mesh])[] = [
    ['a talus', () => standing(shippedTalus())],
    [
      'a guide with drill holes and a slot',
      () =>
        standing(
          solid.difference(box([-15, -8, 0], [15, 8, 9]), [
            ...[-10, -3, 4].map((x) => shift(cylinder(1.55, 20, 40), x, 0, -5)),
            box([8, -5, -1], [9, 5, 20]),
            sphere(9, 4, [0, 0, -5]),
          ]),
        ),
    ],
    ['a gyroid cage', () => standing(gyroidBall(9, 6, 1.2, 0.3))],
  ];

  test.each(bodies)('%s: areas within 0.1 %, and not one island more or less', (name, make) => {
    const mesh = make();
    const stl = join(folder, `${name.replace(/\W/g, '')}.stl`);
    writeFileSync(stl, writeStl(mesh));
    const { lo, hi } = bounds(mesh);
    const side = [0, 1].map((k) => Math.ceil((hi[k] - lo[k] + 4) / 2) * 2);
    const pixels = side.map((s) => String(Math.round(s / PIXEL)));
    const shape = `0x0,${side[0]}x0,${side[0]}x${side[1]},0x${side[1]}`;
    execFileSync(
      'prusa-slicer',
      [
        ...['--export-sla', '--printer-technology', 'SLA', '--loglevel', '0'],
        ...['--layer-height', String(LAYER), '--initial-layer-height', String(LAYER)],
        ...['--supports-enable=0', '--pad-enable=0', '--elefant-foot-compensation', '0', '--slice-closing-radius', '0'],
        ...['--display-width', String(side[0]), '--display-height', String(side[1])],
        ...['--display-pixels-x', pixels[0], '--display-pixels-y', pixels[1], '--bed-shape', shape],
        ...['--center', `${side[0] / 2},${side[1] / 2}`, '-o', join(folder, 'out.sl1'), stl],
      ],
      { stdio: 'ignore' },
    );
    const pictures = layersOf(readFileSync(join(folder, 'out.sl1')));
    const stack = sliceMesh(mesh, layerHeights(mesh, LAYER));
    // Of a last layer that is more than half there we make one; PrusaSlicer’s resin mode leaves it out.
    const more = stack.heights.length - pictures.length;
    expect(more === 0 || more === 1).toBe(true);
    for (let k = 1; k < pictures.length; k += Math.ceil(pictures.length / 9)) {
      const { width, height, data } = pixelsOf(pictures[k]);
      const theirs = (data.reduce((s, v) => s + v, 0) / 255) * PIXEL * PIXEL;
      const layer = layerOutlines(stack, k);
      const ours = outlinesAreaMm2(layer);
      // A thousandth; of a small layer, what half a grey value along its outline comes to.
      expect(Math.abs(theirs - ours), `${name}, layer ${k}`).toBeLessThan(1e-3 * ours + 0.004);
      const mask = createVolume(
        axisGrid([width, height, 1], [1, 1, 1], [0, 0, 0]),
        'label',
        data.map((v) => (v > 127 ? 1 : 0)),
      );
      const islands = engine.pieces(layer).filter((p) => {
        const [x0, y0, x1, y1] = outlinesBox(p);
        return Math.min(x1 - x0, y1 - y0) > 2 * PIXEL;
      });
      expect(islands, `${name}, layer ${k}`).toHaveLength(components(mask).count);
    }
  });

  test('a build as 3MF is opened: part, supports, as we wrote them', () => {
    const part = sphere(8, 3, [0, 0, 12]);
    const bytes = write3mf({
      title: 'ball',
      application: 'Osteon',
      parts: [
        {
          name: 'ball',
          mesh: part,
          faces: { articular: [1, 2, 3] },
          slices: {
            bottomMm: 0,
            topsMm: Float64Array.of(1),
            outlines: [{ points: Float64Array.of(0, 0, 1, 0, 0, 1), start: Uint32Array.of(0, 3) }],
          },
        },
        { name: 'supports', mesh: box([-1, -1, 0], [1, 1, 4]), kind: 'support' },
      ],
    });
    const file = join(folder, 'build.3mf');
    writeFileSync(file, bytes);
    const info = spawnSync('prusa-slicer', ['--info', '--loglevel', '0', file], { encoding: 'utf8' }).stdout;
    expect(info.match(/manifold = yes/g)).toHaveLength(2);
    expect(info).toMatch(/volume = 16\.0/);
  });

  test('our G-code lays as much as theirs for the same walls and solid infill', () => {
    const process = processOf('pla-fdm');
    const part = box([-8, -6, 0], [8, 6, 6]);
    const o = { ...extrudeOptionsOf(process), infillFraction: 1, skirtLoops: 0 };
    const layers = extrudeLayers(sliceMesh(part, layerHeights(part, 0.2)), undefined, engine, o);
    const ours = writeGcode(process, layers).filamentMm;
    const stl = join(folder, 'block.stl');
    writeFileSync(stl, writeStl(part));
    const gcode = join(folder, 'block.gcode');
    execFileSync(
      'prusa-slicer',
      [
        ...['--export-gcode', '--loglevel', '0', '--layer-height', '0.2', '--first-layer-height', '0.2'],
        ...['--nozzle-diameter', '0.4', '--filament-diameter', '1.75', '--perimeters', '2', '--fill-density', '100%'],
        ...[
          '--fill-pattern',
          'rectilinear',
          '--extrusion-width',
          '0.45',
          '--skirts',
          '0',
          '--elefant-foot-compensation',
          '0',
        ],
        ...['--center', '100,100', '-o', gcode, stl],
      ],
      { stdio: 'ignore' },
    );
    const theirs = Number(/filament used \[mm\] = ([\d.]+)/.exec(readFileSync(gcode, 'utf8'))![1]);
    expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.02);
  });
});
