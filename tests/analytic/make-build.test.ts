import { beforeAll, describe, expect, test } from 'vitest';
import { type CliLayer, readCli, writeCli } from '../../src/io/index.ts';
import {
  buildLayers,
  cliHeadOf,
  couponMesh,
  DOG_BONE,
  dogBone,
  facesOf,
  MODELS,
  type Part,
  placeCoupons,
  planBuild,
  planMilling,
  processOf,
  type RegionEngine,
  stockOf,
  vectorsLengthMm,
  withSettings,
  withStock,
} from '../../src/make/index.ts';
import { bounds, box, checkMesh, sphere, subdivide, unitFaceNormals, volumeMm3 } from '../../src/mesh/index.ts';
import { createRegionEngine } from '../../src/platform/node/index.ts';

let engine: RegionEngine;
beforeAll(async () => {
  engine = await createRegionEngine();
});

describe('stock', () => {
  const none = { general: 0, articular: 0, porous: 0, machined: 0 };

  test('a box grows by the stock of each face, edges stay sharp', () => {
    const block = subdivide(box([0, 0, 0], [10, 10, 10]));
    const n = unitFaceNormals(block);
    const up = Array.from(n.keys())
      .filter((i) => i % 3 === 2 && n[i] > 0.5)
      .map((i) => (i - 2) / 3);
    const faces = facesOf(n.length / 3, { articular: up });
    const s = withStock(block, faces, { ...none, general: 0.02, articular: 0.3 });
    const { lo, hi } = bounds(s.mesh);
    expect([...lo, ...hi].map((x) => Math.round(1e9 * x) / 1e9)).toEqual([-0.02, -0.02, -0.02, 10.02, 10.02, 10.3]);
    expect(s.asBuiltMm3).toBeCloseTo(10.04 * 10.04 * 10.32, 9);
    expect(s.nominalMm3).toBeCloseTo(1000, 9);
    expect(s.findings).toEqual([]);
  });

  test('a ball grows by its stock everywhere, and none leaves it as it is', () => {
    const ball = sphere(10, 4);
    const faces = facesOf(ball.triangles.length / 3, {});
    const s = withStock(ball, faces, { ...none, general: 0.1 });
    for (let i = 0; i < s.mesh.positions.length; i += 3)
      expect(Math.hypot(...s.mesh.positions.subarray(i, i + 3))).toBeCloseTo(10.1, 3);
    expect(withStock(ball, faces, none).mesh).toBe(ball);
  });

  test('where stocks meet on flat ground nothing is pushed sideways', () => {
    let plate = box([0, 0, 0], [8, 8, 2]);
    for (let i = 0; i < 3; i++) plate = subdivide(plate);
    const p = plate.positions;
    const t = plate.triangles;
    const half = Array.from({ length: t.length / 3 }, (_, i) => i).filter(
      (i) => p[3 * t[3 * i]] + p[3 * t[3 * i + 1]] < 8,
    );
    const s = withStock(plate, facesOf(t.length / 3, { machined: half }), { ...none, machined: 0.5, general: 0.02 });
    expect(checkMesh(s.mesh).solid).toBe(true);
    expect(s.maxMoveMm).toBeLessThan(0.5 * Math.sqrt(3) + 1e-9);
  });

  test('every process names its stock', () => {
    expect(stockOf(processOf('ti64-eli-lpbf'))).toEqual({ general: 0.02, articular: 0.1, porous: 0, machined: 0.5 });
    expect(stockOf(processOf('pla-fdm'))).toEqual(none);
  });
});

describe('coupons', () => {
  test('are solids of the standard’s size, beside the part and apart from each other', () => {
    expect(checkMesh(dogBone()).solid).toBe(true);
    const part = box([-20, -15, 3], [20, 15, 40]);
    const coupons = placeCoupons(processOf('ti64-eli-lpbf'), part, 4);
    const boxes = [bounds(part), ...coupons.map((c) => bounds(couponMesh(c)))];
    boxes.forEach((a, i) => {
      boxes.slice(0, i).forEach((b) => {
        const apart = [0, 1].some((k) => a.lo[k] > b.hi[k] + 5 || b.lo[k] > a.hi[k] + 5);
        expect(apart).toBe(true);
      });
    });
    const { lo, hi } = bounds(dogBone());
    expect(hi[2] - lo[2]).toBeCloseTo(
      2 * (DOG_BONE.gripLengthMm + DOG_BONE.filletMm) + DOG_BONE.gaugeLengthMm + 2 * DOG_BONE.stockMm,
      9,
    );
    const crowded = () => placeCoupons(processOf('ti64-eli-lpbf'), box([-20, -15, 0], [20, 115, 40]), 3);
    expect(crowded).toThrow(expect.objectContaining({ code: 'make.too-large' }));
  });
});

