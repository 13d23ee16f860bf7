import { describe, expect, test } from 'vitest';
import { createRng, type OsteonError } from '../../src/base/index.ts';
import { applyAll, compose, determinant, reflection, rotation, translation } from '../../src/math/index.ts';
import { fitPoints } from '../../src/register/index.ts';

const rng = createRng(7);
const cloud = Float64Array.from({ length: 60 }, () => 100 * rng() - 50);
const motion = compose(translation([12, -7, 300]), rotation([1, 2, -0.5], 2.9, [4, 4, 4]));

describe('fitPoints', () => {
  test('gives back a motion exactly, and a mirror image exactly', () => {
    for (const mirror of [false, true]) {
      const truth = mirror ? compose(motion, reflection([3, 0, 0], [1, 0.2, 0])) : motion;
      const { lpsFromMoving, rmsMm } = fitPoints(cloud, applyAll(truth, cloud), { mirror });
      lpsFromMoving.m.forEach((x, i) => {
        expect(x).toBeCloseTo(truth.m[i], 9);
      });
      expect(rmsMm).toBeLessThan(1e-10);
      expect(determinant(lpsFromMoving)).toBeCloseTo(mirror ? -1 : 1, 12);
    }
  });

  test('never answers with a mirror image when a motion is asked for', () => {
    const { lpsFromMoving, rmsMm } = fitPoints(cloud, applyAll(reflection([0, 0, 0], [0, 1, 0]), cloud));
    expect(determinant(lpsFromMoving)).toBeCloseTo(1, 12);
    expect(rmsMm).toBeGreaterThan(5);
  });

  test('points in one plane are enough', () => {
    const flat = cloud.map((x, i) => (i % 3 === 2 ? 0 : x));
    expect(fitPoints(flat, applyAll(motion, flat)).rmsMm).toBeLessThan(1e-10);
  });

  test('a pair without weight has no say', () => {
    const to = applyAll(motion, cloud);
    to[0] += 40;
    const weights = Float64Array.from({ length: 20 }, (_, i) => (i === 0 ? 0 : 1));
    const { rmsMm, residualsMm } = fitPoints(cloud, to, { weights });
    expect(rmsMm).toBeLessThan(1e-10);
    expect(residualsMm[0]).toBeCloseTo(40, 9);
  });

  test('two points, or points on one line, are refused', () => {
    const line = Float64Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? i : 1));
    for (const p of [cloud.slice(0, 6), line])
      expect(() => fitPoints(p, applyAll(motion, p))).toThrow(
        expect.objectContaining({ code: 'register.few-points' } satisfies Partial<OsteonError>),
      );
  });
});
