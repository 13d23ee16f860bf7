import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Vec3 } from '../../src/base/index.ts';
import { apply } from '../../src/math/index.ts';
import {
  axisGrid,
  createSampler,
  createVolume,
  type Grid,
  gradientAt,
  type Interpolation,
  isotropicGrid,
  resample,
  resampleLabels,
  sampleAt,
  spacingMm,
  splineCoefficients,
  type Volume,
  voxelFromLps,
} from '../../src/volume/index.ts';

/** Axes turned by 3-4-5 angles, uneven spacing. */
const oblique = (size: Vec3): Grid => ({
  size,
  lpsFromVoxel: {
    from: 'voxel',
    to: 'lps',
    m: [0.5 * 0.6, -0.7 * 0.8, 0, 11, 0.5 * 0.8, 0.7 * 0.6, 0, -7, 0, 0, 1.1, 3],
  },
});

const voxelAt = (o: number, [nx, ny]: Vec3): Vec3 => [o % nx, Math.floor(o / nx) % ny, Math.floor(o / (nx * ny))];

/** Samples of a function of LPS. */
function field(grid: Grid, f: (p: Vec3) => number): Volume<'hu', Float32Array> {
  const n = grid.size[0] * grid.size[1] * grid.size[2];
  const data = Float32Array.from({ length: n }, (_, o) => f(apply(grid.lpsFromVoxel, voxelAt(o, grid.size))));
  return createVolume(grid, 'hu', data);
}

/** Points of the grid's inside, `margin` voxels from the outermost centres, LPS flat. */
function pointsIn(grid: Grid, n: number, margin: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const out = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const v = grid.size.map((s) => margin + rng() * (s - 1 - 2 * margin)) as unknown as Vec3;
    out.set(apply(grid.lpsFromVoxel, v), 3 * i);
  }
  return out;
}

const point = (p: Float64Array, i: number): Vec3 => [p[3 * i], p[3 * i + 1], p[3 * i + 2]];
const worst = (got: Float64Array, want: (i: number) => number) =>
  got.reduce((w, x, i) => Math.max(w, Math.abs(x - want(i))), 0);

describe('sampling', () => {
  const methods: Interpolation[] = ['nearest', 'linear', 'catmull-rom', 'b-spline'];

  test('gives the samples back at the centres, any method, any size of grid', () => {
    const side = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(fc.tuple(side, side, side), fc.integer(), fc.constantFrom(...methods), (size, seed, method) => {
        const rng = createRng(seed);
        const grid = oblique(size as Vec3);
        const v = field(grid, () => Math.floor(rng() * 3000) - 1000);
        const centres = Float64Array.from(
          [...v.data.keys()].flatMap((o) => apply(grid.lpsFromVoxel, voxelAt(o, grid.size))),
        );
        expect(worst(sampleAt(createSampler(v, { method }), centres), (o) => v.data[o])).toBeLessThan(2e-3);
      }),
      { seed: 15, numRuns: 100 },
    );
  });

  test('linear agrees with the eight corners written out, rim included', () => {
    const rng = createRng(4);
    const grid = axisGrid([5, 4, 3], [1, 1, 1], [0, 0, 0]);
    const v = field(grid, () => rng() * 100);
    const clamp = (x: number, n: number) => Math.min(Math.max(x, 0), n - 1);
    const corner = (x: number, y: number, z: number) => v.data[(clamp(z, 3) * 4 + clamp(y, 4)) * 5 + clamp(x, 5)];
    const points = Float64Array.from({ length: 3000 }, (_, i) => rng() * [5, 4, 3][i % 3] - 0.5);
    const want = (i: number) => {
      const p = point(points, i);
      const c = p.map(Math.floor);
      let sum = 0;
      for (let k = 0; k < 8; k++) {
        const d = [k & 1, (k >> 1) & 1, k >> 2];
        const w = d.reduce((s, on, a) => s * (on ? p[a] - c[a] : 1 - p[a] + c[a]), 1);
        sum += w * corner(c[0] + d[0], c[1] + d[1], c[2] + d[2]);
      }
      return sum;
    };
    expect(worst(sampleAt(createSampler(v), points), want)).toBeLessThan(1e-10);
    expect(sampleAt(createSampler(v), Float64Array.of(-0.51, 0, 0, 0, 3.51, 0, Number.NaN, 0, 0))).toEqual(
      Float64Array.of(Number.NaN, Number.NaN, Number.NaN),
    );
    expect(sampleAt(createSampler(v, { outside: -1000 }), Float64Array.of(9, 9, 9))[0]).toBe(-1000);
  });

  test('is exact for polynomials of its order, away from the rim, and so is the gradient', () => {
    const grid = oblique([30, 28, 26]);
    const quadratic = ([x, y, z]: Vec3) => 3 + 2 * x - y + 0.5 * x * x - 0.3 * x * y + 0.2 * z * z + z;
    const slope = ([x, y, z]: Vec3): Vec3 => [2 + x - 0.3 * y, -1 - 0.3 * x, 0.4 * z + 1];
    const v = field(grid, quadratic);
    for (const method of ['catmull-rom', 'b-spline'] as const) {
      const points = pointsIn(grid, 500, method === 'b-spline' ? 9 : 1, 5);
      const s = createSampler(v, { method });
      expect(worst(sampleAt(s, points), (i) => quadratic(point(points, i)))).toBeLessThan(2e-3);
      expect(worst(gradientAt(s, points), (i) => slope(point(points, Math.floor(i / 3)))[i % 3])).toBeLessThan(4e-3);
    }
    const plane = ([x, y, z]: Vec3) => 3 + 2 * x - y + 4 * z;
    const points = pointsIn(grid, 500, 0, 6);
    expect(worst(sampleAt(createSampler(field(grid, plane)), points), (i) => plane(point(points, i)))).toBeLessThan(
      1e-4,
    );
    expect(() => gradientAt(createSampler(v), points)).toThrow('param.range');
  });

  test('the spline is the better the smoother the field: errors in order, spline far ahead', () => {
    const grid = axisGrid([40, 40, 40], [1, 1, 1], [0, 0, 0]);
    const wave = ([x, y, z]: Vec3) => 1000 * Math.sin(0.9 * x + 0.3) * Math.cos(0.8 * y) * Math.sin(0.7 * z + 1);
    const v = field(grid, wave);
    const points = pointsIn(grid, 2000, 10, 7);
    const error = (method: Interpolation) =>
      worst(sampleAt(createSampler(v, { method }), points), (i) => wave(point(points, i)));
    const [nearest, linear, catmull, spline] = methods.map(error);
    expect(linear).toBeLessThan(0.5 * nearest);
    expect(catmull).toBeLessThan(0.5 * linear);
    expect(spline).toBeLessThan(0.2 * catmull);
  });

  test('gradient agrees with differences of samples', () => {
    const rng = createRng(8);
    const grid = oblique([8, 8, 8]);
    const v = field(grid, () => rng() * 100);
    const points = pointsIn(grid, 200, 0.2, 9);
    const h = 1e-4;
    for (const method of ['catmull-rom', 'b-spline'] as const) {
      const s = createSampler(v, { method });
      const g = gradientAt(s, points);
      for (let c = 0; c < 3; c++) {
        const moved = (by: number) =>
          sampleAt(
            s,
            points.map((x, i) => (i % 3 === c ? x + by : x)),
          );
        const [ahead, behind] = [moved(h), moved(-h)];
        // Voxel borders within h of a point cost the difference quotient of Catmull-Rom some digits.
        expect(
          worst(
            ahead.map((a, i) => (a - behind[i]) / (2 * h)),
            (i) => g[3 * i + c],
          ),
        ).toBeLessThan(0.2);
      }
    }
  });

  test('spline coefficients solve the interpolation equations', () => {
    const rng = createRng(10);
    for (const n of [2, 3, 7, 40]) {
      const data = Float32Array.from({ length: n }, () => rng() * 1000);
      for (const size of [
        [n, 1, 1],
        [1, n, 1],
        [1, 1, n],
      ] as Vec3[]) {
        const c = splineCoefficients(data, size);
        const mirror = (i: number) => c[i < 0 ? -i : i >= n ? 2 * n - 2 - i : i];
        for (let i = 0; i < n; i++)
          expect(Math.abs((mirror(i - 1) + 4 * c[i] + mirror(i + 1)) / 6 - data[i])).toBeLessThan(1e-3);
      }
    }
  });
});