describe('build', () => {
  const part: Part = { name: 'egg', mesh: sphere(5, 4), faces: facesOf(5120, {}) };
  const process = withSettings(processOf('ti64-eli-lpbf'), { layerMm: 0.06, stockGeneralMm: 0 });

  test('a ball on supports: volumes, masses and times hang together, and the layer file says the same', () => {
    const build = planBuild(part, process, { coupons: 1 });
    expect(build.supports!.columns).toBeGreaterThan(10);
    expect(bounds(build.mesh).lo[2]).toBeCloseTo(3, 9);
    const layers: CliLayer[] = [{ topMm: 0, polylines: [], hatches: [] }];
    const made = buildLayers(build, engine, (layer) => layers.push(layer));
    expect(Math.abs(made.sliceError)).toBeLessThan(1e-3);
    expect(made.partMm3).toBeCloseTo(made.massG.part / 0.00443, 6);
    expect(made.massG.supports / 0.00443 / build.supports!.volumeMm3).toBeCloseTo(1, 1);
    expect(made.massG.coupons / 0.00443).toBeCloseTo(volumeMm3(dogBone()), 6);
    expect(made.time.totalS).toBeGreaterThan(layers.length * 9);

    const file = readCli(writeCli(cliHeadOf(build, layers.length - 1), layers, 'binary'));
    const total = (model: number) =>
      file.layers.reduce(
        (s, l) => s + l.hatches.filter((h) => h.model === model).reduce((t, h) => t + vectorsLengthMm(h.vectors), 0),
        0,
      );
    const sum = (a: Float64Array) => a.reduce((s, x) => s + x, 0);
    const { coreMm, downSkinMm, upSkinMm } = made.part;
    expect(total(MODELS.part) / (sum(coreMm) + sum(downSkinMm) + sum(upSkinMm))).toBeCloseTo(1, 4);
    expect(total(MODELS.supports) / sum(made.supportMm)).toBeCloseTo(1, 4);
    expect(total(MODELS.coupons) / sum(made.couponMm)).toBeCloseTo(1, 4);
    expect(file.head.labels).toEqual({ 1: 'egg', 2: 'supports', 3: 'coupons' });
  });

  test('a direction of one’s own is taken, unless an articular face would need support', () => {
    const block = box([0, 0, 0], [6, 6, 9]);
    const n = unitFaceNormals(block);
    const down = [0, 1, 2, 3].filter((i) => n[3 * i + 2] < -0.5);
    const own: Part = { name: 'block', mesh: block, faces: facesOf(12, { articular: down }) };
    expect(planBuild(own, process, { up: [0, 0, -2], coupons: 0 }).orientations[0].up).toEqual([0, 0, -1]);
    expect(() => planBuild(own, process, { up: [0, 0, 1], coupons: 0 })).toThrow(
      expect.objectContaining({ code: 'make.no-orientation' }),
    );
  });

  test('powder that carries needs no supports; light cures layers whole', () => {
    const sls = planBuild(part, processOf('pa12-sls'));
    expect(sls.supports).toBeUndefined();
    const resin = planBuild(part, processOf('resin-sla'));
    const layers: CliLayer[] = [];
    const made = buildLayers(resin, engine, (layer) => layers.push(layer));
    expect(layers.every((l) => l.hatches.every((h) => h.vectors.length === 0))).toBe(true);
    expect(made.time.scanS).toBeCloseTo(5 * 25 + (layers.length - 5) * 2.5, 9);
  });

  test('milling: blank, chips and time', () => {
    const block: Part = { name: 'plate', mesh: box([0, 0, 0], [40, 10, 3]), faces: facesOf(12, {}) };
    const m = planMilling(block, processOf('steel-5axis'));
    expect(m.blankMm).toEqual([50, 20, 13]);
    expect(m.removedMm3).toBeCloseTo(13_000 - 1200, 9);
    expect(m.totalS).toBeCloseTo(3600 + 11_800 / 60 + 1100 / 1.5, 6);
  });
});
