import { beforeAll, describe, expect, test } from 'vitest';
import {
  buildSupports,
  extrudeLayers,
  extrudeOptionsOf,
  facesOf,
  findIslands,
  layerAreasMm2,
  layerHeights,
  layerOutlines,
  layersSvg,
  lineSectionMm2,
  outlinesAreaMm2,
  outlinesOf,
  pathLengthMm,
  processOf,
  type RegionEngine,
  replayGcode,
  simplifyOutlines,
  sliceMesh,
  supportOptionsOf,
  withSettings,
  writeGcode,
} from '../../src/make/index.ts';
import { applyAll, rotation } from '../../src/math/index.ts';
import { box, cylinder, joinMeshes, type Mesh } from '../../src/mesh/index.ts';
import { createRegionEngine } from '../../src/platform/node/index.ts';
import { shippedTalus, standing } from '../make-kit.ts';

let engine: RegionEngine;
beforeAll(async () => {
  engine = await createRegionEngine();
});

const process = processOf('pla-fdm');
const printed = (mesh: Mesh, own = process, supports?: Mesh) => {
  const o = extrudeOptionsOf(own);
  const heights = layerHeights(mesh, o.layerMm);
  const stack = sliceMesh(mesh, heights);
  const held = supports && sliceMesh(supports, heights);
  const layers = extrudeLayers(stack, held, engine, o);
  const gcode = writeGcode(own, layers, { title: 'test' });
  return { o, stack, layers, gcode, replay: replayGcode(gcode.text) };
};

describe('G-code', () => {
  test('a solid block: the plastic that comes out is the volume of the block', () => {
    const { replay, gcode } = printed(
      box([-8, -6, 0], [8, 6, 6]),
      withSettings(process, { infillFraction: 1, skirtLoops: 0 }),
    );
    const plastic = (replay.filamentMm * Math.PI * 1.75 * 1.75) / 4;
    expect(Math.abs(plastic / (16 * 12 * 6) - 1)).toBeLessThan(0.02);
    expect(gcode.massG).toBeCloseTo((plastic * 1.24) / 1000, 3);
    expect([replay.nozzleC, replay.bedC]).toEqual([210, 60]);
  });

  test('extrusion is conserved: what is replayed is what was planned, stroke by stroke', () => {
    const talus = standing(shippedTalus());
    const { o, layers, gcode, replay } = printed(talus);
    const planned = layers.reduce((s, l) => s + l.paths.reduce((t, p) => t + pathLengthMm(p), 0), 0);
    const perMm = lineSectionMm2(o.lineMm, o.layerMm) / ((Math.PI / 4) * 1.75 * 1.75);
    expect(Math.abs(replay.filamentMm / (planned * perMm) - 1)).toBeLessThan(1e-4);
    expect(Math.abs(replay.filamentMm / gcode.filamentMm - 1)).toBeLessThan(1e-5);
    for (const { line, filamentMm } of replay.strokes) {
      const d = Math.hypot(line[2] - line[0], line[3] - line[1]);
      // Places are written to 0.1 µm, filament to 10 nm.
      expect(Math.abs(filamentMm - d * perMm)).toBeLessThan(2e-5);
    }
  });

  test('the outer walls, replayed, enclose the same cross-sections', () => {
    const talus = standing(shippedTalus());
    const { o, stack, replay } = printed(talus);
    const areas = layerAreasMm2(stack);
    for (let k = 5; k < areas.length; k += 17) {
      const wall = replay.strokes.filter((s) => s.type === 'WALL-OUTER' && Math.abs(s.z - (k + 1) * 0.2) < 1e-6);
      const loops: number[][] = [];
      for (const { line } of wall) {
        const last = loops.at(-1);
        const [x0, y0, x1, y1] = line;
        if (last && last.at(-2) === x0 && last.at(-1) === y0) last.push(x1, y1);
        else loops.push([x0, y0, x1, y1]);
      }
      const drawn = outlinesOf(loops.map((l) => l.slice(0, -2)));
      const [grown] = engine.offsets(drawn, [o.lineMm / 2], 'sharp');
      expect(Math.abs(outlinesAreaMm2(grown) / areas[k] - 1)).toBeLessThan(2e-3);
    }
  });

  test('skirt around part and supports, infill inside, nothing beyond the bed', () => {
    const slab = joinMeshes([box([-10, -10, 8], [10, 10, 10]), box([-2, -2, 0], [2, 2, 8.1])]);
    const faces = facesOf(24, {});
    const islands = findIslands(sliceMesh(slab, layerHeights(slab, 0.2)));
    const supports = buildSupports(slab, faces, islands, supportOptionsOf(process));
    const { replay, layers } = printed(slab, process, supports.mesh);
    const kinds = new Set(layers.flatMap((l) => l.paths.map((p) => p.kind)));
    expect(kinds).toEqual(new Set(['skirt', 'support', 'inner', 'outer', 'solid', 'infill']));
    expect(layers[0].paths[0].kind).toBe('skirt');
    expect(layers.slice(1).every((l) => l.paths.every((p) => p.kind !== 'skirt'))).toBe(true);
    const [x0, y0, x1, y1] = replay.box;
    expect([x0, y0].every((v) => v > 80) && [x1, y1].every((v) => v < 120)).toBe(true);
    // Supports end one gap below the slab.
    const top = Math.max(...replay.strokes.filter((s) => s.type === 'SUPPORT').map((s) => s.z));
    expect(top).toBeLessThanOrEqual(7.8 + 1e-9);
    expect(top).toBeGreaterThan(7.3);
  });

  test('a part that reaches beyond the bed is refused', () => {
    const wide = box([-98, -5, 0], [98, 5, 1]);
    expect(() => printed(wide)).toThrow(expect.objectContaining({ code: 'make.too-large' }));
  });

  test.each([
    ['G1 X1 Y1 E1', 'units'],
    ['G21\nG90\nM82\nG1 X1 Y1', 'homed'],
    ['G21\nG90\nM82\nG28\nG1 X1 Y1 Z1 E1', 'hot'],
    ['G21\nG99', 'unknown'],
  ])('replay refuses %j', (text, reason) => {
    expect(() => replayGcode(text)).toThrow(
      expect.objectContaining({
        code: 'make.file',
        facts: expect.objectContaining({ reason: expect.stringContaining(reason) }),
      }),
    );
  });
});

