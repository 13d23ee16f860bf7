import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  designGuide,
  designPlate,
  GUIDE_PARAMS,
  GUIDE_PROCESSES,
  type GuideInput,
  guideProcessValues,
  PLATE_PARAMS,
  type PlateNetwork,
  type PlateScrew,
  removalDirection,
  resolveParams,
  textSizeMm,
  textTool,
  undercutsAlong,
} from '../../src/design/index.ts';
import { dot, unit } from '../../src/math/index.ts';
import {
  box,
  buildBvh,
  checkMesh,
  cylinder,
  type Mesh,
  meshIntersections,
  sphere,
  subdivide,
  volumeMm3,
} from '../../src/mesh/index.ts';
import { createSolidEngine } from '../../src/platform/node/index.ts';

const solids = await createSolidEngine();
const SCREW = { name: '3.5 mm', diameterMm: 3.5, headDiameterMm: 6, headHeightMm: 2.6, drillMm: 2.5 };
const R = 45;
const bone = sphere(R, 5);
const on = (x: number, y: number): Vec3 => [x, y, Math.sqrt(R * R - x * x - y * y)];
/** An L on the top of a sphere: three screws, one leaning. */
const network: PlateNetwork = {
  points: [
    { id: 'a', at: on(-22, 0) },
    { id: 'b', at: on(14, 0) },
    { id: 'c', at: on(14, 22) },
  ],
  arms: [
    { id: 'long', points: ['a', 'b'] },
    { id: 'short', points: ['b', 'c'] },
  ],
};
const screw = (id: string, entryMm: Vec3, lean: Vec3 = [0, 0, 0]): PlateScrew => ({
  id,
  entryMm,
  direction: unit([lean[0] - entryMm[0], lean[1] - entryMm[1], lean[2] - entryMm[2]]),
  lengthMm: 25,
  screw: SCREW,
});
const screws = [screw('s1', on(-20, 0)), screw('s2', on(12, 0)), screw('s3', on(14, 20), [0, 10, 10])];
const material = { name: 'Ti-6Al-4V', youngMPa: 113_800, yieldMPa: 795, densityGPerCm3: 4.43 };
const plate = designPlate(
  { bones: [bone], network, screws, material, solids },
  resolveParams(PLATE_PARAMS, { gridMm: 0.5 }),
);
const input: GuideInput = {
  plate,
  bones: [bone],
  screws,
  caseId: 'T-1',
  side: 'left',
  process: 'polyamide, laser-sintered',
  windowMm: 80,
  openingMm: 60,
  solids,
};
const guide = designGuide(input, resolveParams(GUIDE_PARAMS, { gridMm: 0.6, legs: 3 }));

describe('a guide on a plate on a sphere', () => {
  test('is a solid whose holes are its bores', () => {
    const report = checkMesh(guide.body);
    expect(report.solid).toBe(true);
    expect(report.genus).toBe(screws.length + 2);
    expect(guide.massG).toBeCloseTo((guide.volumeMm3 * 1.01) / 1000, 9);
  });

  test('touches neither plate nor bone and comes off without an undercut', () => {
    expect(guide.undercuts).toBe(0);
    expect(guide.plateGapMm).toBeGreaterThan(0.1);
    expect(guide.boneGapMm).toBeGreaterThan(0.25);
    expect(meshIntersections(buildBvh(guide.body), buildBvh(plate.body)).length).toBe(0);
    expect(dot(guide.removal, unit(on(4, 6)))).toBeGreaterThan(0.85);
  });

  test('aims every drill along its screw, with the clearance of the process', () => {
    for (const s of screws) {
      const bore = guide.bores.find((b) => b.id === s.id)!;
      expect(bore.boreDiameterMm).toBeCloseTo(2.5 + GUIDE_PROCESSES['polyamide, laser-sintered'].boreGapMm, 12);
      expect(bore.entryMm).toEqual(s.entryMm);
      expect(dot(bore.outward, s.direction)).toBeCloseTo(-1, 12);
      // A pin of the bore's size passes; one a little larger does not.
      expect(pinHits(guide.body, bore.entryMm, bore.outward, bore.boreDiameterMm / 2 - 0.01)).toBe(false);
      expect(pinHits(guide.body, bore.entryMm, bore.outward, bore.boreDiameterMm / 2 + 0.05)).toBe(true);
    }
  });

  test('holds every motion and fits one way only', () => {
    expect(guide.seat.firmness).toBeGreaterThan(0.004);
    expect(guide.seat.wrongSeatMm).toBeGreaterThan(0.6);
    expect(guide.seat.playMm).toBeLessThan(0.6);
    expect(guide.seat.touchedFraction).toBeGreaterThan(0.8);
    expect(guide.findings.filter((f) => f.level === 'blocker')).toEqual([]);
    expect(guide.findings.map((f) => f.code)).toContain('guide.steam');
  });

  test('bears its extensions, wires and letters', () => {
    expect(guide.legs.length).toBe(3);
    expect(guide.bores.filter((b) => b.kind === 'wire').length).toBe(2);
    expect(guide.text).toEqual(['T-1', 'LEFT']);
    for (const leg of guide.legs) expect(Math.hypot(...leg.atMm)).toBeCloseTo(R, 0);
  });
});

