import { expect, test } from 'vitest';
import {
  areaOfFaces,
  type CaseNumbers,
  compression,
  fourPointBending,
  judge,
  judgeCase,
  meshSolid,
  plateFourPoint,
  type Region,
  regionFinder,
  type Study,
  type StudyMaterial,
  solveStudy,
  talusLoadN,
  talusSetup,
} from '../../src/fea/index.ts';
import { box, joinMeshes, type Mesh, sphere } from '../../src/mesh/index.ts';

const STEEL: StudyMaterial = {
  name: 'steel',
  youngMPa: 200_000,
  poisson: 0.3,
  yieldMPa: 300,
  fatigueMPa: 200,
  unread: [],
};
const block = (): Mesh => box([0, 0, 0], [20, 10, 12]);

const pressed = (support: Study['supports'][number]): Study => ({
  material: STEEL,
  regions: {
    top: { normal: { direction: [0, 0, 1], withinDeg: 20 }, plane: { at: [0, 0, 11.99], normal: [0, 0, 1] } },
    bottom: { normal: { direction: [0, 0, -1], withinDeg: 20 }, plane: { at: [0, 0, 0.01], normal: [0, 0, -1] } },
  },
  supports: [support],
  loadCases: [{ name: 'press', source: 'test', loads: [{ region: 'top', pressureMPa: 50 }] }],
});

test('a block on a bedding: pressure, sinking and reaction as by hand', () => {
  const study = pressed({ region: 'bottom', kind: 'bedding', nPerMm3: 100 });
  const { numbers, model } = solveStudy(block(), {}, study, { cellMm: 1.5 });
  const [n] = numbers;
  const area = model.regions.top.areaMm2;
  expect(area).toBeGreaterThan(0.7 * 200);
  expect(n.loadN[2]).toBeCloseTo(-50 * area, 6);
  expect(n.reactionN[2]).toBeCloseTo(50 * area, 3);
  expect(n.imbalance).toBeLessThan(1e-6);
  // Springs sink by load over area and stiffness; the block itself by a hundredth of that.
  const sink = (50 * area) / (100 * model.regions.bottom.areaMm2);
  expect(n.displacementMm.value / sink).toBeGreaterThan(1);
  expect(n.displacementMm.value / sink).toBeLessThan(1.05);
  expect(n.energyNmm).toBeGreaterThan((50 * area * sink) / 2);
});

test('a sliding support lets the body widen: uniaxial stress', () => {
  const study = pressed({ region: 'bottom', kind: 'sliding' });
  const held: Study = {
    ...study,
    supports: [...study.supports, { region: 'bottom', kind: 'bedding', nPerMm3: 1 }],
  };
  const { numbers, fields, model } = solveStudy(block(), {}, held, { cellMm: 1.5 });
  expect(numbers[0].converged).toBe(true);
  const { mesh } = model.volume;
  // In the middle the stress is the pressure (a little less: rounded edges carry nothing).
  let near = 0;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < mesh.positions.length; i += 3) {
    const d = Math.hypot(mesh.positions[i] - 10, mesh.positions[i + 1] - 5, mesh.positions[i + 2] - 6);
    if (d < best) {
      best = d;
      near = i / 3;
    }
  }
  const s = fields[0].stressMPa.subarray(6 * near, 6 * near + 6);
  expect(s[2]).toBeLessThan(-40);
  expect(s[2]).toBeGreaterThan(-52);
  expect(Math.abs(s[0])).toBeLessThan(2.5);
});

test('four-point bending of a plate agrees with the beam', () => {
  const plate = box([-45, -4, 0], [45, 4, 3]);
  const setup = fourPointBending({
    centre: [0, 0, 1.5],
    along: [1, 0, 0],
    up: [0, 0, 1],
    supportSpanMm: 80,
    loadSpanMm: 30,
    forceN: 500,
    rollerMm: 1.2,
    nPerMm3: 500,
  });
  const { numbers, fields, model } = solveStudy(plate, {}, { ...setup, material: STEEL }, { cellMm: 1.2 });
  const beam = plateFourPoint({
    widthMm: 8,
    thickMm: 3,
    supportSpanMm: 80,
    loadSpanMm: 30,
    forceN: 500,
    youngMPa: STEEL.youngMPa,
  });
  const { positions } = model.volume.mesh;
  // Lower face, middle of the plate.
  const low: number[] = [];
  for (let i = 0; i < positions.length / 3; i++) {
    const [x, y, z] = positions.subarray(3 * i, 3 * i + 3);
    if (Math.abs(x) < 4 && Math.abs(y) < 3 && Math.abs(z) < 1e-6) low.push(fields[0].stressMPa[6 * i]);
  }
  expect(low.length).toBeGreaterThan(20);
  const mean = low.reduce((s, v) => s + v, 0) / low.length;
  expect(Math.abs(mean / beam.stressMPa - 1)).toBeLessThan(0.03);
  expect(numbers[0].displacementMm.value).toBeGreaterThan(beam.deflectionMm);
  expect(numbers[0].displacementMm.value).toBeLessThan(1.4 * beam.deflectionMm);
});

