import { describe, expect, test } from 'vitest';
import { LPS_IDENTITY, type LpsTransform } from '../../src/base/index.ts';
import { apply, compose, invert, rotation, translation } from '../../src/math/index.ts';
import { brokenSocket, type FractureGaps, gapsAt } from '../../src/measure/index.ts';
import { transformMesh } from '../../src/mesh/index.ts';
import { ARC, CENTRE, half, R, WALL } from '../socket-kit.ts';

const upper = half(true);
const lower = half(false);

function measure(moved: LpsTransform, turned: LpsTransform = LPS_IDENTITY): FractureGaps {
  const measured = compose(turned, compose(moved, invert(turned)));
  const socket = brokenSocket({
    pieces: [
      { name: 'upper', mesh: transformMesh(turned, upper), reduced: LPS_IDENTITY },
      { name: 'lower', mesh: transformMesh(turned, lower), reduced: LPS_IDENTITY },
    ],
    joint: { centreMm: apply(turned, CENTRE), radiusMm: R },
  });
  return gapsAt(socket, [LPS_IDENTITY, measured]);
}

describe('two halves of a socket, the faces of which match', () => {
  test('together: nothing anywhere', () => {
    const g = measure(LPS_IDENTITY);
    for (const n of [g.gapMm, g.stepMm, g.gapAreaMm2, g.overlapMm3]) expect(n).toBeLessThan(0.05);
    expect(g.dome.coronal!.gapMm).toBeLessThan(0.05);
    expect(g.dome.coronal!.stepMm).toBeLessThan(0.05);
    expect(g.space[0].lengthMm / (R * ARC)).toBeCloseTo(1, 1);
  });

  test('apart by d across the fracture: a gap of d, no step, an open area of d times the line', () => {
    for (const d of [0.6, 2, 12]) {
      const g = measure(translation([0, 0, -d]));
      expect(g.space).toHaveLength(1);
      expect(g.gapMm).toBeCloseTo(d, 2);
      expect(g.space[0].gapMedianMm).toBeCloseTo(d, 2);
      expect(g.stepMm).toBeLessThan(0.02);
      expect(g.gapAreaMm2 / (d * R * ARC)).toBeGreaterThan(0.95);
      expect(g.gapAreaMm2 / (d * R * ARC)).toBeLessThan(1.05);
      expect(Math.abs(g.dome.coronal!.gapMm - d)).toBeLessThan(0.1);
      expect(g.dome.coronal!.stepMm).toBeLessThan(0.1);
      expect(Math.abs(g.widest.sagittal!.gapMm - d)).toBeLessThan(0.3);
      expect(g.dome.axial).toBeNull();
      expect(g.overlapMm3).toBeLessThan(0.01);
    }
  });

  test('shifted by s along the normal of the joint: a step of s in the slice through the dome, no gap', () => {
    for (const s of [1, 4]) {
      const g = measure(translation([s, 0, 0]));
      expect(g.stepMm).toBeGreaterThan(0.97 * s);
      expect(g.stepMm).toBeLessThan(1.01 * s);
      expect(g.gapMm).toBeLessThan(0.02);
      expect(Math.abs(g.dome.coronal!.stepMm - s)).toBeLessThan(0.1);
      expect(g.dome.coronal!.gapMm).toBeLessThan(0.15);
    }
  });

  test('shifted along the fracture line: neither gap nor step in the middle', () => {
    const g = measure(translation([0, 2, 0]));
    expect(g.gapMm).toBeLessThan(0.02);
    expect(g.dome.coronal!.gapMm).toBeLessThan(0.15);
  });

  test('a fracture that stands upright is seen in the axial slice instead', () => {
    const turned = rotation([1, 0, 0], Math.PI / 2, CENTRE);
    const g = measure(translation([0, 0, -3]), turned);
    expect(g.gapMm).toBeCloseTo(3, 2);
    expect(g.dome.coronal).toBeNull();
    expect(Math.abs(g.widest.axial!.gapMm - 3)).toBeLessThan(0.3);
  });

  test('pushed into each other: no gap, and the volume of the part they share', () => {
    const d = 2;
    const g = measure(translation([0, 0, d]));
    expect(g.gapMm).toBeLessThan(0.02);
    // The lower half, moved up by d, lies with the part above its old top in the upper one: the face's area times d, nearly.
    const face = (ARC / 2) * ((R + WALL) * (R + WALL) - R * R);
    expect(g.overlapMm3 / (face * d)).toBeGreaterThan(0.9);
    expect(g.overlapMm3 / (face * d)).toBeLessThan(1.02);
  });
});
