import { describe, expect, test } from 'vitest';
import {
  layerAreasMm2,
  layerCount,
  layerHeights,
  layerOutlines,
  loopAreaMm2,
  loopCount,
  outlinesAreaMm2,
  outlinesLengthMm,
  outlinesOf,
  sliceMesh,
  windingAt,
} from '../../src/make/index.ts';
import { box, cylinder, joinMeshes, sectionMesh, sphere, subdivide, torus, volumeMm3 } from '../../src/mesh/index.ts';
import { gyroidBall, shippedTalus, standing } from '../make-kit.ts';

const sum = (list: Float64Array): number => list.reduce((a, b) => a + b, 0);

describe('slicing', () => {
  const bodies = {
    sphere: standing(sphere(10, 6)),
    torus: standing(torus(12, 5, 200, 120)),
    gyroid: standing(gyroidBall(9, 6, 1.2, 0.3)),
    talus: standing(shippedTalus()),
  };

  test.each(Object.entries(bodies))('%s: every layer is the exact cut of the mesh', (_, mesh) => {
    const stack = sliceMesh(mesh, layerHeights(mesh, 0.25));
    const areas = layerAreasMm2(stack);
    let worst = 0;
    for (let k = 0; k < areas.length; k += 3) {
      const exact = sectionMesh(mesh, [0, 0, stack.heights[k]], [0, 0, 1]).areaMm2;
      worst = Math.max(worst, Math.abs(areas[k] - exact) / Math.max(exact, 1e-9));
    }
    expect(worst).toBeLessThan(1e-9);
  });

  test.each(Object.entries(bodies))('%s: areas times thickness give the volume', (_, mesh) => {
    const layerMm = 0.03;
    const areas = layerAreasMm2(sliceMesh(mesh, layerHeights(mesh, layerMm)));
    expect(Math.abs((sum(areas) * layerMm) / volumeMm3(mesh) - 1)).toBeLessThan(1e-4);
  });

  test('areas follow the formulas', () => {
    const ball = sliceMesh(bodies.sphere, layerHeights(bodies.sphere, 0.5));
    layerAreasMm2(ball).forEach((area, k) => {
      const h = ball.heights[k] - 10;
      expect(Math.abs(area - Math.PI * (100 - h * h))).toBeLessThan(0.1);
    });
    const ring = sliceMesh(bodies.torus, layerHeights(bodies.torus, 0.5));
    layerAreasMm2(ring).forEach((area, k) => {
      const h = ring.heights[k] - 5;
      expect(Math.abs(area - 48 * Math.PI * Math.sqrt(25 - h * h))).toBeLessThan(1);
      expect(loopCount(layerOutlines(ring, k))).toBe(2);
    });
  });

  test('faces and vertices that lie in the cutting plane do no harm', () => {
    const cube = box([0, 0, 0], [3, 4, 2]);
    const stack = sliceMesh(cube, Float64Array.of(0, 1, 2));
    expect(Array.from(layerAreasMm2(stack))).toEqual([0, 12, 12]);
    const spiky = subdivide(subdivide(box([0, 0, 0], [4, 4, 4])));
    expect(Array.from(layerAreasMm2(sliceMesh(spiky, Float64Array.of(1, 2, 3))))).toEqual([16, 16, 16]);
  });

  test('bodies that touch along an edge still give closed outlines', () => {
    const touching = joinMeshes([box([0, 0, 0], [1, 1, 1]), box([1, 1, 0], [2, 2, 1])]);
    // Welded by hand: the edge at (1, 1) belongs to both.
    const p = touching.positions;
    const same = new Map<string, number>();
    const triangles = touching.triangles.map((v) => {
      const key = `${p[3 * v]},${p[3 * v + 1]},${p[3 * v + 2]}`;
      if (!same.has(key)) same.set(key, v);
      return same.get(key)!;
    });
    const layer = layerOutlines(sliceMesh({ positions: p, triangles }, Float64Array.of(0.5)), 0);
    expect(outlinesAreaMm2(layer)).toBeCloseTo(2, 12);
  });

  test('an open mesh is refused and the place is named', () => {
    const open = cylinder(3, 5, 20);
    const torn = { ...open, triangles: open.triangles.slice(0, -3) };
    expect(() => sliceMesh(torn, Float64Array.of(1))).toThrow(expect.objectContaining({ code: 'mesh.not-closed' }));
    expect(() => layerHeights(open, 0)).toThrow(expect.objectContaining({ code: 'param.range' }));
  });

  test('a layer is there where the body reaches its middle', () => {
    expect(layerHeights(box([0, 0, 0], [1, 1, 3]), 0.03)).toHaveLength(100);
    expect(layerHeights(box([0, 0, 0], [1, 1, 3.01]), 0.03)).toHaveLength(100);
    expect(layerHeights(box([0, 0, 0], [1, 1, 3.02]), 0.03)).toHaveLength(101);
    expect(layerCount(sliceMesh(box([0, 0, 0], [1, 1, 3]), layerHeights(box([0, 0, 0], [1, 1, 3]), 0.03)))).toBe(100);
  });

  test('outlines: area, length, winding', () => {
    const frame = outlinesOf([
      [0, 0, 4, 0, 4, 3, 0, 3],
      [1, 1, 1, 2, 2, 2, 2, 1],
    ]);
    expect(loopAreaMm2(frame, 1)).toBe(-1);
    expect(outlinesAreaMm2(frame)).toBe(11);
    expect(outlinesLengthMm(frame)).toBe(18);
    expect([windingAt(frame, 0.5, 0.5), windingAt(frame, 1.5, 1.5), windingAt(frame, 5, 1)]).toEqual([1, 0, 0]);
  });
});
