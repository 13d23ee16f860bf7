import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import { facesOf, orientOptionsOf, processOf, requireRoom, searchOrientations } from '../../src/make/index.ts';
import { applyAll, applyLinear, determinant, dot, rotation } from '../../src/math/index.ts';
import { facingRegion } from '../../src/measure/index.ts';
import {
  bounds,
  box,
  buildBvh,
  cylinder,
  sphere,
  subdivide,
  transformMesh,
  unitFaceNormals,
} from '../../src/mesh/index.ts';
import { shippedBone, shippedTalus } from '../make-kit.ts';

const trianglesWhere = (normals: Float64Array, keep: (n: Vec3) => boolean): number[] =>
  Array.from({ length: normals.length / 3 }, (_, i) => i).filter((i) =>
    keep([normals[3 * i], normals[3 * i + 1], normals[3 * i + 2]]),
  );

describe('orientation', () => {
  test('a part with one articular end stands on the other', () => {
    const rod = transformMesh(rotation([0.8, 0.3, 0.1], 1.1), cylinder(8, 12, 48));
    const n = unitFaceNormals(rod);
    const top = applyLinear(rotation([0.8, 0.3, 0.1], 1.1), [0, 0, 1]);
    const faces = facesOf(n.length / 3, { articular: trianglesWhere(n, (v) => dot(v, top) > 0.99) });
    const [best] = searchOrientations(rod, faces, { directions: 800 });
    expect(dot(best.up, top)).toBeGreaterThan(0.7);
    expect(best.articularRoughMm2).toBe(0);
    expect(best.articularTooFlatMm2).toBe(0);
  });

  test('no articular face ever carries a support, and it is said why the rest costs what it costs', () => {
    const block = subdivide(subdivide(box([0, 0, 0], [10, 20, 30])));
    const n = unitFaceNormals(block);
    const faces = facesOf(n.length / 3, {
      articular: trianglesWhere(n, (v) => v[0] > 0.5 || v[1] > 0.5 || v[2] > 0.5),
    });
    const list = searchOrientations(block, faces, { directions: 1000 });
    const free = list.filter((d) => d.articularTooFlatMm2 === 0);
    expect(free[0]).toBe(list[0]);
    for (const d of free) {
      for (let i = 0; i < faces.length; i++)
        if (faces[i] === 1) {
          const down = -dot([n[3 * i], n[3 * i + 1], n[3 * i + 2]], d.up);
          expect(down).toBeLessThanOrEqual(Math.cos((35 * Math.PI) / 180) + 1e-12);
        }
      expect(d.why.reduce((s, w) => s + w.cost, 0)).toBeCloseTo(d.cost, 12);
      expect(determinant(d.plateFromLps)).toBeCloseTo(1, 12);
      const standing = bounds({ ...block, positions: applyAll(d.plateFromLps, block.positions) });
      expect(standing.lo[2]).toBeCloseTo(3, 9);
      expect(standing.hi[2] - standing.lo[2]).toBeCloseTo(d.heightMm, 9);
      expect(standing.lo[0] + standing.hi[0]).toBeCloseTo(0, 9);
    }
  });

  test('a ball that is articular all over is refused', () => {
    const ball = sphere(10, 4);
    const faces = facesOf(ball.triangles.length / 3, { articular: Array.from({ length: 5120 }, (_, i) => i) });
    const search = () => searchOrientations(ball, faces, { directions: 300 });
    expect(search).toThrow(expect.objectContaining({ code: 'make.no-orientation' }));
  });

  test('a part that is too tall in every direction is refused, and one too wide', () => {
    const rod = cylinder(5, 40, 24);
    const none = facesOf(rod.triangles.length / 3, {});
    const search = () => searchOrientations(rod, none, { directions: 300, maxHeightMm: 8 });
    expect(search).toThrow(expect.objectContaining({ code: 'make.too-large' }));
    const wide = box([-150, -10, 0], [150, 10, 5]);
    const room = () => requireRoom(processOf('ti64-eli-lpbf'), wide);
    expect(room).toThrow(expect.objectContaining({ code: 'make.too-large' }));
    expect(() => requireRoom(processOf('ti64-eli-lpbf'), box([-100, 0, 0], [100, 10, 5]))).not.toThrow();
  });

  test('the shipped talus, its joint faces found between its neighbours: free orientations in a second', () => {
    const talus = shippedTalus();
    const trees = ['tibia', 'fibula', 'calcaneus', 'navicular'].map((name) => buildBvh(shippedBone(name)));
    const facing = facingRegion(talus, trees, { maxMm: 3 });
    const faces = facesOf(facing.length, { articular: Array.from(facing.keys()).filter((i) => facing[i] === 1) });
    const started = performance.now();
    const list = searchOrientations(talus, faces, orientOptionsOf(processOf('ti64-eli-lpbf')));
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(list).toHaveLength(5);
    expect(list[0].articularTooFlatMm2).toBe(0);
    expect(list[0].articularFlattestDeg).toBeGreaterThanOrEqual(35);
    expect(list[0].supportMm2).toBeGreaterThan(0);
  });

  test('the same bits each time, whatever the part’s place', () => {
    const block = subdivide(box([0, 0, 0], [10, 6, 4]));
    const none = facesOf(block.triangles.length / 3, {});
    const a = searchOrientations(block, none, { directions: 400, overhangDeg: 0, leastOverhangDeg: 0 });
    expect(searchOrientations(block, none, { directions: 400, overhangDeg: 0, leastOverhangDeg: 0 })).toEqual(a);
    // In powder, which carries: lying flat, as nothing is lower.
    expect(Math.abs(a[0].up[2])).toBeGreaterThan(0.99);
    expect(a[0].heightMm).toBeLessThan(4.5);
  });
});