describe('resampling', () => {
  test('agrees with sampling at every centre, and finds itself again', () => {
    const rng = createRng(11);
    const grid = oblique([9, 8, 7]);
    const v = field(grid, () => rng() * 100);
    expect(resample(v, grid).data).toEqual(v.data);
    const target = isotropicGrid(grid, 0.4);
    expect(spacingMm(target).every((s) => Math.abs(s - 0.4) < 1e-12)).toBe(true);
    const centres = Float64Array.from(
      Array.from({ length: target.size[0] * target.size[1] * target.size[2] }, (_, o) =>
        apply(target.lpsFromVoxel, voxelAt(o, target.size)),
      ).flat(),
    );
    for (const method of ['linear', 'b-spline'] as const) {
      const got = resample(v, target, { method, outside: -5 });
      const want = sampleAt(createSampler(v, { method, outside: -5 }), centres);
      let off = 0;
      got.data.forEach((x, o) => {
        off = Math.max(off, Math.abs(x - want[o]));
      });
      expect(off).toBeLessThan(1e-3);
    }
  });

  test('isotropic grids cover the same body', () => {
    const grid = oblique([10, 20, 30]);
    const target = isotropicGrid(grid, 0.3);
    // Outer corner of the first voxel is the same; the last reaches at least as far.
    const first = apply(grid.lpsFromVoxel, [-0.5, -0.5, -0.5]);
    apply(target.lpsFromVoxel, [-0.5, -0.5, -0.5]).forEach((x, i) => {
      expect(x).toBeCloseTo(first[i], 9);
    });
    target.size.forEach((n, i) => {
      const extent = grid.size[i] * spacingMm(grid)[i];
      expect(n * 0.3).toBeGreaterThan(extent - 1e-6);
      expect(n * 0.3).toBeLessThan(extent + 0.3);
    });
  });

  test('labels stay labels: each voxel has the label of the nearest', () => {
    const rng = createRng(12);
    const grid = oblique([9, 8, 7]);
    const labels = createVolume(
      grid,
      'label',
      Uint16Array.from({ length: 504 }, () => Math.floor(rng() * 5) * 13000),
    );
    const target = isotropicGrid(grid, 0.45);
    const back = voxelFromLps(grid);
    const got = resampleLabels(labels, target);
    got.data.forEach((l, o) => {
      const v = apply(back, apply(target.lpsFromVoxel, voxelAt(o, target.size))).map((x) => Math.floor(x + 0.5));
      const inside = v.every((x, i) => x >= 0 && x < grid.size[i]);
      if (l !== (inside ? labels.data[(v[2] * 8 + v[1]) * 9 + v[0]] : 0)) throw new Error(`voxel ${o}`);
    });
  });
});
