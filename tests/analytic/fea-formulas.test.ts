import { expect, test } from 'vitest';
import {
  boneDensity,
  boneYoungMPa,
  gridTets,
  lameFromCt,
  lameOf,
  leastSectionMm2,
  MATERIAL_NAMES,
  MATERIALS_DATA,
  plateFourPoint,
  screwPullOutN,
  sectionStress,
  strutLoadN,
  tetCount,
  unreadValues,
} from '../../src/fea/index.ts';

test('bone: the published vectors of the law, and no negative density', () => {
  for (const [hu, density, gpa] of [
    [500, 0.371925, 0.17705],
    [1000, 0.764925, 1.04345],
    [1500, 1.157925, 2.89351],
  ]) {
    expect(boneDensity(hu)).toBeCloseTo(density, 6);
    expect(boneYoungMPa(hu) / 1000).toBeCloseTo(gpa, 4);
  }
  expect(boneDensity(0)).toBe(0);
  expect(boneYoungMPa(0)).toBe(10);
  expect(boneYoungMPa(-1000)).toBe(10);
});

test('bone: an element takes the mean of the stiffness under it', () => {
  const mesh = gridTets([2, 2, 2], (u, v, w) => [10 * u, 10 * v, 10 * w]);
  const uniform = lameFromCt(mesh, (points) => new Float64Array(points.length / 3).fill(1000));
  const [lambda, mu] = lameOf(1043.45, 0.3);
  for (let e = 0; e < tetCount(mesh); e++) {
    expect(uniform[2 * e] / lambda).toBeCloseTo(1, 5);
    expect(uniform[2 * e + 1] / mu).toBeCloseTo(1, 5);
  }
  // A gradient along x: stiffer elements on the stiffer side.
  const graded = lameFromCt(mesh, (points) => points.filter((_, i) => i % 3 === 0).map((x) => 500 + 100 * x));
  const [low, high] = [0, tetCount(mesh) - 1].map((e) => graded[2 * e]);
  expect(high).toBeGreaterThan(1.5 * low);
});

test('sections, beams, struts and screws by hand', () => {
  expect(sectionStress(5340, 300, 795)).toEqual({ stressMPa: 17.8, factor: (795 * 300) / 5340 });
  expect(leastSectionMm2(5340, 795, 1.5)).toBeCloseTo(10.0755, 3);
  const plate = plateFourPoint({
    widthMm: 12,
    thickMm: 3,
    supportSpanMm: 80,
    loadSpanMm: 30,
    forceN: 500,
    youngMPa: 113_800,
  });
  // M = 250 N × 25 mm; σ = 6M / bh².
  expect(plate.stressMPa).toBeCloseTo((6 * 250 * 25) / (12 * 9), 9);
  expect(plate.deflectionMm).toBeCloseTo((250 * 25 * 25 * (3 * 80 - 4 * 25)) / (6 * 113_800 * 27), 9);
  const rod = { inertiaMm4: Math.PI / 64, areaMm2: Math.PI / 4, youngMPa: 200_000, yieldMPa: 500 } as const;
  const slender = strutLoadN({ ...rod, lengthMm: 100, ends: 'pinned' });
  expect(slender.law).toBe('Euler');
  expect(slender.loadN).toBeCloseTo((Math.PI ** 2 * 200_000 * (Math.PI / 64)) / 10_000, 9);
  expect(strutLoadN({ ...rod, lengthMm: 50, ends: 'fixed-free' }).loadN).toBeCloseTo(slender.loadN, 9);
  const stout = strutLoadN({ ...rod, lengthMm: 1, ends: 'fixed' });
  expect(stout.law).toBe('Johnson');
  expect(stout.loadN / (500 * rod.areaMm2)).toBeCloseTo(1, 3);
  // The two laws meet with half of the yield strength.
  const meet = Math.PI * Math.sqrt((2 * 200_000) / 500) * 0.25;
  for (const lengthMm of [meet * 0.99999, meet * 1.00001])
    expect(strutLoadN({ ...rod, lengthMm, ends: 'pinned' }).loadN / (250 * rod.areaMm2)).toBeCloseTo(1, 3);
  const screw = { lengthMm: 20, outerDiameterMm: 4, coreDiameterMm: 2.8, pitchMm: 1.25, shearMPa: 3 };
  expect(screwPullOutN(screw)).toBeCloseTo(3 * Math.PI * 20 * 4 * (0.5 + (0.57735 * 0.6) / 1.25), 9);
  expect(() => screwPullOutN({ ...screw, coreDiameterMm: 4 })).toThrow('param.range');
  expect(() => leastSectionMm2(0, 1, 1)).toThrow('param.range');
});

test('every value of every material names its source; what was not read is said', () => {
  for (const name of MATERIAL_NAMES) {
    const m = MATERIALS_DATA[name];
    for (const v of [m.youngMPa, m.poisson, m.densityGPerCm3, m.yieldMPa, m.ultimateMPa, m.fatigueMPa])
      if (v) {
        expect(v.value).toBeGreaterThan(0);
        expect(v.source.length).toBeGreaterThan(8);
      }
  }
  expect(unreadValues(MATERIALS_DATA['Ti-6Al-4V ELI wrought'])).toEqual([]);
  expect(unreadValues(MATERIALS_DATA['Ti-6Al-4V ELI'])).toEqual([]);
  expect(unreadValues(MATERIALS_DATA.PEEK).join()).toContain('F2026');
});
