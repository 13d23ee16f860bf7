import { describe, expect, test } from 'vitest';
import {
  linearFactor,
  RECIPES,
  resolveParams,
  sized,
  TALUS_PARAMS,
  talusRecipe,
  transformHindfoot,
} from '../../src/design/index.ts';
import { compose, determinant, distance } from '../../src/math/index.ts';
import { surfaceDistance } from '../../src/measure/index.ts';
import { centroid, topologyOf, volumeMm3 } from '../../src/mesh/index.ts';
import { COLLAPSE_MM, collapsedCase, GAP_MM } from './design-shapes.ts';
import { lumpyBody } from './register-shapes.ts';

describe('sizes', () => {
  test('95 and 105 percent by volume are 0.98305 and 1.01640 in length, and the volume is exact', () => {
    expect(linearFactor(95, 'volume')).toBeCloseTo(0.98305, 5);
    expect(linearFactor(100, 'volume')).toBe(1);
    expect(linearFactor(105, 'volume')).toBeCloseTo(1.0164, 5);
    const body = lumpyBody(4);
    for (const percent of [50, 95, 100, 105, 200]) {
      const s = sized(body, percent);
      expect(Math.abs(s.volumeMm3 / volumeMm3(body) - percent / 100)).toBeLessThan(1e-12);
      expect(distance(centroid(s.mesh), centroid(body))).toBeLessThan(1e-9);
    }
  });

  test('percent of length is something else, and says so', () => {
    const s = sized(lumpyBody(3), 95, 'linear');
    expect(s.linearFactor).toBe(0.95);
    expect(s.mode).toBe('linear');
    expect(determinant(s.lpsFromNominal)).toBeCloseTo(0.95 * 0.95 * 0.95, 12);
    expect(() => sized(lumpyBody(3), 0)).toThrow(expect.objectContaining({ code: 'param.range' }));
  });
});

describe('parameters', () => {
  test('every one has a default inside its range, a label and a source', () => {
    for (const { params } of RECIPES)
      for (const p of Object.values(params)) {
        expect(p.default).toBeGreaterThanOrEqual(p.min);
        expect(p.default).toBeLessThanOrEqual(p.max);
        expect(p.label.length * p.source.length).toBeGreaterThan(0);
      }
  });

  test('an unknown one and one out of range are refused', () => {
    expect(resolveParams(TALUS_PARAMS, { edgeMm: 1 }).edgeMm).toBe(1);
    expect(() => resolveParams(TALUS_PARAMS, { edge: 1 })).toThrow(expect.objectContaining({ code: 'param.unknown' }));
    expect(() => resolveParams(TALUS_PARAMS, { edgeMm: 9 })).toThrow(expect.objectContaining({ code: 'param.range' }));
    expect(() => resolveParams(TALUS_PARAMS, { edgeMm: Number.NaN })).toThrow();
  });
});

describe('total talus replacement of an exact mirror image', () => {
  const { natural, healthy, affected, rightFromLeft } = collapsedCase();
  const values = resolveParams(TALUS_PARAMS, { edgeMm: 1 });
  const input = {
    affectedSide: 'left',
    affected,
    healthy,
    sizesPercent: [95, 100, 105],
    sizeMode: 'volume',
  } as const;
  const { output, findings } = talusRecipe.run(input, values);
  const { placement, body, height, frame, implants } = output;

  test('the calcaneus carries the healthy side home', () => {
    const home = compose(placement.lpsFromHealthy, rightFromLeft);
    expect(determinant(placement.lpsFromHealthy)).toBeCloseTo(-1, 9);
    const back = transformHindfoot(home, natural);
    expect(surfaceDistance(back.talus, natural.talus).hausdorffMm).toBeLessThan(1e-5);
  });

  test('the seat on the preserved facets is not drawn away by the crushed dome', () => {
    expect(placement.seat).not.toBeNull();
    expect(placement.seatShiftMm).toBeLessThan(0.03);
    expect(placement.seatTurnDeg).toBeLessThan(0.1);
  });

  test('the implant is the natural talus again: closed, one piece, within the caps', () => {
    const d = surfaceDistance(body.mesh, natural.talus);
    expect(d.meanMm).toBeLessThan(0.03);
    expect(d.hausdorffMm).toBeLessThan(0.3);
    expect(volumeMm3(body.mesh) / volumeMm3(natural.talus)).toBeCloseTo(1, 2);
    expect(topologyOf(body.mesh)).toMatchObject({
      boundaryEdges: 0,
      nonManifoldEdges: 0,
      inconsistentEdges: 0,
      components: 1,
      euler: 2,
    });
  });

  test('the collapse is given back', () => {
    expect(Math.abs(height.heightMm - COLLAPSE_MM)).toBeLessThan(0.15);
    expect(Math.abs(height.fromJointSpaceMm - COLLAPSE_MM)).toBeLessThan(0.15);
    expect(Math.abs(height.fromHealthyTibiaMm - COLLAPSE_MM)).toBeLessThan(0.05);
  });

  test('the frame looks ahead, up and outward', () => {
    expect(frame.anterior[0]).toBeGreaterThan(0.9);
    expect(frame.superior[2]).toBeGreaterThan(0.9);
    expect(frame.lateral[1]).toBeGreaterThan(0.9);
  });

  test('the nominal implant has the joint space of the healthy side; a larger one has less', () => {
    const medians = implants.map(({ fit }) => fit.neighbours.tibia.jointSpaceMedianMm);
    expect(Math.abs(medians[1] - GAP_MM)).toBeLessThan(0.2);
    expect(medians[0]).toBeGreaterThan(medians[1]);
    expect(medians[2]).toBeLessThan(medians[1]);
    expect(implants[1].fit.neighbours.calcaneus.minGapMm).toBeGreaterThan(GAP_MM - 0.3);
    expect(implants.map(({ size }) => size.volumeMm3 / volumeMm3(body.mesh)).map((r) => r.toFixed(9))).toEqual([
      '0.950000000',
      '1.000000000',
      '1.050000000',
    ]);
  });

  test('nothing blocks, and what was done is said', () => {
    expect(findings.filter((f) => f.level === 'blocker')).toEqual([]);
    expect(findings.map((f) => f.code)).toContain('talus.joint-height');
  });
});
