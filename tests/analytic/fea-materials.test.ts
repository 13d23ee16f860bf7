import { expect, test } from 'vitest';
import {
  BONEMAT_LAW,
  boneYoungMPa,
  judgeCase,
  materialsOf,
  pullsOf,
  type Study,
  type StudyMaterial,
  solveStudy,
  tetQuality,
  vonMisesAt,
  writeFeb,
  writeInp,
} from '../../src/fea/index.ts';
import { solveSpd } from '../../src/math/index.ts';
import { box, sphere } from '../../src/mesh/index.ts';

const material = (youngMPa: number, poisson: number, yieldMPa: number | null = null): StudyMaterial => ({
  name: `E ${youngMPa}`,
  youngMPa,
  poisson,
  yieldMPa,
  fatigueMPa: null,
  unread: [],
});

/** A bar 40 × 10 × 10 pulled along x with 10 MPa. */
const pulled = (more: Partial<Study>): Study => ({
  material: material(1000, 0),
  regions: {
    left: { plane: { at: [0.01, 0, 0], normal: [-1, 0, 0] } },
    right: { plane: { at: [39.99, 0, 0], normal: [1, 0, 0] } },
  },
  supports: [
    { region: 'left', kind: 'sliding' },
    { region: 'left', kind: 'bedding', nPerMm3: 1e-2 },
  ],
  loadCases: [{ name: 'pull', source: 'test', loads: [{ region: 'right', pressureMPa: -10 }] }],
  ...more,
});
const bar = () => box([0, 0, 0], [40, 10, 10]);

test('two materials in a row: nodes are shared, the joint is uneven by half a cell at most, stretch is that of each', () => {
  const study = pulled({ inclusions: [{ surface: 'hard', material: material(4000, 0) }] });
  const { model, fields, numbers } = solveStudy(bar(), { hard: box([20, -1, -1], [50, 11, 11]) }, study, { cellMm: 2 });
  const { mesh } = model.volume;
  expect(tetQuality(mesh).minDihedralDeg).toBeGreaterThan(10.7);
  const of = [new Set<number>(), new Set<number>()];
  mesh.parts.forEach((part, e) => {
    for (let k = 0; k < 4; k++) of[part].add(mesh.tets[10 * e + k]);
  });
  const shared = [...of[0]].filter((v) => of[1].has(v));
  const offsets = shared.map((v) => Math.abs(mesh.positions[3 * v] - 20)).sort((a, b) => a - b);
  expect(shared.length).toBeGreaterThan(20);
  expect(offsets.at(-1)!).toBeLessThan(1.01);
  // Ends without their rounded edges bear a little less: compare the stretch of the inner two thirds.
  const at = (x: number) => {
    let sum = 0;
    let n = 0;
    for (let i = 0; i < mesh.positions.length / 3; i++) {
      const [px, y, z] = mesh.positions.subarray(3 * i, 3 * i + 3);
      if (Math.abs(px - x) < 1 && Math.hypot(y - 5, z - 5) < 4) {
        sum += fields[0].displacementMm[3 * i];
        n++;
      }
    }
    return sum / n;
  };
  const stress = numbers[0].loadN[0] / 100;
  const [soft, hard] = [(at(17) - at(5)) / 12, (at(35) - at(23)) / 12];
  expect(soft / (stress / 1000)).toBeCloseTo(1, 1);
  expect(hard / (stress / 4000)).toBeCloseTo(1, 1);
});

