import { describe, expect, test } from 'vitest';
import { NO_JOB, type Vec3 } from '../../src/base/index.ts';
import {
  armTest,
  armTurn,
  designPlate,
  holeWall,
  PLATE_PARAMS,
  type Plate,
  resolveParams,
} from '../../src/design/index.ts';
import {
  addWrench,
  boundaryOf,
  facesWhere,
  gridTets,
  nodeAt,
  nodeCount,
  onSurface,
  resultant,
  type StudyMaterial,
  sliceTurn,
  solveStudy,
  tipBending,
  volumePeak,
  vonMisesAt,
} from '../../src/fea/index.ts';
import { readPly } from '../../src/io/index.ts';
import { add, cross, scale, unit } from '../../src/math/index.ts';
import { jointShares } from '../../src/measure/index.ts';
import {
  box,
  buildBvh,
  closestPoint,
  cylinder,
  type Mesh,
  sphere,
  subdivide,
  transformMesh,
} from '../../src/mesh/index.ts';
import { type PlateStrength, plateStrength } from '../../src/plan/steps/plate-strength.ts';
import { strengthField } from '../../src/plan/steps/strength.ts';
import { createEngines, createSolidEngine } from '../../src/platform/node/index.ts';

const TITANIUM: StudyMaterial = {
  name: 'titanium',
  youngMPa: 113_800,
  poisson: 0.342,
  yieldMPa: 780,
  fatigueMPa: 300,
  unread: [],
};
const close = (a: number, b: number, part: number) => expect(Math.abs(a / b - 1), `${a} for ${b}`).toBeLessThan(part);

describe('loads as a stiff body hands them on', () => {
  const mesh = gridTets([3, 4, 5], (u, v, w) => [3 * u, 5 * v, 8 * w]);
  const boundary = boundaryOf(mesh);
  const per = 6;
  const faces = facesWhere(boundary, (f) => nodeAt(mesh, boundary.nodes[per * f])[2] > 5);

  test('force, line of action and couple are exact', () => {
    const forceN: Vec3 = [10, -4, 7];
    const through: Vec3 = [30, -12, 5];
    const momentNmm: Vec3 = [50, 20, -90];
    const forces = new Float64Array(mesh.positions.length);
    addWrench(mesh, boundary, faces, { forceN, through, momentNmm }, forces);
    const got = resultant(mesh, forces);
    const wanted = add(momentNmm, cross(through, forceN));
    for (let k = 0; k < 3; k++) {
      expect(got.forceN[k]).toBeCloseTo(forceN[k], 9);
      expect(got.momentNmm[k]).toBeCloseTo(wanted[k], 8);
    }
  });
});

test('a bar turned by its tips: energy of pure bending, stress of its outer fibre', () => {
  const [l, b, h, grip] = [60, 10, 4, 8];
  const bar = box([0, -b / 2, -h / 2], [l, b / 2, h / 2]);
  const tips: [Vec3, Vec3] = [
    [0, 0, 0],
    [l, 0, 0],
  ];
  const study = { material: TITANIUM, ...tipBending(tips, grip, [0, 1000, 0]) };
  const { numbers, fields, model } = solveStudy(bar, {}, study, { cellMm: 2 });
  const inertia = (b * h * h * h) / 12;
  // Between the grips, and a little of what is gripped.
  const free = (2 * numbers[0].energyNmm * TITANIUM.youngMPa * inertia) / 1e6;
  expect(free).toBeGreaterThan(l - 2 * grip - 1);
  expect(free).toBeLessThan(l - grip);
  const { mesh } = model.volume;
  const between = (i: number) => Math.abs(mesh.positions[3 * i] - l / 2) < l / 2 - grip - h;
  const slice = (x: number) =>
    sliceTurn(mesh, fields[0].displacementMm, { at: [x, 0, 0], along: [1, 0, 0], radiusMm: b, halfMm: 2 })!;
  const turn = slice(45)[1] - slice(15)[1];
  close(turn, (1000 * 30) / (TITANIUM.youngMPa * inertia), 0.01);
  close(volumePeak(mesh, fields[0].stressMPa, 0.05, between).value, (1000 * h) / 2 / inertia, 0.03);
});

test('the stress that a volume bears: of a field that grows evenly with height', () => {
  const mesh = gridTets([2, 2, 40], (u, v, w) => [2 * u, 2 * v, 10 * w]);
  const stress = new Float64Array(6 * nodeCount(mesh));
  for (let i = 0; i < nodeCount(mesh); i++) stress[6 * i + 2] = 10 * nodeAt(mesh, i)[2];
  for (const volume of [1, 4, 10]) close(volumePeak(mesh, stress, volume).value, 100 - (10 * volume) / 4, 0.03);
  expect(volumePeak(mesh, stress, 0).value).toBeCloseTo(100, 9);
  expect(vonMisesAt(stress, 0)).toBeGreaterThanOrEqual(0);
});

