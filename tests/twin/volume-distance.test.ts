import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Vec3 } from '../../src/base/index.ts';
import {
  axisGrid,
  createVolume,
  distanceAcrossSlices,
  distanceInMask,
  distanceInSlices,
  distanceToMask,
  signedMaskDistance,
  spacingMm,
  type Volume,
} from '../../src/volume/index.ts';

const randomMask = (size: Vec3, spacing: Vec3, seed: number, share: number) => {
  const rng = createRng(seed);
  const data = Uint8Array.from({ length: size[0] * size[1] * size[2] }, () => (rng() < share ? 1 : 0));
  return createVolume(axisGrid(size, spacing, [0, 0, 0]), 'label', data);
};

/** Every voxel against every voxel. */
function obvious(mask: Volume, kind: boolean, limitMm = Number.POSITIVE_INFINITY): Float32Array {
  const [nx, ny, nz] = mask.grid.size;
  const s = spacingMm(mask.grid);
  const out = new Float32Array(nx * ny * nz);
  const at = (o: number): Vec3 => [o % nx, Math.floor(o / nx) % ny, Math.floor(o / (nx * ny))];
  for (let o = 0; o < out.length; o++) {
    let best = limitMm * limitMm;
    const a = at(o);
    for (let p = 0; p < out.length; p++) {
      if (mask.data[p] >= 1 !== kind) continue;
      const b = at(p);
      let d2 = 0;
      for (let i = 0; i < 3; i++) d2 += (a[i] - b[i]) * (a[i] - b[i]) * s[i] * s[i];
      if (d2 < best) best = d2;
    }
    out[o] = Math.sqrt(best);
  }
  return out;
}

function expectClose(a: Float32Array, b: Float32Array) {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) expect(Math.abs(a[i] - b[i])).toBeLessThan(2e-7 * b[i] + 1e-12);
}

const side = fc.integer({ min: 1, max: 8 });
const step = fc.double({ min: 0.2, max: 3, noNaN: true });

describe('distance transform', () => {
  test('agrees with all pairs of voxels, any spacing', () => {
    fc.assert(
      fc.property(
        fc.tuple(side, side, side),
        fc.tuple(step, step, step),
        fc.integer(),
        fc.constantFrom(0, 0.02, 0.3, 0.9, 1),
        fc.constantFrom(Number.POSITIVE_INFINITY, 1.5),
        (size, spacing, seed, share, limitMm) => {
          const mask = randomMask(size as Vec3, spacing as Vec3, seed, share);
          const out = distanceToMask(mask, { limitMm }).data;
          const inside = distanceInMask(mask, { limitMm }).data;
          expectClose(out, obvious(mask, true, limitMm));
          expectClose(inside, obvious(mask, false, limitMm));
          expect(signedMaskDistance(mask, { limitMm }).data).toEqual(out.map((d, o) => (d === 0 ? -inside[o] : d)));
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  test('is exact for whole numbers, and squared on request', () => {
    const mask = randomMask([33, 20, 17], [1, 2, 3], 4, 0.003);
    expect(distanceToMask(mask).data).toEqual(obvious(mask, true));
    expectClose(distanceToMask(mask, { squared: true }).data.map(Math.sqrt), obvious(mask, true));
  });

  test('gives the same bytes in slabs', () => {
    const mask = randomMask([37, 21, 19], [0.49, 0.49, 0.625], 5, 0.01);
    const { size } = mask.grid;
    const s = spacingMm(mask.grid);
    const out = new Float32Array(mask.data.length);
    for (const [a, b] of [
      [10, 19],
      [0, 3],
      [3, 10],
    ])
      distanceInSlices(mask.data, size, s, 'outside', 4, out, a, b);
    for (const [a, b] of [
      [5, 21],
      [0, 5],
    ])
      distanceAcrossSlices(out, size, s[2], 4, true, a, b);
    expect(out).toEqual(distanceToMask(mask, { limitMm: 4 }).data);
  });

  test('refuses a limit that is not positive', () => {
    expect(() => distanceToMask(randomMask([2, 2, 2], [1, 1, 1], 1, 0.5), { limitMm: 0 })).toThrow('param.range');
  });
});
