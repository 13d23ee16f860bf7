import { expect, test } from 'vitest';
import type { OsteonError } from '../../src/base/index.ts';
import { conversionRow, requireMillimetres, suggestUnit, weldCorners } from '../../src/io/index.ts';
import { box, sphere, transformMesh } from '../../src/mesh/index.ts';

const TALUS_MM = [35, 75] as const;

test('a talus in any unit of the field is recognised, and never taken for millimetres', () => {
  for (let mm = 36; mm <= 74; mm += 2)
    for (const [unit, perUnit] of [
      ['millimeter', 1],
      ['centimeter', 10],
      ['inch', 25.4],
      ['meter', 1000],
      ['micron', 0.001],
    ] as const) {
      const length = mm / perUnit;
      const guess = suggestUnit({ lo: [0, 0, 0], hi: [length, length / 2, length / 3] }, TALUS_MM);
      expect(guess.plausible).toBe(unit === 'millimeter');
      expect(guess.unit).toBe(unit);
    }
});

test('a talus 2 long or 1400 long is refused with the unit it is likely to be in', () => {
  const refuse = (length: number) => {
    try {
      requireMillimetres({ lo: [0, 0, 0], hi: [length, length / 2, 0] }, TALUS_MM, 'talus');
    } catch (e) {
      return (e as OsteonError).facts.unit;
    }
    return 'accepted';
  };
  expect(refuse(55)).toBe('accepted');
  expect(refuse(2)).toBe('inch');
  expect(refuse(5.5)).toBe('centimeter');
  expect(refuse(0.055)).toBe('meter');
  expect(refuse(1400)).toBe(undefined);
  expect(suggestUnit({ lo: [0, 0, 0], hi: [1400, 1, 1] }, TALUS_MM).factor).toBe(1 / 25.4);
});

test('welding joins equal corners only, or those within a tolerance', () => {
  const cube = box([0, 0, 0], [1, 2, 3]);
  const corners = Float64Array.from(cube.triangles).length;
  const soup = new Float64Array(3 * corners);
  cube.triangles.forEach((v, i) => {
    for (let k = 0; k < 3; k++) soup[3 * i + k] = cube.positions[3 * v + k] + (i % 3 === k ? 1e-4 : 0);
  });
  expect(weldCorners(soup).positions.length / 3).toBeGreaterThan(8);
  const welded = weldCorners(soup, 1e-3);
  expect(welded.positions.length / 3).toBe(8);
  expect(welded.triangles.length / 3).toBe(12);
  expect(weldCorners(Float64Array.of(0, 0, 0, -0, 1, 0, 1, 0, 0)).positions.length).toBe(9);
});

test('a conversion row says what changed', () => {
  const before = sphere(10, 2);
  const scaled = transformMesh({ from: 'lps', to: 'lps', m: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0] }, before);
  const row = conversionRow({ before, after: scaled });
  expect(row.after.volumeMm3 / row.before.volumeMm3).toBeCloseTo(8, 12);
  expect(row.areaChangeMm2 / row.before.areaMm2).toBeCloseTo(3, 12);
  expect(row.boxChangeMm).toBeCloseTo(10, 12);
  expect(row.maxCornerMoveMm).toBeCloseTo(10, 12);
  expect(row.sameTopology).toBe(true);
  expect(conversionRow({ before, after: sphere(10, 1) }).sameTopology).toBe(false);
});