test('a fixed foot: the peak at its edge is told apart', () => {
  const study = pressed({ region: 'bottom', kind: 'fixed' });
  const { numbers } = solveStudy(block(), {}, study, { cellMm: 1.5 });
  expect(numbers[0].vonMisesMPa.value).toBeGreaterThan(numbers[0].vonMisesAwayMPa.value);
  expect(numbers[0].vonMisesMPa.at[2]).toBeLessThan(1);
  expect(numbers[0].vonMisesAwayMPa.at[2]).toBeGreaterThan(2.9);
});

test('regions: every kind finds its faces', () => {
  const ball = sphere(10, 5);
  const socket = sphere(12, 5, [0, 0, -1]);
  const surfaces = { socket: { ...socket, triangles: socket.triangles.slice().reverse() }, cap: ball };
  const { mesh, boundary } = meshSolid(ball, { cellMm: 2 });
  const finder = regionFinder(mesh, boundary, surfaces);
  const area = (region: Region) => areaOfFaces(mesh, boundary, finder.faces('it', region)).areaMm2;
  const whole = 4 * Math.PI * 100;
  expect(area({ plane: { at: [0, 0, 0], normal: [0, 0, 1] } }) / whole).toBeCloseTo(0.5, 1);
  expect(area({ box: { lo: [0, 0, 0], hi: [11, 11, 11] } }) / whole).toBeCloseTo(0.125, 1);
  expect(area({ normal: { direction: [1, 0, 0], withinDeg: 60 } }) / whole).toBeCloseTo(0.25, 1);
  expect(area({ slab: { at: [0, 0, 0], normal: [0, 1, 0], halfMm: 5 } }) / whole).toBeCloseTo(0.5, 1);
  // The socket's wall is 1 mm away at the top and 3 mm at the bottom: 2 mm at the equator.
  expect(area({ facing: { surface: 'socket', withinMm: 2 } }) / whole).toBeCloseTo(0.5, 1);
  expect(area({ patch: { surface: 'cap', withinMm: 0.5 } }) / whole).toBeCloseTo(1, 1);
});

test('a study that cannot be answered is refused by name', () => {
  const good = pressed({ region: 'bottom', kind: 'fixed' });
  const run =
    (s: Partial<Study>, solid = block()) =>
    () =>
      solveStudy(solid, {}, { ...good, ...s }, { cellMm: 3 });
  expect(run({ regions: { ...good.regions, top: { box: { lo: [90, 90, 90], hi: [99, 99, 99] } } } })).toThrow(
    /fea.empty-region.*region=top/,
  );
  expect(run({ regions: { ...good.regions, top: { facing: { surface: 'tibia', withinMm: 2 } } } })).toThrow(
    /fea.no-surface.*tibia/,
  );
  expect(run({ supports: [] })).toThrow('fea.no-support');
  expect(run({ supports: [{ region: 'nowhere', kind: 'fixed' }] })).toThrow(/fea.no-region.*nowhere/);
  expect(run({ loadCases: [] })).toThrow('fea.no-load');
  expect(run({ loadCases: [{ name: 'x', source: '', loads: [{ region: 'top', forceN: [0, 0, 0] }] }] })).toThrow(
    /fea.no-load.*x/,
  );
  expect(run({ material: { ...STEEL, youngMPa: -1 } })).toThrow('fea.material');
  expect(run({}, joinMeshes([block(), box([40, 0, 0], [50, 10, 10])]))).toThrow('fea.several-bodies');
});

test('talus and compression set-ups: directions and loads', () => {
  expect(talusLoadN(80)).toBe(5340);
  expect(talusLoadN(120)).toBeCloseTo(5 * 120 * 9.80665, 9);
  const talus = talusSetup(
    { superior: [0, 0, 1], anterior: [0, -1, 0] },
    { bodyMassKg: 80, contactMm: 3, nPerMm3: 10 },
  );
  const [heel, , push] = talus.loadCases.map((c) => (c.loads[0] as { forceN: readonly number[] }).forceN);
  expect(Math.hypot(...heel)).toBeCloseTo(5340, 6);
  // Heel strike: the shank leans back, so the load points forward (anterior is −y).
  expect(heel[1]).toBeLessThan(0);
  expect(push[1]).toBeGreaterThan(0);
  expect(push[2]).toBeLessThan(-5200);
  const cage = compression({ up: [0, 0, 2], forceN: 1000, withinDeg: 30, nPerMm3: 100 });
  const { numbers } = solveStudy(block(), {}, { ...cage, material: STEEL }, { cellMm: 2 });
  expect(numbers[0].loadN[2]).toBeCloseTo(-1000, 6);
});

const numbers = (stress: number, displacement: number, more: Partial<CaseNumbers> = {}): CaseNumbers => {
  const peak = (value: number) => ({ value, at: [1, 2, 3] as const });
  return {
    name: 'push',
    source: 'test',
    loadN: [0, 0, -1],
    reactionN: [0, 0, 1],
    imbalance: 0,
    displacementMm: peak(displacement),
    energyNmm: 1,
    vonMisesMPa: peak(stress),
    vonMisesAwayMPa: peak(stress),
    partsMPa: [peak(stress)],
    greatestPrincipalMPa: peak(stress),
    leastPrincipalMPa: peak(-stress),
    iterations: 10,
    residual: 1e-9,
    converged: true,
    ...more,
  };
};

