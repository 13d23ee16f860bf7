import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  designPlate,
  PLATE_PARAMS,
  type PlateInput,
  type PlateMaterial,
  type PlateNetwork,
  type PlateScrew,
  propertiesOf,
  resolveParams,
} from '../../src/design/index.ts';
import { plateFindings } from '../../src/design/plate/findings.ts';
import { add, scale, unit } from '../../src/math/index.ts';
import { box, checkMesh, cylinder, joinMeshes, type Mesh, sphere, subdivide, torus } from '../../src/mesh/index.ts';
import { createSolidEngine } from '../../src/platform/node/index.ts';

const solids = await createSolidEngine();
const TITANIUM: PlateMaterial = { name: 'Ti-6Al-4V', youngMPa: 113_800, yieldMPa: 795, densityGPerCm3: 4.43 };
const SCREW = { name: '3.5 mm', diameterMm: 3.5, headDiameterMm: 6, headHeightMm: 2.6, drillMm: 2.5 };
/** Edges as small as the grid can show, so that closed forms need a small correction only. */
const SHARP = { outerEdgeMm: 0.6, boneEdgeMm: 0.5, gridMm: 0.5 };
/** A rounded corner loses (1 − π/4)·r² of the section, 0.223·r from either side. */
const cornerMm2 = (r: number) => (1 - Math.PI / 4) * r * r;

const arm = (...at: Vec3[]): PlateNetwork => ({
  points: at.map((p, i) => ({ id: `p${i}`, at: p })),
  arms: [{ id: 'arm', points: at.map((_, i) => `p${i}`) }],
});
const screw = (id: string, entryMm: Vec3, direction: Vec3): PlateScrew => ({
  id,
  entryMm,
  direction: unit(direction),
  lengthMm: 30,
  screw: SCREW,
});
const plateOn = (
  bone: Mesh,
  network: PlateNetwork,
  screws: PlateScrew[] = [],
  given: Record<string, number> = SHARP,
) => {
  const input: PlateInput = { bones: [bone], network, screws, material: TITANIUM, solids };
  return designPlate(input, resolveParams(PLATE_PARAMS, given));
};

describe('a plate on a sphere', () => {
  const R = 40;
  const bone = sphere(R, 5);
  const at = (deg: number): Vec3 => [R * Math.cos((deg * Math.PI) / 180), R * Math.sin((deg * Math.PI) / 180), 0];
  const hole = screw('a', at(20), scale(at(20), -1));
  const plate = plateOn(bone, arm(at(0), at(45), at(90)), [hole]);

  test('a part of the network without plate blocks; a shell without network is a note', () => {
    const values = resolveParams(PLATE_PARAMS, SHARP);
    const levels = (p: typeof plate) =>
      plateFindings(p, values, { dropped: [500], off: [] })
        .filter((f) => f.code === 'plate.in-pieces')
        .map((f) => f.level);
    const [curve] = plate.curves;
    const away = { ...curve, points: curve.points.map((x) => -x) };
    expect(levels(plate)).toEqual(['note']);
    expect(levels({ ...plate, curves: [curve, away] })).toEqual(['blocker']);
  });

  test('has the volume of a band between two spheres', () => {
    const { standOffMm: s, widthMm: w, thicknessMm: t } = resolveParams(PLATE_PARAMS);
    const half = w / 2 / R;
    const solidAngle = Math.PI * Math.sin(half) + 2 * Math.PI * (1 - Math.cos(half));
    const edge = (Math.PI * Math.cos(half) + 2 * Math.PI * Math.sin(half)) * (R + t / 2);
    const band = (solidAngle * ((R + s + t) ** 3 - (R + s) ** 3)) / 3 - edge * (cornerMm2(0.6) + cornerMm2(0.5));
    const blank = checkMesh(plate.blank, { selfIntersections: false }).volumeMm3;
    expect(Math.abs(blank / band - 1)).toBeLessThan(0.015);
    expect(plate.massG).toBeCloseTo((plate.volumeMm3 * 4.43) / 1000, 9);
  });

  test('lies at the stand-off and does not touch the bone', () => {
    // The rim of the bone side, which its rounding lifts, is counted.
    expect(plate.boneSide.rmsMm).toBeLessThan(0.03);
    expect(plate.boneSide.leastGapMm).toBeGreaterThan(0.17);
    expect(plate.boneSide.bridgedFraction).toBe(0);
    expect(plate.overlapPairs).toBe(0);
    expect(plate.overlapMm3).toBe(0);
  });

  test('is a solid with one hole, its seat flush or as deep as the wall lets it', () => {
    const report = checkMesh(plate.body);
    expect(report.solid).toBe(true);
    expect(report.genus).toBe(1);
    const [h] = plate.holes;
    expect(h.boneSideMm).toBeCloseTo(0.2, 1);
    expect(h.outerSideMm - h.boneSideMm).toBeCloseTo(3, 2);
    expect(h.wallUnderSeatMm).toBeGreaterThanOrEqual(0.8 - 1e-3);
    expect(h.tiltDeg).toBeLessThan(0.5);
    expect(radiiAbout(plate.body, h.entryMm, h.outward, h.boneSideMm + 0.1, h.seatBottomMm - 0.05)).toEqual([]);
  });

  test('is the same again for the same input, and another one when the screw moves', () => {
    const small = sphere(20, 4);
    const on = (deg: number): Vec3 => scale(at(deg), 20 / R);
    const of = (deg: number) =>
      plateOn(small, arm(on(0), on(60)), [screw('a', on(deg), scale(at(deg), -1))], { gridMm: 0.8 });
    const [once, again, moved] = [of(20), of(20), of(45)];
    expect(again.body.positions).toEqual(once.body.positions);
    expect(again.body.triangles).toEqual(once.body.triangles);
    expect(moved.holes[0].entryMm).toEqual(on(45));
    expect(Math.abs(moved.volumeMm3 / once.volumeMm3 - 1)).toBeLessThan(0.03);
    expect(moved.body.positions).not.toEqual(once.body.positions);
  });
});