/** Whether a round pin on an axis meets a body within 60 mm. */
function pinHits(body: Mesh, at: Vec3, axis: Vec3, radiusMm: number): boolean {
  const pin = subdivide(cylinder(radiusMm, 120, 48));
  const along = unit(axis);
  const side = unit([along[1], -along[0], 0.001]);
  const third: Vec3 = [
    along[1] * side[2] - along[2] * side[1],
    along[2] * side[0] - along[0] * side[2],
    along[0] * side[1] - along[1] * side[0],
  ];
  const p = pin.positions.slice();
  for (let i = 0; i < p.length; i += 3) {
    const [x, y, z] = [p[i], p[i + 1], p[i + 2] - 60];
    for (let k = 0; k < 3; k++) p[i + k] = at[k] + x * side[k] + y * third[k] + z * along[k];
  }
  return meshIntersections(buildBvh({ positions: p, triangles: pin.triangles }), buildBvh(body)).length > 0;
}

describe('a seat that is not determined', () => {
  test('a straight plate without extensions on a sphere can be put on two ways', () => {
    const straight: PlateNetwork = {
      points: [
        { id: 'a', at: on(-18, 0) },
        { id: 'b', at: on(18, 0) },
      ],
      arms: [{ id: 'long', points: ['a', 'b'] }],
    };
    const two = [screw('s1', on(-16, 0)), screw('s2', on(16, 0))];
    const bar = designPlate(
      { bones: [bone], network: straight, screws: two, material, solids },
      resolveParams(PLATE_PARAMS, { gridMm: 0.6 }),
    );
    const g = designGuide(
      { ...input, plate: bar, screws: two },
      resolveParams(GUIDE_PARAMS, { gridMm: 0.7, legs: 0, wires: 0 }),
    );
    expect(g.findings.map((f) => f.code)).toContain('guide.two-ways');
    expect(Math.abs(g.seat.wrongSeatDeg - 180)).toBeLessThan(5);
  });
});

describe('pieces of a guide', () => {
  test('a block comes off upward, and not where a lid overhangs it', () => {
    const block = box([-10, -5, 0], [10, 5, 4]);
    const outer = new Uint8Array(12).fill(1);
    outer[0] = outer[1] = 0; // the side z = 0
    const nothing = buildBvh(box([-50, -50, -60], [50, 50, -50]));
    const free = removalDirection(block, nothing, outer);
    expect(free.direction[2]).toBeGreaterThan(0.99);
    expect(free.reachedFraction).toBeGreaterThan(0.9);
    const lid = buildBvh(box([-50, -50, 20], [50, 50, 25]));
    expect(removalDirection(block, lid, outer).direction[2]).toBeLessThan(0.6);
    const guideBlock = box([-10, -5, 5], [10, 5, 8]);
    expect(undercutsAlong(guideBlock, [buildBvh(block)], [0, 0, 1])).toBe(0);
    expect(undercutsAlong(guideBlock, [buildBvh(block)], [0, 0, -1])).toBeGreaterThan(0);
  });

  test('letters: the volume of their strokes, in the size that was promised', () => {
    const place = { at: [0, 0, 0] as Vec3, along: [1, 0, 0] as Vec3, up: [0, 1, 0] as Vec3, out: [0, 0, 1] as Vec3 };
    const bar = textTool(['I'], place, 6, 1);
    // One upright stroke: a rectangle of 6 mm with two half discs.
    const width = 0.17 * 6;
    const area = 6 * width + (Math.PI * width * width) / 4;
    expect(checkMesh(bar).solid).toBe(true);
    expect(Math.abs(volumeMm3(bar) / (2 * area) - 1)).toBeLessThan(0.04);
    const [w, h] = textSizeMm(['T-1', 'LEFT'], 4);
    const { bounds } = checkMesh(textTool(['T-1', 'LEFT'], place, 4, 1), { selfIntersections: false });
    expect(bounds.hi[0] - bounds.lo[0]).toBeLessThanOrEqual(w + 1e-6);
    expect(bounds.hi[0] - bounds.lo[0]).toBeGreaterThan(w - 1.5);
    expect(bounds.hi[1] - bounds.lo[1]).toBeCloseTo(h, 1);
  });

  test('each process sets its own walls; what softens in steam is blocked', () => {
    for (const name of Object.keys(GUIDE_PROCESSES) as (keyof typeof GUIDE_PROCESSES)[])
      resolveParams(GUIDE_PARAMS, guideProcessValues(name));
    expect(GUIDE_PROCESSES['polylactide, extruded'].steam.bears).toBe(false);
  });
});
