import { beforeAll, describe, expect, test } from 'vitest';
import { box, joinMeshes, requireSolid, type SolidEngine, sphere, volumeMm3 } from '../../src/mesh/index.ts';
import { createSolidEngine } from '../../src/platform/node/index.ts';

let solid: SolidEngine;
beforeAll(async () => {
  solid = await createSolidEngine();
});

describe('set operations on solids', () => {
  test('boxes: closed forms', () => {
    const a = box([0, 0, 0], [2, 2, 2]);
    const b = box([1, 1, 1], [3, 3, 3]);
    expect(volumeMm3(solid.union([a, b]))).toBeCloseTo(15, 6);
    expect(volumeMm3(solid.difference(a, [b]))).toBeCloseTo(7, 6);
    expect(volumeMm3(solid.intersection([a, b]))).toBeCloseTo(1, 6);
    for (const m of [solid.union([a, b]), solid.difference(a, [b]), solid.intersection([a, b])]) requireSolid(m);
  });

  test('V(A) + V(B) = V(A ∪ B) + V(A ∩ B), far from the origin too', () => {
    const a = sphere(10, 4, [1234.567, -987.654, 321.012]);
    const b = sphere(8, 4, [1240.1, -985.2, 325.7]);
    const sum = volumeMm3(solid.union([a, b])) + volumeMm3(solid.intersection([a, b]));
    expect(Math.abs(sum / (volumeMm3(a) + volumeMm3(b)) - 1)).toBeLessThan(1e-6);
  });

  test('vertices away from the cut keep every bit', () => {
    const a = sphere(10, 3, [100.1, 0.2, 0.3]);
    const cut = solid.difference(a, [box([100, -20, -20], [130, 20, 20])]);
    const known = new Set<string>();
    for (let i = 0; i < a.positions.length; i += 3) known.add(a.positions.slice(i, i + 3).join());
    let kept = 0;
    for (let i = 0; i < cut.positions.length; i += 3)
      if (known.has(cut.positions.slice(i, i + 3).join())) kept++;
      else expect(cut.positions[i]).toBeCloseTo(100, 5);
    expect(kept).toBeGreaterThan(200);
  });

  test('overlapping shells of one mesh are merged; nothing in common is an empty mesh', () => {
    const overlapping = joinMeshes([box([0, 0, 0], [2, 2, 2]), box([1, 0, 0], [3, 2, 2])]);
    expect(volumeMm3(solid.union([overlapping]))).toBeCloseTo(12, 6);
    expect(solid.intersection([box([0, 0, 0], [1, 1, 1]), box([5, 5, 5], [6, 6, 6])]).triangles.length).toBe(0);
  });

  test('an open body is refused with its number and place', () => {
    const s = sphere(5, 2);
    const open = { ...s, triangles: s.triangles.slice(3) };
    expect(() => solid.union([box([0, 0, 0], [1, 1, 1]), open])).toThrow(/mesh.not-closed.*body=1.*xMm/);
  });

  test('two hundred operations leave no memory behind', () => {
    const a = sphere(5, 3);
    const b = sphere(5, 3, [3, 0, 0]);
    solid.union([a, b]);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) solid.union([a, b]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  });
});
