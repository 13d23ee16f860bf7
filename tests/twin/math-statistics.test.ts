import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  meanInterval,
  midranks,
  normalCdf,
  signedRank,
  spearman,
  studentTCdf,
  studentTQuantile,
  summariseSample,
} from '../../src/math/index.ts';

// Numbers of SciPy 1.10.1: stats.wilcoxon(method='approx', correction=False), spearmanr, t.cdf, norm, quantile; the quantile of t by integrating its density.
const SCIPY = [
  {
    d: [-1, -3, 0, 2, 4],
    w: 4,
    p: 0.7150006546880893,
    x: [2, 3, 5, 3, 1],
    y: [2.3, 4.5, 2.5, -1.3, -1.5],
    rho: 0.6668859288553503,
    pRho: 0.21889398131323154,
  },
  {
    d: [6, 2, -4, 1, -2, -1, 0, -1],
    w: 13.5,
    p: 0.9320385634920316,
    x: [0, 8, 2, 3, 7, 1, 0, 3],
    y: [1.7, -0.1, 0.3, -0.8, 2.5, -2.2, 0, 1.1],
    rho: 0.036147201953390995,
    pRho: 0.9322830115259056,
  },
  {
    d: [0.09, -2.14, -0.19, -2.27, -3.07, 1.67, -2.33, 4.51, 3.15, -4.99],
    w: 21,
    p: 0.5076243443095237,
    x: [6, 0, 2, 1, 7, 4, 4, 2, 4, 8],
    y: [1.9, -0.5, 2.7, -2, 4.3, -0.6, 0.9, -0.9, 4.5, 4.3],
    rho: 0.6481975478012932,
    pRho: 0.04266253026302184,
  },
  {
    d: [8, 3, 4, 4, -1, 1, 5, 0, 2, 1, 3, 0, 1, 2],
    w: 2.5,
    p: 0.0040056008309725276,
    x: [2, 7, 3, 0, 6, 0, 5, 1, 8, 6, 8, 5, 6, 3],
    y: [0.1, 0.9, -1.1, 0.8, 0.3, -2.5, 3.2, -2, 2.6, 2.4, 2.3, 1.9, 5.1, 0.2],
    rho: 0.7029101301942027,
    pRho: 0.005047300913773436,
  },
];

test.each(SCIPY)('signed rank and rank correlation as in SciPy, ties and zeros included ($d.length pairs)', (row) => {
  const { wPlus, wMinus, pAsymptotic, n, zeros } = signedRank(row.d);
  expect(Math.min(wPlus, wMinus)).toBe(row.w);
  expect(pAsymptotic).toBeCloseTo(row.p, 12);
  expect(n + zeros).toBe(row.d.length);
  const { rho, pAsymptotic: p } = spearman(row.x, row.y);
  expect(rho).toBeCloseTo(row.rho, 12);
  expect(p).toBeCloseTo(row.pRho, 11);
});

test('ten pairs that all improve: the P of the series, and the exact one', () => {
  const { z, pAsymptotic, pExact } = signedRank([-17, -12, -19, -11, -14, -20, -8, -23, -9, -13]);
  expect(z).toBeCloseTo(-2.803, 3);
  expect(pAsymptotic).toBeCloseTo(0.00506, 5);
  expect(pExact).toBe(2 / 1024);
  expect(signedRank([1.1, -2.2, 3.3, 4.4, -0.5, 6.1, 7.2]).pExact).toBeCloseTo(0.109375, 12);
  expect(signedRank([0, 0])).toMatchObject({ n: 0, zeros: 2, pExact: 1, pAsymptotic: 1 });
});

test('distributions', () => {
  expect(studentTQuantile(0.975, 9)).toBeCloseTo(2.262157162798, 11);
  expect(studentTQuantile(0.005, 2.5)).toBeCloseTo(-7.163728134, 8);
  expect(studentTCdf(1.7, 4)).toBeCloseTo(0.917822529364975, 12);
  expect(studentTQuantile(0.5, 3)).toBe(0);
  expect(normalCdf(-2.803)).toBeCloseTo(2.53148347e-3, 10);
  expect(normalCdf(1.1)).toBeCloseTo(8.64333939e-1, 8);
  expect(normalCdf(-8) / 6.22096057e-16).toBeCloseTo(1, 7);
});

test('quartiles of both types, interval of a mean', () => {
  const v = [11, 1, 30, 2, 7, 4];
  expect(summariseSample(v, 'type 7')).toMatchObject({ q1: 2.5, median: 5.5, q3: 10, n: 6, least: 1, most: 30 });
  expect(summariseSample(v, 'type 6')).toMatchObject({ q1: 1.75, median: 5.5, q3: 15.75 });
  expect(summariseSample([3], 'type 6')).toMatchObject({ q1: 3, median: 3, q3: 3, sd: Number.NaN });
  const { mean, low, high } = meanInterval([1, 2, 3, 4, 5]);
  expect(mean).toBe(3);
  expect(high - mean).toBeCloseTo((2.7764451051977987 * Math.sqrt(2.5)) / Math.sqrt(5), 11);
  expect(mean - low).toBeCloseTo(high - mean, 12);
});

test('exact p: the same as trying every sign, ties included', () => {
  const value = fc.integer({ min: -6, max: 6 }).filter((x) => x !== 0);
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 9 }), (d) => {
      const ranks = midranks(d.map(Math.abs));
      const { wPlus, wMinus, pExact } = signedRank(d);
      const w = Math.min(wPlus, wMinus);
      let tail = 0;
      for (let mask = 0; mask < 1 << d.length; mask++) {
        const sum = ranks.reduce((s, r, i) => s + ((mask >> i) & 1 ? r : 0), 0);
        if (sum <= w) tail++;
      }
      expect(pExact).toBeCloseTo(Math.min(1, (2 * tail) / (1 << d.length)), 12);
    }),
    { seed: 3, numRuns: 100 },
  );
});

test('rank correlation: exact p of all orders; rising functions change nothing', () => {
  expect(spearman([1, 2, 3, 4], [1, 3, 9, 27])).toMatchObject({ rho: 1, pAsymptotic: 0, pExact: 2 / 24 });
  const number = fc.integer({ min: -50, max: 50 });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 3, maxLength: 7 }), (pairs) => {
      const [x, y] = [pairs.map((p) => p[0]), pairs.map((p) => p[1])];
      const a = spearman(x, y);
      const b = spearman(
        x,
        y.map((v) => Math.exp(v / 10)),
      );
      if (Number.isNaN(a.rho)) return;
      expect(b.rho).toBeCloseTo(a.rho, 12);
      expect(b.pExact).toBeCloseTo(a.pExact, 12);
      expect(spearman(y, x).rho).toBeCloseTo(a.rho, 12);
    }),
    { seed: 4, numRuns: 60 },
  );
});