/** Distances from the axis of vertices next to it between two heights that are not on the 3.9 mm hole's circle. */
function radiiAbout(mesh: Mesh, base: Vec3, axis: Vec3, from: number, to: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < mesh.positions.length; i += 3) {
    const d = [0, 1, 2].map((k) => mesh.positions[i + k] - base[k]);
    const z = d[0] * axis[0] + d[1] * axis[1] + d[2] * axis[2];
    const r = Math.hypot(...d.map((x, k) => x - z * axis[k]));
    if (z > from && z < to && r < 2.2 && Math.abs(r - 1.95) > 1e-3) out.push(r);
  }
  return out;
}

describe('a plate along a cylinder', () => {
  const R = 15;
  const bone = subdivided(cylinder(R, 100, 120));
  const plate = plateOn(bone, arm([R, 0, 20], [R, 0, 80]));
  const { standOffMm: s, widthMm: w, thicknessMm: t } = resolveParams(PLATE_PARAMS);
  const [r1, r2, b] = [R + s, R + s + t, w / 2 / R];
  const full = b * (r2 * r2 - r1 * r1);
  const area = full - 2 * (cornerMm2(0.6) + cornerMm2(0.5));
  const middle = (2 * Math.sin(b) * (r2 ** 3 - r1 ** 3)) / (3 * full);
  const inertia = ((r2 ** 4 - r1 ** 4) / 4) * (b + Math.sin(b) * Math.cos(b)) - full * middle * middle;
  // The corners lie on either side of the middle; what they lose of the inertia, the middle left where it was.
  const corners =
    2 * cornerMm2(0.6) * ((r2 - 0.13) * Math.cos(b) - middle) ** 2 +
    2 * cornerMm2(0.5) * (r1 * Math.cos(b) - middle) ** 2;

  test('has the sections of a piece of ring, and their stiffness and strength', () => {
    const [a] = plate.strength;
    for (const section of a.sections) expect(Math.abs(section.areaMm2 / area - 1)).toBeLessThan(0.015);
    expect(Math.abs(a.bendingStiffnessNmm2 / (113_800 * (inertia - corners)) - 1)).toBeLessThan(0.03);
    const fibre = Math.max(r2 - middle, middle - r1 * Math.cos(b));
    expect(Math.abs(a.yieldMomentNmm / ((795 * inertia) / fibre) - 1)).toBeLessThan(0.05);
  });

  test('goes through a slit of its depth, lying along it', () => {
    expect(plate.insertion.fits).toBe(true);
    expect(plate.insertion.acrossMm).toBeLessThan(1.02 * (r2 - r1 * Math.cos(b)) + 0.3);
  });

  test('is weaker where a hole is', () => {
    const holed = plateOn(bone, arm([R, 0, 30], [R, 0, 70]), [screw('a', [R, 0, 50], [-1, 0, 0])], {
      ...SHARP,
      widthMm: 14,
    });
    const [{ sections, weakestAtMm, yieldMomentNmm }] = holed.strength;
    expect(Math.abs(weakestAtMm - 20)).toBeLessThan(3);
    const whole = sections.filter((x) => Math.abs(x.atMm - 20) > 8);
    for (const x of whole) expect(yieldMomentNmm).toBeLessThan(0.75 * 795 * x.bendMm3);
  });
});