test('values carried from one surface to another that lies on it: a linear field stays as it is', () => {
  const from = subdivide(box([0, 0, 0], [20, 12, 6]));
  const to = subdivide(subdivide(box([0, 0, 0], [20, 12, 6])));
  const field = (p: Float64Array, i: number) => 3 * p[3 * i] - 2 * p[3 * i + 1] + p[3 * i + 2] + 7;
  const values = Float64Array.from({ length: from.positions.length / 3 }, (_, i) => field(from.positions, i));
  const got = onSurface(from, values, to);
  got.forEach((v, i) => {
    expect(v).toBeCloseTo(field(to.positions, i), 4);
  });
});

test('two halves of a cup share a force along their edge: half each, and 1/π of it apart', () => {
  const cup = sphere(30, 5);
  const half = (sign: 1 | -1): Mesh => {
    const keep: number[] = [];
    for (let t = 0; t < cup.triangles.length; t += 3) {
      const corners = [0, 1, 2].map((k) => cup.triangles[t + k]);
      if ((corners.reduce((s, v) => s + cup.positions[3 * v], 0) >= 0 ? 1 : -1) === sign) keep.push(...corners);
    }
    return { positions: cup.positions, triangles: Uint32Array.from(keep) };
  };
  const { shares, covered } = jointShares([buildBvh(half(1)), buildBvh(half(-1))], [0, 0, 0], 32, [0, 0, 1]);
  expect(covered).toBe(1);
  for (const [i, sign] of [1, -1].entries()) {
    expect(shares[i][2]).toBeCloseTo(0.5, 2);
    expect(sign * shares[i][0]).toBeCloseTo(1 / Math.PI, 2);
  }
  expect(jointShares([buildBvh(cup)], [0, 0, 0], 20, [0, 0, 1]).shares[0]).toEqual([0, 0, 0]);
});

