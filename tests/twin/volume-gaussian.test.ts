import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Vec3 } from '../../src/base/index.ts';
import {
  axisGrid,
  blurAcrossSlices,
  blurInSlices,
  createVolume,
  gaussian,
  gaussianKernels,
  spacingMm,
} from '../../src/volume/index.ts';

const randomVolume = (size: Vec3, spacing: Vec3, seed: number) => {
  const rng = createRng(seed);
  const data = Int16Array.from({ length: size[0] * size[1] * size[2] }, () => Math.floor(rng() * 4000) - 1000);
  return createVolume(axisGrid(size, spacing, [0, 0, 0]), 'hu', data);
};

/** All three axes at once, mirrored indices by walking. */
function obvious(v: ReturnType<typeof randomVolume>, sigmaMm: Vec3): Float64Array {
  const [nx, ny, nz] = v.grid.size;
  const spacing = spacingMm(v.grid);
  const taps = sigmaMm.map((s, a) => {
    const sigma = s / spacing[a];
    const reach = Math.ceil(4 * sigma);
    const w = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
    const sum = w.reduce((x, y) => x + y, 0);
    return { reach, w: w.map((x) => x / sum) };
  });
  const walk = (from: number, steps: number, n: number) => {
    let at = from;
    let way = Math.sign(steps);
    for (let i = 0; i < Math.abs(steps) && n > 1; i++) {
      if (at + way < 0 || at + way >= n) way = -way;
      at += way;
    }
    return at;
  };
  return Float64Array.from(v.data, (_, o) => {
    const [x, y, z] = [o % nx, Math.floor(o / nx) % ny, Math.floor(o / (nx * ny))];
    let sum = 0;
    for (let c = 0; c < taps[2].w.length; c++)
      for (let b = 0; b < taps[1].w.length; b++)
        for (let a = 0; a < taps[0].w.length; a++) {
          const i = walk(x, a - taps[0].reach, nx);
          const j = walk(y, b - taps[1].reach, ny);
          const k = walk(z, c - taps[2].reach, nz);
          sum += taps[0].w[a] * taps[1].w[b] * taps[2].w[c] * v.data[(k * ny + j) * nx + i];
        }
    return sum;
  });
}

describe('gaussian', () => {
  test('agrees with the full sum in three dimensions, wide kernels on tiny grids included', () => {
    const side = fc.integer({ min: 1, max: 6 });
    const sigma = fc.double({ min: 0.2, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(side, side, side), fc.tuple(sigma, sigma, sigma), fc.integer(), (size, sigmaMm, seed) => {
        const v = randomVolume(size as Vec3, [0.5, 0.7, 0.9], seed);
        const expected = obvious(v, sigmaMm as Vec3);
        gaussian(v, sigmaMm as Vec3).data.forEach((x, o) => {
          expect(Math.abs(x - expected[o])).toBeLessThan(1e-3);
        });
      }),
      { seed: 6, numRuns: 25 },
    );
  });

  test('keeps constants and the sum of a bump, and spreads it by sigma squared', () => {
    const grid = axisGrid([41, 41, 41], [0.5, 0.5, 1], [0, 0, 0]);
    const flat = gaussian(createVolume(grid, 'hu', new Int16Array(41 ** 3).fill(1234)), 1.7).data;
    expect(Math.max(...flat.map((x) => Math.abs(x - 1234)))).toBeLessThan(1e-3);
    const data = new Int16Array(41 ** 3);
    data[(20 * 41 + 20) * 41 + 20] = 10000;
    const out = gaussian(createVolume(grid, 'hu', data), [1, 1.5, 2], { truncate: 6 }).data;
    const moment = [0, 0, 0];
    let sum = 0;
    out.forEach((x, o) => {
      sum += x;
      [o % 41, Math.floor(o / 41) % 41, Math.floor(o / 1681)].forEach((c, a) => {
        moment[a] += x * (c - 20) * (c - 20) * [0.25, 0.25, 1][a];
      });
    });
    expect(sum).toBeCloseTo(10000, 1);
    [1, 2.25, 4].forEach((variance, a) => {
      expect(moment[a] / sum).toBeCloseTo(variance, 3);
    });
  });

  test('zero sigma changes nothing; slabs give the same bytes', () => {
    const v = randomVolume([150, 13, 11], [1, 1, 1], 7);
    expect(gaussian(v, 0).data).toEqual(Float32Array.from(v.data));
    const kernels = gaussianKernels(v, 1.3);
    const out = new Float32Array(v.data.length);
    for (const [a, b] of [
      [4, 11],
      [0, 4],
    ])
      blurInSlices(v.data, v.grid.size, kernels, out, a, b);
    for (const [a, b] of [
      [0, 7],
      [7, 13],
    ])
      blurAcrossSlices(out, v.grid.size, kernels[2], a, b);
    expect(out).toEqual(gaussian(v, 1.3).data);
  });
});
