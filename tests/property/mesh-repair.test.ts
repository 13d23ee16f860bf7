import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  areaMm2,
  box,
  checkMesh,
  type Mesh,
  remesh,
  repairMesh,
  sphere,
  torus,
  triangleCount,
  volumeMm3,
} from '../../src/mesh/index.ts';

/** Every triangle with corners of its own, as an STL file has them. */
function soupOf({ positions: p, triangles: t }: Mesh): Mesh {
  const positions = new Float64Array(3 * t.length);
  for (let i = 0; i < t.length; i++) positions.set(p.subarray(3 * t[i], 3 * t[i] + 3), 3 * i);
  return { positions, triangles: Uint32Array.from(t, (_, i) => i) };
}

test.each([1, 2, 3])(
  'a soup with noise, turned, missing and doubled triangles becomes the solid again (%i)',
  (seed) => {
    const whole = remesh(torus(20, 8, 64, 32), { edgeMm: 1 }).mesh;
    const rng = createRng(seed);
    const soup = soupOf(whole);
    const n = triangleCount(soup);
    for (let i = 0; i < soup.positions.length; i++) soup.positions[i] += 2e-4 * (rng() - 0.5);
    const t = Array.from(soup.triangles);
    for (let i = 0; i < n / 50; i++) {
      const f = 3 * Math.floor(rng() * n);
      [t[f], t[f + 1]] = [t[f + 1], t[f]];
    }
    const missing = new Set(Array.from({ length: 20 }, () => Math.floor(rng() * n)));
    const kept: number[] = [];
    for (let i = 0; i < n; i++) if (!missing.has(i)) kept.push(t[3 * i], t[3 * i + 1], t[3 * i + 2]);
    for (let i = 0; i < 30; i++) {
      const f = 3 * Math.floor(rng() * (kept.length / 3));
      kept.push(kept[f], kept[f + 1], kept[f + 2]);
    }
    const { mesh, findings } = repairMesh({ positions: soup.positions, triangles: Uint32Array.from(kept) });
    const report = checkMesh(mesh);
    expect(report.closed && report.manifold).toBe(true);
    expect(Math.abs(volumeMm3(mesh) / volumeMm3(whole) - 1)).toBeLessThan(2e-3);
    expect(Math.abs(areaMm2(mesh) / areaMm2(whole) - 1)).toBeLessThan(2e-3);
    // Nothing is repaired silently.
    expect(findings.length).toBeGreaterThanOrEqual(3);
    for (const f of findings) expect(f.text.length).toBeGreaterThan(10);
  },
);

test('a sound mesh is left exactly as it is, without a finding', () => {
  for (const mesh of [sphere(10, 3), box([0, 0, 0], [1, 2, 3])]) {
    const repaired = repairMesh(mesh);
    expect(repaired.findings).toEqual([]);
    expect(volumeMm3(repaired.mesh)).toBe(volumeMm3(mesh));
    expect(triangleCount(repaired.mesh)).toBe(triangleCount(mesh));
  }
});

test('inside out is turned, and said', () => {
  const ball = sphere(10, 3);
  const { mesh, findings } = repairMesh({
    positions: ball.positions,
    triangles: ball.triangles.map((_, i, t) => t[i % 3 === 1 ? i + 1 : i % 3 === 2 ? i - 1 : i]),
  });
  expect(volumeMm3(mesh)).toBeCloseTo(volumeMm3(ball), 9);
  expect(findings.length).toBeGreaterThan(0);
});
