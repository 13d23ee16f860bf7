import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  apply,
  compose,
  determinant,
  distance,
  eigenSymmetric,
  invert,
  reflection,
  rotation,
  rotationAngleRad,
  solveSpd,
  translation,
} from '../../src/math/index.ts';

const num = fc.double({ min: -100, max: 100, noNaN: true });
const vec = fc.tuple(num, num, num) as fc.Arbitrary<Vec3>;
const axis = vec.filter((v) => Math.hypot(...v) > 1e-3);
const runs = { seed: 2, numRuns: 200 };

describe('transforms', () => {
  test('a motion followed by its inverse is nothing', () => {
    fc.assert(
      fc.property(axis, fc.double({ min: -3, max: 3, noNaN: true }), vec, vec, (a, angle, c, p) => {
        const t = compose(translation(c), rotation(a, angle, c));
        expect(distance(apply(invert(t), apply(t, p)), p)).toBeLessThan(1e-9);
        expect(rotationAngleRad(t)).toBeCloseTo(Math.abs(angle), 7);
      }),
      runs,
    );
  });
  test('a mirror is its own inverse, has determinant -1 and keeps distances', () => {
    fc.assert(
      fc.property(vec, axis, vec, vec, (o, n, p, q) => {
        const t = reflection(o, n);
        expect(determinant(t)).toBeCloseTo(-1, 9);
        expect(distance(apply(t, apply(t, p)), p)).toBeLessThan(1e-9);
        expect(distance(apply(t, p), apply(t, q))).toBeCloseTo(distance(p, q), 8);
      }),
      runs,
    );
  });
});

test('eigenvectors rebuild the matrix, values fall', () => {
  fc.assert(
    fc.property(fc.array(num, { minLength: 10, maxLength: 10 }), (u) => {
      const n = 4;
      const a = Array.from({ length: 16 }, (_, i) => {
        const [r, c] = [Math.floor(i / n), i % n].sort((x, y) => x - y);
        return u[r * n + c - (r * (r + 1)) / 2];
      });
      const { values, vectors } = eigenSymmetric(a, n);
      for (let r = 0; r < n; r++)
        for (let c = 0; c < n; c++) {
          let s = 0;
          for (let k = 0; k < n; k++) s += values[k] * vectors[k][r] * vectors[k][c];
          expect(s).toBeCloseTo(a[r * n + c], 8);
        }
      for (let k = 1; k < n; k++) expect(values[k]).toBeLessThanOrEqual(values[k - 1]);
    }),
    runs,
  );
});

test('Cholesky solves, and refuses what is not positive definite', () => {
  const x = solveSpd([4, 2, 2, 3], [2, 5], 2)!;
  expect(4 * x[0] + 2 * x[1]).toBeCloseTo(2, 12);
  expect(2 * x[0] + 3 * x[1]).toBeCloseTo(5, 12);
  expect(solveSpd([1, 2, 2, 1], [1, 1], 2)).toBeNull();
});