describe('a straight plate over a gap', async () => {
  const solids = await createSolidEngine();
  const R = 15;
  /** A round bone along x, its two pieces a gap apart. */
  const piece = (x: number): Mesh =>
    transformMesh({ from: 'lps', to: 'lps', m: [0, 0, 1, x, 0, 1, 0, 0, -1, 0, 0, 0] }, cylinder(R, 39, 96));
  const pieces = [
    { name: 'left-ilium', mesh: piece(0) },
    { name: 'left-posterior-column', mesh: piece(41) },
  ];
  const screw = (id: string, x: number) => ({
    id,
    entryMm: [x, 0, R] as Vec3,
    direction: [0, 0, -1] as Vec3,
    lengthMm: 20,
    stockMm: 22,
    screw: { name: '3.5 mm', diameterMm: 3.5, headDiameterMm: 6, headHeightMm: 2.6, drillMm: 2.5 },
    purchase: { fragments: [{ name: pieces[x < 40 ? 0 : 1].name, lengthMm: 20 }] },
  });
  const screws = [screw('1', 8), screw('2', 24), screw('3', 56), screw('4', 72)];
  const plate: Plate = designPlate(
    {
      bones: pieces.map((p) => p.mesh),
      network: {
        points: [
          { id: 'a', at: [2, 0, R] },
          { id: 'b', at: [40, 0, R] },
          { id: 'c', at: [78, 0, R] },
        ],
        arms: [{ id: 'arm', points: ['a', 'b', 'c'] }],
      },
      screws,
      material: { name: 'titanium', youngMPa: 113_800, yieldMPa: 780, densityGPerCm3: 4.43 },
      solids,
    },
    resolveParams(PLATE_PARAMS, { gridMm: 0.6 }),
  );
  const host = { job: NO_JOB, engines: createEngines() };
  const params = { jointN: 100, nodes: 40_000, screwNPerMm3: 50 };
  /** The ball lies under the second piece, so that piece takes it all. */
  const inputs = (change: object = {}) =>
    ({
      plate,
      reduced: { fragments: pieces, acetabulum: { centreMm: [62, 0, -R - 6], radiusMm: 10 } },
      plans: { screws },
      intact: 'left-ilium',
      material: TITANIUM,
      ...change,
    }) as unknown as Parameters<typeof plateStrength.handler>[0];
  const run = (change: object = {}, p = params) =>
    plateStrength.handler(inputs(change), p, host) as unknown as PlateStrength;
  const strength = run();

  test('a wall is that of its hole', () => {
    const wall = buildBvh(holeWall(plate.holes[0]));
    const { entryMm, outward, holeDiameterMm, boneSideMm } = plate.holes[0];
    const side = unit(cross(outward, [0.3, 0.8, 0.5]));
    const p = add(add(entryMm, scale(outward, boneSideMm + 0.1)), scale(side, holeDiameterMm / 2));
    expect(closestPoint(wall, ...p)!.distanceMm).toBeLessThan(0.005);
  });

  test('the piece over the ball takes its force, the screws beside it hold', () => {
    expect(strength.cases.map((c) => c.converged)).toEqual([true]);
    const [held, carried] = strength.pieces;
    expect([held.screws, carried.screws]).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(carried.forceN[2]).toBeCloseTo(100, 6);
    const { loadN, reactionN } = strength.cases[0];
    for (let k = 0; k < 3; k++) expect(loadN[k] + reactionN[k]).toBeCloseTo(0, 3);
    expect(loadN[2]).toBeCloseTo(100, 6);
  });

  test('stress is that of the bending moment beside the inner held screw', () => {
    // From the line of the force to the edge of the hole; the section there is whole.
    const momentNmm = 100 * (62 - 24 - plate.holes[1].holeDiameterMm);
    const { sections } = plate.strength[0];
    const whole = sections.reduce((a, b) => (Math.abs(b.atMm - 32) < Math.abs(a.atMm - 32) ? b : a));
    const nominal = momentNmm / whole.bendMm3;
    const { value, at } = strength.cases[0].vonMisesAwayMPa;
    // At the hole there is less metal and its edge: more than nominal, less than three times that.
    expect(value).toBeGreaterThan(nominal);
    expect(value).toBeLessThan(3 * nominal);
    expect(Math.abs(at[0] - 24)).toBeLessThan(8);
    close(strength.yieldsAtN!, (100 * 780) / value, 1e-9);
    close(strength.tiresAtN!, (100 * 300) / value, 1e-9);
  });

  test('bent by its tips it is as stiff as its sections say', () => {
    const { elementsNmm2, sectionsNmm2, elementsYieldNmm, sectionsYieldNmm } = strength.bending!;
    close(elementsNmm2, sectionsNmm2, 0.1);
    expect(elementsYieldNmm).toBeLessThan(1.05 * sectionsYieldNmm);
    expect(elementsYieldNmm).toBeGreaterThan(0.4 * sectionsYieldNmm);
    const [arm] = plate.curves;
    const test = armTest(arm)!;
    const turn = armTurn(arm, plate.strength[0].sections, test, TITANIUM);
    // Straight and bent about one axis: the sum of 1/EI.
    const sum = plate.strength[0].sections
      .filter((s) => s.atMm >= test.fromMm && s.atMm <= test.toMm)
      .reduce((s, x) => s + 1 / (TITANIUM.youngMPa * x.bendMm4), 0);
    close(turn, sum, 0.002);
  });

  test('stress grows with the load, yielding does not; to yield is a warning', () => {
    const heavy = run({}, { ...params, jointN: 2000 });
    close(heavy.cases[0].vonMisesAwayMPa.value, 20 * strength.cases[0].vonMisesAwayMPa.value, 1e-6);
    close(heavy.yieldsAtN!, strength.yieldsAtN!, 1e-6);
    expect(heavy.findings.find((f) => f.code === 'fea.yield')?.level).toBe('warning');
  });

  test('the field is the surface of the part with a stress at every vertex', () => {
    const { bytes } = strengthField.handler({ part: { mesh: plate.body }, strength }, {}, host) as {
      bytes: Uint8Array;
    };
    const read = readPly(bytes);
    expect(read.mesh.triangles).toEqual(plate.body.triangles);
    expect(read.scalars).toEqual(strength.surfaceMPa);
    const greatest = strength.surfaceMPa.reduce((a, b) => Math.max(a, b), 0);
    expect(greatest).toBeGreaterThan(0.9 * strength.cases[0].vonMisesAwayMPa.value);
    expect(greatest).toBeLessThan(1.1 * strength.cases[0].vonMisesMPa.value);
  });

  test('a surface that cuts itself in a spot is told, and computed all the same', () => {
    const positions = plate.body.positions.slice();
    // A vertex of the outer side, away from holes, pushed out below.
    let v = 0;
    for (let i = 0; i < positions.length; i += 3)
      if (Math.hypot(positions[i] - 16, positions[i + 1]) < Math.hypot(positions[v] - 16, positions[v + 1])) v = i;
    positions[v + 2] += positions[v + 2] > R + 1.5 ? -6 : 6;
    const { findings, cases } = run(
      { plate: { ...plate, body: { positions, triangles: plate.body.triangles } } },
      { ...params, nodes: 8000 },
    );
    expect(findings.map((f) => [f.code, f.level])).toContainEqual(['mesh.self-intersects', 'warning']);
    expect(cases.length).toBe(1);
  });

  test('no solid, no screws: a finding with its code, and no numbers', () => {
    const empty = { positions: new Float64Array(0), triangles: new Uint32Array(0) };
    for (const [change, code, level] of [
      [{ plate: { ...plate, body: empty } }, 'mesh.empty', 'blocker'],
      [{ plate: { ...plate, holes: [] } }, 'fea.no-screws', 'warning'],
      [{ plate: { ...plate, holes: plate.holes.slice(0, 2) } }, 'fea.no-screws', 'warning'],
      [{ intact: 'left-posterior-column', plans: { screws: screws.slice(0, 2) } }, 'fea.no-screws', 'warning'],
    ] as const) {
      const { cases, surfaceMPa, yieldsAtN, findings } = run(change);
      expect(findings.map((f) => [f.code, f.level])).toEqual([[code, level]]);
      expect(findings[0].hint).toBeTruthy();
      expect([cases.length, surfaceMPa.length, yieldsAtN]).toEqual([0, 0, null]);
    }
  });
});
