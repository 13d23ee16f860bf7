import { beforeAll, describe, expect, test } from 'vitest';
import {
  beamTime,
  EXPOSE_DEFAULTS,
  exposeLayer,
  exposeLayers,
  hatchLengthMm,
  layerHeights,
  layerOutlines,
  outlinesAreaMm2,
  outlinesBox,
  outlinesOf,
  processOf,
  type RegionEngine,
  sliceMesh,
  vectorsLengthMm,
} from '../../src/make/index.ts';
import { box, cylinder, joinMeshes, type Mesh, sphere } from '../../src/mesh/index.ts';
import { createRegionEngine } from '../../src/platform/node/index.ts';
import { standing } from '../make-kit.ts';

let engine: RegionEngine;
beforeAll(async () => {
  engine = await createRegionEngine();
});

const square = (x: number, y: number, s: number) => [x, y, x + s, y, x + s, y + s, x, y + s];

describe('region engine', () => {
  const a = outlinesOf([square(0, 0, 4)]);
  const b = outlinesOf([square(2, 2, 4)]);
  const nothing = outlinesOf([]);

  test('areas of union, difference, intersection', () => {
    const union = outlinesAreaMm2(engine.union([a, b, nothing]));
    const both = outlinesAreaMm2(engine.intersection(a, b));
    expect([union, both, outlinesAreaMm2(engine.difference(a, b))]).toEqual([28, 4, 12]);
    expect(outlinesAreaMm2(engine.union([outlinesOf([square(0, 0, 4), square(2, 2, 4)])]))).toBe(28);
    expect(engine.union([nothing]).points).toHaveLength(0);
    expect(outlinesAreaMm2(engine.difference(a, nothing))).toBe(16);
    expect(outlinesAreaMm2(engine.difference(nothing, a))).toBe(0);
  });

  test('offsets step by step: squares shrink and vanish, round corners grow by Minkowski', () => {
    const [grown, small, gone] = engine.offsets(a, [1, -1, -3], 'sharp').map(outlinesAreaMm2);
    expect([grown, small, gone]).toEqual([36, 4, 0]);
    const [round] = engine.offsets(a, [1], 'round').map(outlinesAreaMm2);
    expect(Math.abs(round - (16 + 16 + Math.PI))).toBeLessThan(0.01);
  });

  test('pieces keep their holes', () => {
    const frame = outlinesOf([square(0, 0, 4), [1, 1, 1, 3, 3, 3, 3, 1], square(10, 0, 1)]);
    expect(engine.pieces(frame).map(outlinesAreaMm2).sort()).toEqual([1, 12]);
  });
});

describe('exposure', () => {
  const o = { ...EXPOSE_DEFAULTS, layerMm: 0.05, stripeMm: 0, stripeOverlapMm: 0 };
  const stackOf = (mesh: Mesh) => sliceMesh(mesh, layerHeights(mesh, o.layerMm));

  test('contours lie half a track inside, hatch ends at its own distance', () => {
    const stack = stackOf(box([0, 0, 0], [10, 8, 2]));
    const e = exposeLayer(stack, 20, engine, o);
    outlinesBox(e.contours).forEach((v, i) => {
      expect(v).toBeCloseTo([0.05, 0.05, 9.95, 7.95][i], 6);
    });
    const inner = outlinesOf([[0.09, 0.09, 9.91, 0.09, 9.91, 7.91, 0.09, 7.91]]);
    expect(vectorsLengthMm(e.core)).toBeCloseTo(hatchLengthMm(inner, e.angleDeg, o.hatchMm), 4);
    expect(e.downSkin.length + e.upSkin.length).toBe(0);
    expect(e.angleDeg).toBe((20 * 67) % 180);
  });

  test('a step: up-skin on the lower level, down-skin under the overhang, core between', () => {
    // A wide slab, a narrow stem, a wide slab: 2 mm each.
    const slab = (z: number, half: number) => box([-half, -half, z], [half, half, z + 2]);
    const mesh = joinMeshes([slab(0, 5), slab(2, 2), slab(4, 5)]);
    const stack = stackOf(mesh);
    const inner = (half: number) => outlinesOf([square(-half, -half, 2 * half)]);
    const hatch = (layer: number, half: number) => hatchLengthMm(inner(half), (layer * 67) % 180, o.hatchMm);
    const skins = [37, 38, 39, 80, 81, 82, 118].map((k) => {
      const e = exposeLayer(stack, k, engine, o);
      const all = hatch(k, 5 - 0.09);
      expect(vectorsLengthMm(e.core) + vectorsLengthMm(e.downSkin) + vectorsLengthMm(e.upSkin)).toBeCloseTo(all, 3);
      return [vectorsLengthMm(e.downSkin) / all, vectorsLengthMm(e.upSkin) / all].map((f) => Math.round(20 * f) / 20);
    });
    const ring = Math.round((20 * (9.82 * 9.82 - 16)) / (9.82 * 9.82)) / 20;
    expect(skins).toEqual([
      [0, 0],
      [0, ring],
      [0, ring],
      [ring, 0],
      [ring, 0],
      [0, 0],
      [0, 1],
    ]);
  });

  test('the hatch of all layers fills the volume that the contours leave', () => {
    const ball = standing(sphere(6, 5));
    const table = exposeLayers(stackOf(ball), engine, o, () => {});
    const hatched = table.coreMm.map((c, k) => c + table.downSkinMm[k] + table.upSkinMm[k]).reduce((x, y) => x + y, 0);
    const inner = table.areaMm2.reduce(
      (s, area) => s + Math.PI * Math.max(0, Math.sqrt(area / Math.PI) - 0.09) ** 2,
      0,
    );
    expect(Math.abs((hatched * o.hatchMm) / inner - 1)).toBeLessThan(2e-3);
    expect(table.topMm.at(-1)).toBeCloseTo(12, 6);
  });

  test('time: each vector at its speed, a recoat for each layer', () => {
    const process = processOf('ti64-eli-lpbf');
    const rod = cylinder(5, 3, 90);
    const table = exposeLayers(sliceMesh(rod, layerHeights(rod, 0.03)), engine, { layerMm: 0.03 }, () => {});
    const time = beamTime(process, table);
    expect(time.recoatS).toBeCloseTo(900, 9);
    // 78 mm² in lines of 0.12 mm at 1.2 m/s is 0.55 s a layer.
    expect(time.scanS / 100).toBeGreaterThan(0.5);
    expect(time.scanS / 100).toBeLessThan(0.65);
    expect(time.totalS).toBeCloseTo(time.scanS + time.jumpS + time.recoatS + time.setupS, 9);
  });

  test('layers are found through the stack without copying', () => {
    const stack = stackOf(cylinder(2, 1, 12));
    expect(layerOutlines(stack, 3).points.buffer).toBe(stack.points.buffer);
  });
});
