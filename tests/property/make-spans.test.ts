import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  commonSpans,
  hatchVectors,
  longSpans,
  type Outlines,
  outlinesAreaMm2,
  outlinesOf,
  type Spans,
  scanLines,
  spansLengthMm,
  spansOf,
  spansWithout,
  vectorsLengthMm,
  windingAt,
} from '../../src/make/index.ts';

/** A star with a hole, and another star over it. */
function stars(seed: number): Outlines {
  const random = createRng(seed);
  const star = (x: number, y: number, r: number, turn: 1 | -1) => {
    const loop: number[] = [];
    for (let i = 0; i < 24; i++) {
      const a = (turn * 2 * Math.PI * i) / 24;
      const s = r * (0.5 + 0.5 * random());
      loop.push(x + s * Math.cos(a), y + s * Math.sin(a));
    }
    return loop;
  };
  return outlinesOf([star(0, 0, 10, 1), star(0, 0, 4, -1), star(8 * random(), 6, 5, 1)]);
}

const seeds = fc.integer({ min: 1, max: 1e6 });
const angles = fc.double({ min: -7, max: 7, noNaN: true });

/** The spans of one line as list of pairs. */
const pairs = (spans: Spans): number[][] =>
  Array.from({ length: spans.lineStart.length - 1 }, (_, j) =>
    Array.from(spans.ends.subarray(2 * spans.lineStart[j], 2 * spans.lineStart[j + 1])),
  );

describe('spans', () => {
  test('are where the outlines wind around a point', () => {
    fc.assert(
      fc.property(seeds, angles, (seed, angle) => {
        const region = stars(seed);
        const lines = scanLines(angle, 0.4);
        const spans = spansOf(region, lines);
        const random = createRng(seed + 1);
        for (let probe = 0; probe < 40; probe++) {
          const j = Math.floor((random() - 0.5) * 60);
          const u = (random() - 0.5) * 30;
          const v = (j + 0.5) * 0.4;
          const x = lines.ux * u - lines.uy * v;
          const y = lines.uy * u + lines.ux * v;
          const own = pairs(spans)[j - spans.first] ?? [];
          const inside = own.some((_, i) => i % 2 === 0 && own[i] < u && u < own[i + 1]);
          const near = own.some((end) => Math.abs(end - u) < 1e-9);
          if (!near) expect(inside).toBe(windingAt(region, x, y) > 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('common part and rest make up the whole, and neither depends on the other', () => {
    fc.assert(
      fc.property(seeds, seeds, angles, (a, b, angle) => {
        const lines = scanLines(angle, 0.3);
        const one = spansOf(stars(a), lines);
        const two = spansOf(stars(b), lines);
        const both = commonSpans(one, two);
        const rest = spansWithout(one, two);
        expect(spansLengthMm(both) + spansLengthMm(rest)).toBeCloseTo(spansLengthMm(one), 8);
        expect(spansLengthMm(both)).toBeCloseTo(spansLengthMm(commonSpans(two, one)), 8);
        expect(spansLengthMm(commonSpans(rest, two))).toBeCloseTo(0, 12);
        expect(spansLengthMm(spansWithout(one, one))).toBe(0);
        for (const line of pairs(rest))
          for (let i = 1; i < line.length; i++) expect(line[i]).toBeGreaterThan(line[i - 1]);
      }),
      { numRuns: 100 },
    );
  });

  test('vectors cover every span once; stripes add only their overlap', () => {
    fc.assert(
      fc.property(seeds, angles, fc.double({ min: 1, max: 9, noNaN: true }), (seed, angle, stripeMm) => {
        const lines = scanLines(angle, 0.25);
        const spans = spansOf(stars(seed), lines);
        const plain = hatchVectors(spans, lines, { stripeMm: 0, overlapMm: 0 });
        const cut = hatchVectors(spans, lines, { stripeMm, overlapMm: 0 });
        expect(vectorsLengthMm(plain)).toBeCloseTo(spansLengthMm(spans), 7);
        expect(vectorsLengthMm(cut)).toBeCloseTo(spansLengthMm(spans), 7);
        expect(plain.length / 4).toBe(spans.ends.length / 2);
        const overlapMm = 0.1;
        const lapped = hatchVectors(spans, lines, { stripeMm, overlapMm });
        const cuts = cut.length / 4 - plain.length / 4;
        expect(lapped.length).toBe(cut.length);
        expect(vectorsLengthMm(lapped)).toBeLessThanOrEqual(spansLengthMm(spans) + cuts * overlapMm + 1e-6);
        for (let i = 0; i < cut.length; i += 4) {
          const dx = cut[i + 2] - cut[i];
          const dy = cut[i + 3] - cut[i + 1];
          expect(dx * dx + dy * dy).toBeLessThanOrEqual(stripeMm * stripeMm + 1e-6);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('lines times spacing are the area', () => {
    const disc = outlinesOf([
      Array.from({ length: 720 }, (_, i) => 10 * (i % 2 ? Math.sin : Math.cos)((Math.PI * (i >> 1)) / 180)),
    ]);
    for (const angle of [0, 0.3, 2]) {
      const spans = spansOf(disc, scanLines(angle, 0.1));
      expect(Math.abs((spansLengthMm(spans) * 0.1) / outlinesAreaMm2(disc) - 1)).toBeLessThan(2e-4);
    }
    const lines = scanLines(0, 0.1);
    expect(spansLengthMm(longSpans(spansOf(disc, lines), 100))).toBe(0);
    expect(longSpans(spansOf(disc, lines), 0).ends).toEqual(spansOf(disc, lines).ends);
  });
});
