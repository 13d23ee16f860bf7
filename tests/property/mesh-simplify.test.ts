import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { readMesh } from '../../src/io/index.ts';
import {
  box,
  buildBvh,
  checkMesh,
  closestPoints,
  cylinder,
  flipWinding,
  joinMeshes,
  type Mesh,
  simplify,
  sphere,
  subdivide,
  torus,
  triangleCount,
  volumeMm3,
} from '../../src/mesh/index.ts';

const bone = (name: string): Mesh => {
  const path = new URL(`../../data/feet/${name}.stl`, import.meta.url).pathname;
  return readMesh(readFileSync(path), path).mesh;
};
/** Thin enough that coarse walls would run through each other. */
const thinShell = (): Mesh => {
  const inner = sphere(9.9, 5);
  return joinMeshes([sphere(10, 5), { ...inner, triangles: flipWinding(inner.triangles) }]);
};
const bodies: [string, () => Mesh][] = [
  ['sphere', () => sphere(10, 5)],
  ['torus', () => torus(12, 4, 120, 60)],
  ['two bodies', () => joinMeshes([sphere(5, 4), sphere(4, 4, [20, 0, 0])])],
  ['cylinder of needles', () => cylinder(5, 30, 256)],
  ['thin shell', thinShell],
  ['navicular', () => bone('navicular')],
];

/** Points drawn evenly over a surface. */
function drawn({ positions: p, triangles: t }: Mesh, seed: number, n: number): Float64Array {
  const rng = createRng(seed);
  const out = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const f = 3 * Math.floor((rng() * t.length) / 3);
    const r = Math.sqrt(rng());
    const w = [1 - r, r * rng()];
    for (let k = 0; k < 3; k++)
      out[3 * i + k] = w[0] * p[3 * t[f] + k] + (r - w[1]) * p[3 * t[f + 1] + k] + w[1] * p[3 * t[f + 2] + k];
  }
  return out;
}
const farthestMm = (from: Mesh, to: Mesh): number =>
  Math.max(...closestPoints(buildBvh(to), drawn(from, 7, 20_000)).distanceMm);

describe('simplifying', () => {
  for (const [name, make] of bodies)
    test(`${name}: a solid of the same kind within the deviation, wherever it is looked at`, () => {
      const mesh = make();
      const before = checkMesh(mesh);
      const maxDeviationMm = 0.1;
      const simple = simplify(mesh, { maxDeviationMm });
      const after = checkMesh(simple.mesh);
      expect(after).toMatchObject({ solid: true, genus: before.genus });
      expect(after.shells.length).toBe(before.shells.length);
      expect(after.triangles).toBeLessThan(0.7 * before.triangles);
      expect(simple.maxDeviationMm).toBeLessThanOrEqual(maxDeviationMm);
      expect(Math.max(simple.oldToNewMaxMm, simple.newToOldMaxMm)).toBe(simple.maxDeviationMm);
      // Between the points that were measured it may be a little more.
      expect(farthestMm(mesh, simple.mesh)).toBeLessThan(1.1 * maxDeviationMm);
      expect(farthestMm(simple.mesh, mesh)).toBeLessThan(1.1 * maxDeviationMm);
      expect(simple.volumeAfterMm3).toBe(volumeMm3(simple.mesh));
    });

  test('a count is met, and what it costs is said', () => {
    const mesh = bone('navicular');
    for (const triangles of [1500, 400]) {
      const simple = simplify(mesh, { triangles, maxDeviationMm: 5 });
      expect(triangleCount(simple.mesh)).toBe(triangles);
      expect(checkMesh(simple.mesh).solid).toBe(true);
      expect(Math.abs(simple.volumeAfterMm3 / simple.volumeBeforeMm3 - 1)).toBeLessThan(0.02);
      expect(farthestMm(mesh, simple.mesh)).toBeLessThan(1.05 * simple.maxDeviationMm);
    }
  });

  test('flat faces lose everything but their corners', () => {
    const cube = subdivide(subdivide(subdivide(box([0, 0, 0], [10, 8, 6]))));
    const { mesh, maxDeviationMm } = simplify(cube, { maxDeviationMm: 1e-6 });
    expect(triangleCount(mesh)).toBe(12);
    expect(volumeMm3(mesh)).toBeCloseTo(480, 3);
    expect(maxDeviationMm).toBeLessThanOrEqual(1e-6);
  });

  test('walls that are nearer than the deviation allowed do not run through each other', () => {
    const { mesh } = simplify(thinShell(), { maxDeviationMm: 2 });
    expect(checkMesh(mesh)).toMatchObject({ solid: true });
  });

  test('a larger deviation never needs more triangles', () => {
    const mesh = bone('phalanx-01');
    const counts = [0.01, 0.03, 0.1, 0.3].map((mm) => triangleCount(simplify(mesh, { maxDeviationMm: mm }).mesh));
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });

  test('the same input gives the same bytes, and the input is not changed', () => {
    const mesh = torus(12, 4, 60, 30);
    const copy = structuredClone(mesh);
    expect(simplify(mesh)).toEqual(simplify(mesh));
    expect(mesh).toEqual(copy);
  });

  test('open surfaces and limits that mean nothing are refused', () => {
    const s = sphere(10, 2);
    expect(() => simplify({ ...s, triangles: s.triangles.slice(3) })).toThrow(/mesh.not-closed.*xMm/);
    expect(() => simplify(s, { maxDeviationMm: 0 })).toThrow(/param.range/);
    expect(() => simplify(s, { triangles: 3 })).toThrow(/param.range/);
  });
});
