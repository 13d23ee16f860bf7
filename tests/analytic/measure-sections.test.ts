import { expect, test } from 'vitest';
import { sectionProfile } from '../../src/measure/index.ts';
import { flipWinding, volumeMm3 } from '../../src/mesh/index.ts';
import { box, icosphere, lumpyBody, shaped, together } from './register-shapes.ts';

test('sections of a box are its faces, whichever way the axis points', () => {
  const b = box([10, 20, 30], [5, -3, 100]);
  for (const [axis, area] of [
    [[1, 0, 0], 600],
    [[0, -1, 0], 300],
    [[0, 0, 4], 200],
  ] as const)
    for (const a of sectionProfile(b, { axis }).areaMm2) expect(a).toBeCloseTo(area, 9);
});

test('sections of a ball follow π(r² − t²)', () => {
  const { atMm, areaMm2 } = sectionProfile(icosphere(6, 20), { axis: [1, 2, 3] });
  atMm.forEach((t, k) => {
    expect(Math.abs(areaMm2[k] - Math.PI * (400 - t * t))).toBeLessThan(0.0007 * Math.PI * 400);
  });
});

test('areas integrate to the volume, and a cavity is empty', () => {
  const body = lumpyBody(4);
  const hole = icosphere(3, 9);
  const solid = together(body, { ...hole, triangles: flipWinding(hole.triangles) });
  for (const axis of [
    [1, 0, 0],
    [0.3, -0.8, 0.5],
  ] as const) {
    const { areaMm2, lengthMm } = sectionProfile(solid, { axis, planes: 400 });
    const sum = areaMm2.reduce((s, a) => s + a, 0) * (lengthMm / 400);
    expect(sum / volumeMm3(solid)).toBeCloseTo(1, 4);
  }
});

test('the neck of an hourglass is found where it is', () => {
  // Radius about the z axis: 10 − 4·cos²(πt/2), narrowest (6 mm) at t = 0.
  const glass = shaped(6, ([x, y, z]) => {
    const c = Math.cos((Math.PI * z) / 2);
    const r = 10 - 4 * c * c;
    return [r * x, r * y, 30 * z];
  });
  const { neck, minimum } = sectionProfile(glass, { axis: [0, 0, 1], planes: 301 });
  expect(neck).not.toBeNull();
  expect(neck!.areaMm2).toBeCloseTo(Math.PI * 36, 0);
  expect(Math.abs(neck!.atMm)).toBeLessThan(0.3);
  expect(minimum.atFraction).toBeGreaterThanOrEqual(0.05);
});