const subdivided = (m: Mesh) => subdivide(subdivide(m));

describe('a plate on a saddle', () => {
  const [major, minor] = [40, 16];
  const bone = torus(major, minor, 240, 96);
  const inner = (deg: number): Vec3 => [
    (major - minor) * Math.cos((deg * Math.PI) / 180),
    (major - minor) * Math.sin((deg * Math.PI) / 180),
    0,
  ];
  const plate = plateOn(bone, arm(inner(0), inner(40), inner(80)));

  test('keeps the stand-off to the true torus', () => {
    const { positions: p, triangles: t } = plate.body;
    const off: number[] = [];
    for (const f of plate.boneSide.triangles) {
      const [x, y, z] = [0, 1, 2].map((k) => {
        return (p[3 * t[3 * f] + k] + p[3 * t[3 * f + 1] + k] + p[3 * t[3 * f + 2] + k]) / 3;
      });
      off.push(Math.abs(Math.hypot(Math.hypot(x, y) - major, z) - minor - 0.2));
    }
    off.sort((a, b) => a - b);
    expect(off[Math.floor(0.5 * off.length)]).toBeLessThan(0.015);
    // The rim, which its rounding lifts, is counted.
    expect(off[Math.floor(0.95 * off.length)]).toBeLessThan(0.08);
    expect(plate.boneSide.rmsMm).toBeLessThan(0.04);
    expect(checkMesh(plate.body).solid).toBe(true);
  });
});

describe('a panel', () => {
  const R = 15;
  const bone = subdivided(cylinder(R, 100, 120));
  const on = (deg: number, z: number): Vec3 => [
    R * Math.cos((deg * Math.PI) / 180),
    R * Math.sin((deg * Math.PI) / 180),
    z,
  ];
  const panel = (...at: Vec3[]): PlateNetwork => {
    const points = at.map((p, i) => ({ id: `p${i}`, at: p }));
    const round = points.map((p) => p.id);
    return { points, arms: [{ id: 'arm', points: round.slice(0, 2) }], panels: [{ id: 'panel', points: round }] };
  };

  test('covers all inside its outline, on both sides of a narrow bone, without a window', () => {
    const half = 75;
    const plate = plateOn(bone, panel(on(-half, 30), on(half, 30), on(half, 70), on(-half, 70)));
    const { standOffMm: s, widthMm: w, thicknessMm: t } = resolveParams(PLATE_PARAMS);
    const report = checkMesh(plate.body);
    expect(report.solid).toBe(true);
    expect(report.genus).toBe(0);
    // An unrolled rectangle with a rim of half the width, round at its corners, between two cylinders.
    const [along, around] = [40, (2 * half * Math.PI * R) / 180];
    const area = along * around + (along + around) * w + (Math.PI * w * w) / 4;
    const volume = (area / R) * (((R + s + t) ** 2 - (R + s) ** 2) / 2);
    expect(Math.abs(plate.volumeMm3 / volume - 1)).toBeLessThan(0.02);
  });

  test('around a bone, or back on itself, it is refused', () => {
    const refused = (network: PlateNetwork) => expect(() => plateOn(bone, network)).toThrow(/plate.network/);
    refused(panel(on(0, 50), on(120, 50), on(240, 50)));
    refused(panel(on(0, 30), on(0, 50), on(0, 70)));
  });
});

test('an arm beside a panel has a section at every millimetre, as wide as the panel there', () => {
  const bone = box([-40, -40, -10], [40, 40, 0]);
  const at = (x: number, y: number): Vec3 => [x, y, 0];
  const network: PlateNetwork = {
    points: [
      { id: 'a', at: at(-30, 0) },
      { id: 'b', at: at(-15, 0) },
      { id: 'c', at: at(15, 0) },
      { id: 'd', at: at(30, 0) },
      { id: 'e', at: at(0, 34) },
    ],
    arms: [{ id: 'arm', points: ['a', 'b', 'c', 'd'] }],
    panels: [{ id: 'panel', points: ['b', 'c', 'e'] }],
  };
  const plate = plateOn(bone, network, [], { gridMm: 0.7 });
  const [{ id, sections, leastAreaMm2 }] = plate.strength;
  expect(id).toBe('arm');
  const [{ widthMm, thicknessMm, lengthMm }] = plate.curves;
  expect(sections.length).toBeGreaterThanOrEqual(Math.floor(lengthMm - widthMm / 2));
  expect(leastAreaMm2).toBeGreaterThan(0.8 * widthMm * thicknessMm);
  // Across the middle the panel goes up to its tip.
  const middle = sections.reduce((a, b) => (Math.abs(b.atMm - 30) < Math.abs(a.atMm - 30) ? b : a));
  expect(middle.areaMm2).toBeGreaterThan(30 * thicknessMm);
});

