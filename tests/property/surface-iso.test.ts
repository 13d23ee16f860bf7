import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { type Mesh, volumeMm3 } from '../../src/mesh/index.ts';
import { isoSurface } from '../../src/surface/index.ts';
import { axisGrid, createVolume } from '../../src/volume/index.ts';

/** Directed edges that do not have exactly one partner running the other way. */
function looseEdges({ triangles: t }: Mesh): number {
  const seen = new Map<string, number>();
  for (let i = 0; i < t.length; i += 3)
    for (let k = 0; k < 3; k++) {
      const key = `${t[i + k]} ${t[i + ((k + 1) % 3)]}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  let loose = 0;
  for (const [key, n] of seen) {
    const [a, b] = key.split(' ');
    if (n !== 1 || seen.get(`${b} ${a}`) !== 1) loose++;
  }
  return loose;
}

test('closed and manifold on any samples, noise and two-valued included', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), fc.boolean(), (seed, n, binary) => {
      const rng = createRng(seed);
      const data = Float32Array.from({ length: n * (n + 1) * (n + 2) }, () => (binary ? (rng() < 0.5 ? 1 : 0) : rng()));
      const volume = createVolume(axisGrid([n, n + 1, n + 2], [0.5, 0.6, 1], [1, 2, 3]), 'fraction', data);
      const mesh = isoSurface(volume, 0.5);
      expect(looseEdges(mesh)).toBe(0);
      expect(volumeMm3(mesh)).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('solid above a level and solid below it share one surface, turned round', () => {
  const rng = createRng(5);
  const data = Float32Array.from({ length: 512 }, () => rng() - 0.5);
  const grid = axisGrid([8, 8, 8], [1, 1, 1], [0, 0, 0]);
  const above = isoSurface(createVolume(grid, 'mm', data), 0, { solid: 'above' });
  const below = isoSurface(
    createVolume(
      grid,
      'mm',
      data.map((x) => -x),
    ),
    0,
    { solid: 'below' },
  );
  expect(volumeMm3(below)).toBeCloseTo(volumeMm3(above), 9);
  expect(below.triangles.length).toBe(above.triangles.length);
});