describe('fewer points', () => {
  test('stay within the tolerance and keep the area', () => {
    const tilted = { ...cylinder(10, 4, 500) };
    const mesh = { ...tilted, positions: applyAll(rotation([1, 0.3, 0], 0.4), tilted.positions) };
    const outline = layerOutlines(sliceMesh(mesh, Float64Array.of(1)), 0);
    const simple = simplifyOutlines(outline, 0.005);
    expect(simple.points.length).toBeLessThan(outline.points.length / 4);
    expect(Math.abs(outlinesAreaMm2(simple) / outlinesAreaMm2(outline) - 1)).toBeLessThan(1e-3);
    const { points: q } = simple;
    for (let i = 0; i < outline.points.length; i += 2) {
      let least = Number.POSITIVE_INFINITY;
      for (let j = 0; j < q.length; j += 2) {
        const k = (j + 2) % q.length;
        const [ux, uy] = [q[k] - q[j], q[k + 1] - q[j + 1]];
        const [x, y] = [outline.points[i] - q[j], outline.points[i + 1] - q[j + 1]];
        const s = Math.min(1, Math.max(0, (x * ux + y * uy) / (ux * ux + uy * uy)));
        least = Math.min(least, Math.hypot(x - s * ux, y - s * uy));
      }
      expect(least).toBeLessThan(0.0052);
    }
  });
});

test('SVG: one picture a layer, to scale, with a bar', () => {
  const square = outlinesOf([[0, 0, 10, 0, 10, 10, 0, 10]]);
  const svg = layersSvg(
    [
      { title: 'layer 1 <a>', outlines: square, vectors: { core: Float64Array.of(1, 1, 9, 1) } },
      { title: 'layer 2', outlines: square, supports: square },
    ],
    2,
  );
  expect(svg).toMatch(/^<svg [^>]+width="480"/);
  expect(svg.match(/<g transform="translate\(\d+ \d+\)"><text/g)).toHaveLength(2);
  expect(svg).toContain('layer 1 &lt;a&gt;');
  expect(svg).toContain('2 mm');
});
