import { expect, test } from 'vitest';
import { SCREWS, screwType, stockedLength } from '../../src/design/index.ts';

test('every screw of the library can exist', () => {
  for (const s of SCREWS) {
    expect(s.coreMm, s.name).toBeLessThan(s.diameterMm);
    expect(s.drillMm, s.name).toBeLessThan(s.diameterMm);
    expect(s.drillMm, s.name).toBeGreaterThanOrEqual(s.coreMm - 0.1);
    expect(s.headDiameterMm, s.name).toBeGreaterThan(s.diameterMm);
    if (s.wireMm !== undefined) expect(s.wireMm, s.name).toBeLessThan(s.coreMm);
    expect(s.lengthsMm, s.name).toEqual([...new Set(s.lengthsMm)].sort((a, b) => a - b));
    expect(s.source.length, s.name).toBeGreaterThan(20);
  }
  expect(new Set(SCREWS.map((s) => s.name)).size).toBe(SCREWS.length);
});

test('a screw is named or refused', () => {
  expect(screwType('cortical-3.5').coreMm).toBe(2.4);
  expect(() => screwType('cortical-9')).toThrow(expect.objectContaining({ code: 'design.screw-type' }));
});

test('the stocked length never goes beyond what is there', () => {
  const screw = screwType('cortical-3.5');
  expect(stockedLength(screw, 40)).toBe(40);
  expect(stockedLength(screw, 41.9)).toBe(40);
  expect(stockedLength(screw, 53)).toBe(50);
  expect(stockedLength(screw, 9.9)).toBeUndefined();
});