describe('rough bone and fragments', () => {
  test('a gap between two fragments is bridged and reported; the plate cuts into neither', () => {
    const [left, right] = [cylinder(15, 47.5, 96), cylinder(15, 50, 96)];
    for (let i = 2; i < right.positions.length; i += 3) right.positions[i] += 52;
    const input = {
      bones: [subdivided(left), subdivided(right)],
      network: arm([15, 0, 25], [15, 0, 75]),
      screws: [screw('a', [15, 0, 30], [-1, 0, 0]), screw('b', [15, 0, 70], [-1, 0, 0])],
      material: TITANIUM,
      solids,
    };
    const plate = designPlate(input, resolveParams(PLATE_PARAMS, { gridMm: 0.5 }));
    expect(plate.overlapPairs).toBe(0);
    // Straight on over a gap of 4.5 mm, not around it.
    expect(plate.curves[0].lengthMm).toBeLessThan(51);
    expect(plate.findings.map((f) => f.code)).toContain('plate.bridged');
    expect(plate.boneSide.bridgedFraction).toBeLessThan(0.15);
    expect(checkMesh(plate.body).solid).toBe(true);
    expect(checkMesh(joinMeshes([plate.body]), { selfIntersections: false }).genus).toBe(2);
  });

  test('section properties of a rectangle with a hole, outlines either way round', () => {
    const outer = Float64Array.of(-5, -2, 5, -2, 5, 2, -5, 2);
    const inner = Float64Array.of(-1, -2 / 3, -1, 2 / 3, 1, 2 / 3, 1, -2 / 3);
    const s = propertiesOf([outer, inner], 0)!;
    expect(s.areaMm2).toBeCloseTo(40 - 8 / 3, 12);
    expect(s.bendMm4).toBeCloseTo((10 * 64) / 12 - (2 * (4 / 3) ** 3) / 12, 12);
    expect(s.edgeMm4).toBeCloseTo((4 * 1000) / 12 - ((4 / 3) * 8) / 12, 12);
    expect(s.bendMm3).toBeCloseTo(s.bendMm4 / 2, 12);
  });
});

describe('what is refused', () => {
  const bone = sphere(30, 4);
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (e) {
      return (e as { code: string }).code;
    }
    return 'none';
  };
  test('a point off the bone, an unknown point, an arm of one point, one screw and no network', () => {
    expect(code(() => plateOn(bone, arm([30, 0, 0], [0, 45, 0])))).toBe('plate.point-off-bone');
    const { points } = arm([30, 0, 0], [0, 30, 0]);
    expect(code(() => plateOn(bone, { points, arms: [{ id: 'a', points: ['p0', 'p7'] }] }))).toBe('plate.network');
    expect(code(() => plateOn(bone, { points, arms: [{ id: 'a', points: ['p0'] }] }))).toBe('plate.network');
    const one = [screw('a', [30, 0, 0], [-1, 0, 0])];
    expect(
      code(() => designPlate({ bones: [bone], screws: one, material: TITANIUM, solids }, resolveParams(PLATE_PARAMS))),
    ).toBe('param.missing');
  });

  test('a suggested network passes every screw', () => {
    const places: Vec3[] = [
      [30, 0, 0],
      [26, 15, 0],
      [15, 26, 0],
      [22, 18, 10],
    ];
    const screws = places.map((p, i) => screw(`s${i}`, scale(unit(p), 30), scale(p, -1)));
    const plate = designPlate(
      { bones: [bone], screws, material: TITANIUM, solids },
      resolveParams(PLATE_PARAMS, { gridMm: 0.6 }),
    );
    expect(plate.holes.map((h) => h.screwId)).toEqual(['s0', 's1', 's2', 's3']);
    expect(checkMesh(plate.body).genus).toBe(4);
    expect(add([0, 0, 0], plate.holes[0].entryMm)).toEqual(screws[0].entryMm);
  });
});