test('verdicts: pass, warn and block, each for its reason', () => {
  const judged = (fine: CaseNumbers, coarse = fine, material = STEEL) =>
    judge([judgeCase(fine, coarse, 1.5, [material])], [material], []);
  expect(judged(numbers(100, 1))).toEqual({ verdict: 'pass', findings: [] });
  const codes = (j: ReturnType<typeof judged>) => j.findings.map((f) => `${f.level} ${f.code}`);
  expect(codes(judged(numbers(250, 1)))).toEqual(['warning fea.yield', 'warning fea.fatigue']);
  expect(judged(numbers(301, 1)).verdict).toBe('block');
  // An error of stress is for the record as long as the margin covers it.
  expect(codes(judged(numbers(100, 1), numbers(90, 1)))).toEqual(['note fea.mesh-error']);
  expect(codes(judged(numbers(180, 1), numbers(150, 1)))).toEqual(['warning fea.mesh-error']);
  expect(codes(judged(numbers(100, 1), numbers(90, 1), { ...STEEL, yieldMPa: null }))).toEqual([
    'warning fea.mesh-error',
  ]);
  expect(judged(numbers(100, 1, { converged: false })).verdict).toBe('block');
  expect(judged(numbers(100, 1), numbers(100, 1, { converged: false })).verdict).toBe('block');
  expect(judged(numbers(100, 1), undefined, { ...STEEL, unread: ['yield strength (memory)'] }).verdict).toBe('warn');
  // Without a strength there is no factor, and nothing is claimed.
  expect(judgeCase(numbers(1e9, 1), numbers(1e9, 1), 1.5, [{ ...STEEL, yieldMPa: null }]).yieldFactor).toBeNull();
});

test('errors by Richardson', () => {
  const { displacementError, stressError, yieldFactor } = judgeCase(numbers(100, 1), numbers(95, 0.98), 2, [STEEL]);
  expect(stressError).toBeCloseTo(0.05, 12);
  expect(displacementError).toBeCloseTo(0.02 / 3, 12);
  expect(yieldFactor).toBe(3);
});

test('a force spread by the gap: the whole force, most where the surfaces meet, nothing at the widest gap', () => {
  const ball = sphere(10, 3);
  const plate = box([-20, -20, 10.5], [20, 20, 14]);
  const touching = (spread: 'even' | 'gap'): Study => ({
    material: STEEL,
    regions: {
      cap: { facing: { surface: 'plate', withinMm: 2 } },
      foot: { plane: { at: [0, 0, -6], normal: [0, 0, -1] } },
    },
    supports: [{ region: 'foot', kind: 'fixed' }],
    loadCases: [{ name: 'press', source: 'test', loads: [{ region: 'cap', forceN: [0, 0, -100], spread }] }],
  });
  const forces = (spread: 'even' | 'gap') => {
    const { model } = solveStudy(ball, { plate }, touching(spread), { cellMm: 1.6, tolerance: 1e-2 });
    const { positions } = model.volume.mesh;
    let sum = 0;
    let nearAxis = 0;
    model.forcesN[0].forEach((f, i) => {
      if (i % 3 !== 2) return;
      sum += f;
      if (Math.hypot(positions[i - 2], positions[i - 1]) < 3) nearAxis += f;
    });
    return { sum, share: nearAxis / sum };
  };
  const [even, gap] = [forces('even'), forces('gap')];
  expect(even.sum).toBeCloseTo(-100, 9);
  expect(gap.sum).toBeCloseTo(-100, 9);
  // Cap of 1.5 mm height: radius 5.27 mm; weight 1 − (0.5 + r²/20)/2.
  expect(even.share).toBeCloseTo((3 / 5.27) ** 2, 1);
  expect(gap.share).toBeGreaterThan(1.4 * even.share);
});

test('load cases that are sums of others are exact, and cost nothing', () => {
  const study: Study = {
    ...pressed({ region: 'bottom', kind: 'fixed' }),
    loadCases: (
      [
        [0, 0, -300],
        [200, 0, 0],
        [100, 0, -600],
      ] as const
    ).map((forceN, i) => ({
      name: `case ${i}`,
      source: 'test',
      loads: [{ region: 'top', forceN }],
    })),
  };
  const { fields, numbers: n } = solveStudy(block(), {}, study, { cellMm: 3 });
  const greatest = fields[2].displacementMm.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  fields[2].displacementMm.forEach((v, i) => {
    const wanted = 2 * fields[0].displacementMm[i] + 0.5 * fields[1].displacementMm[i];
    expect(Math.abs(v - wanted)).toBeLessThan(1e-10 * greatest);
  });
  expect(n[2].reactionN[0]).toBeCloseTo(-100, 4);
  expect(n[2].reactionN[2]).toBeCloseTo(600, 4);
});