test('a ball in a ball under pressure: closed form in both', () => {
  const [a, b, p] = [5, 10, 100];
  const [e1, n1, e2, n2] = [5000, 0.25, 1000, 0.3];
  const study: Study = {
    material: material(e2, n2),
    inclusions: [{ surface: 'core', material: material(e1, n1) }],
    regions: { skin: { sphere: { at: [0, 0, 0], radiusMm: 20 } } },
    supports: [{ region: 'skin', kind: 'bedding', nPerMm3: 1e-4 }],
    loadCases: [{ name: 'press', source: 'Lamé', loads: [{ region: 'skin', pressureMPa: p }] }],
  };
  const { model, fields } = solveStudy(sphere(b, 5), { core: sphere(a, 5) }, study, { cellMm: 1.1 });
  // u = C r inside; A r + B / r² outside. Unknowns A, B, C from σ(b) = −p and both sides equal at a.
  const [k1, k2, g2] = [e1 / (3 * (1 - 2 * n1)), e2 / (3 * (1 - 2 * n2)), e2 / (2 * (1 + n2))];
  const rows = [
    [3 * k2, (-4 * g2) / b ** 3, 0],
    [a, 1 / a ** 2, -a],
    [3 * k2, (-4 * g2) / a ** 3, -3 * k1],
  ];
  // Normal equations: the room has a solver for symmetric matrices.
  const ata = rows[0].flatMap((_, i) => rows[0].map((_, j) => rows.reduce((s, r) => s + r[i] * r[j], 0)));
  const atb = rows[0].map((_, i) => rows[0][i] * -p);
  const c = solveSpd(ata, atb, 3)![2];
  const inside = 3 * k1 * c;
  const { positions } = model.volume.mesh;
  let worst = 0;
  let seen = 0;
  for (let i = 0; i < positions.length / 3; i++) {
    if (Math.hypot(...positions.subarray(3 * i, 3 * i + 3)) > 3) continue;
    const s = fields[0].stressMPa.subarray(6 * i, 6 * i + 6);
    worst = Math.max(worst, Math.abs((s[0] + s[1] + s[2]) / 3 / inside - 1), vonMisesAt(fields[0].stressMPa, i) / p);
    seen++;
  }
  expect(seen).toBeGreaterThan(100);
  expect(worst).toBeLessThan(0.04);
});

test('bone: a bar whose grey value rises along it stretches as its stiffness says', () => {
  const study = pulled({ bone: { ...BONEMAT_LAW, poisson: 0.0001 } });
  const hu = (x: number) => 600 + 20 * x;
  const { model, fields, numbers } = solveStudy(bar(), {}, study, {
    cellMm: 2,
    sampleHu: (points) => points.filter((_, i) => i % 3 === 0).map(hu),
  });
  const { positions } = model.volume.mesh;
  const stress = numbers[0].loadN[0] / 100;
  const wanted = (from: number, to: number) => {
    let sum = 0;
    for (let k = 0; k < 1000; k++) sum += stress / boneYoungMPa(hu(from + ((k + 0.5) * (to - from)) / 1000));
    return (sum * (to - from)) / 1000;
  };
  const near = (x: number) => {
    const nodes = [...Array(positions.length / 3).keys()].filter(
      (i) => Math.abs(positions[3 * i] - x) < 0.6 && Math.hypot(positions[3 * i + 1] - 5, positions[3 * i + 2] - 5) < 3,
    );
    const mean = (of: Float64Array) => nodes.reduce((s, i) => s + of[3 * i], 0) / nodes.length;
    return { x: mean(positions), u: mean(fields[0].displacementMm) };
  };
  const [p, q] = [near(8), near(32)];
  expect((q.u - p.u) / wanted(p.x, q.x)).toBeCloseTo(1, 1.5);
  const deck = writeInp(model, study, { title: 'bone', lines: [] }, pullsOf(model.springs));
  expect(deck.match(/\*MATERIAL/g)!.length).toBeGreaterThan(20);
  expect(deck.match(/\*SOLID SECTION/g)!.length).toBe(deck.match(/\*MATERIAL/g)!.length);
  expect(writeFeb(model, study, { title: 'bone', lines: [] }).match(/<SolidDomain /g)!.length).toBeGreaterThan(20);
});

test('each material is judged by its own strength', () => {
  const study = pulled({
    material: material(1000, 0.3, 20),
    inclusions: [{ surface: 'hard', material: material(50_000, 0.3, 1000) }],
  });
  const { numbers } = solveStudy(bar(), { hard: box([10, 3, 3], [30, 7, 7]) }, study, { cellMm: 2 });
  const [n] = numbers;
  expect(n.partsMPa.length).toBe(2);
  expect(n.partsMPa[1].value).toBeGreaterThan(2 * n.partsMPa[0].value);
  const { yieldFactor } = judgeCase(n, n, 1.5, materialsOf(study));
  expect(yieldFactor).toBeCloseTo(Math.min(20 / n.partsMPa[0].value, 1000 / n.partsMPa[1].value), 9);
  expect(() => solveStudy(bar(), {}, study, { cellMm: 3 })).toThrow(/fea.no-surface.*hard/);
  expect(() => solveStudy(bar(), {}, pulled({ bone: BONEMAT_LAW }), { cellMm: 3 })).toThrow('fea.no-ct');
});
