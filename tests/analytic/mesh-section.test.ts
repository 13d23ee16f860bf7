import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { rotation } from '../../src/math/index.ts';
import {
  box,
  flipWinding,
  joinMeshes,
  sectionArea,
  sectionLoops,
  sectionMesh,
  sphere,
  torus,
  transformMesh,
  volumeMm3,
} from '../../src/mesh/index.ts';

describe('plane sections', () => {
  test('of a box, through faces, vertices and edges of the mesh', () => {
    const b = box([0, 0, 0], [2, 3, 5]);
    expect(sectionArea(b, [0, 0, 2], [0, 0, 1])).toBeCloseTo(6, 12);
    expect(sectionArea(b, [0, 0, 2], [0, 0, -4])).toBeCloseTo(6, 12);
    expect(sectionArea(b, [1, 1, 1], [1, 0, 0])).toBeCloseTo(15, 12);
    expect(sectionArea(b, [0, 0, 9], [0, 0, 1])).toBe(0);
    // The diagonal plane holds two edges and four vertices of the box.
    expect(sectionArea(b, [0, 0, 0], [3, -2, 0])).toBeCloseTo(5 * Math.sqrt(13), 12);
  });

  test('of a torus: two outlines across it, an outline and a hole along it', () => {
    const t = torus(10, 3, 400, 200);
    const across = sectionMesh(t, [0, 0, 0], [0, 1, 0]);
    expect(across.loops.map((l) => l.closed)).toEqual([true, true]);
    expect(across.areaMm2).toBeCloseTo(2 * Math.PI * 9, 1);
    const along = sectionLoops(t, [0, 0, 0.5], [0, 0, 1]);
    const r = Math.sqrt(9 - 0.25);
    const areas = along.map((l) => l.areaMm2).sort((a, b) => a - b);
    expect(areas[0] / (-Math.PI * (10 - r) * (10 - r))).toBeCloseTo(1, 3);
    expect(areas[1] / (Math.PI * (10 + r) * (10 + r))).toBeCloseTo(1, 3);
  });

  test('a cavity is taken off', () => {
    const inner = sphere(5, 4);
    const shell = joinMeshes([sphere(10, 4), { ...inner, triangles: flipWinding(inner.triangles) }]);
    expect(sectionArea(shell, [0, 0, 1], [0, 0, 1]) / (Math.PI * 75)).toBeCloseTo(1, 2);
  });

  test('areas along any axis add up to the volume', () => {
    const rng = createRng(4);
    for (let i = 0; i < 5; i++) {
      const mesh = transformMesh(
        rotation([rng() - 0.5, rng() - 0.5, rng() - 0.5], 3 * rng(), [1, 2, 3]),
        torus(8, 3, 30, 12),
      );
      let sum = 0;
      const step = 0.05;
      for (let z = -20; z < 20; z += step) sum += step * sectionArea(mesh, [0, 0, z + 0.0123], [0, 0, 1]);
      expect(sum / volumeMm3(mesh)).toBeCloseTo(1, 4);
    }
  });

  test('an open mesh gives open polylines and no area', () => {
    const s = sphere(10, 3);
    const half = { ...s, triangles: s.triangles.filter((_, i) => s.positions[3 * s.triangles[i - (i % 3)]] > 0) };
    const { loops, areaMm2 } = sectionMesh(half, [0, 0, 0.1], [0, 0, 1]);
    expect(loops.map((l) => l.closed)).toEqual([false]);
    expect(areaMm2).toBe(0);
  });
});
