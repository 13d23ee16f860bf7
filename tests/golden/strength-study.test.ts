import { expect, test } from 'vitest';
import { parseStudy } from '../../src/plan/index.ts';

const STUDY = `
osteon: 1
solid: plate.stl
material: 316L
mesh: { nodes: 20000 }
surfaces: { bone: bone.stl }
regions:
  base: { plane: { at: [0, 0, 1], normal: [0, 0, -1] }, normal: { direction: [0, 0, -1], withinDeg: 20 } }
  seat: { facing: { surface: bone, withinMm: 2 } }
supports:
  - { region: base, kind: fixed }
  - { region: seat, kind: bedding, nPerMm3: 50, spread: gap }
loadCases:
  - name: press
    source: somebody 1999
    loads:
      - { region: seat, forceN: [0, 0, -100], spread: gap }
      - { region: base, pressureMPa: 0.5 }
limits: { yieldFactor: 2, meshErrorPercent: 5 }
`;

test('a study file says what it means', () => {
  const { study, mesh, limits, solid, surfaces } = parseStudy(STUDY);
  expect([solid, surfaces, mesh]).toEqual(['plate.stl', { bone: 'bone.stl' }, { nodes: 20_000 }]);
  expect(limits).toEqual({ yieldFactor: 2, fatigueFactor: 1, stressError: 0.05 });
  expect(study.material).toMatchObject({ youngMPa: 193_000, yieldMPa: 172, unread: [] });
  expect(Object.keys(study.regions)).toEqual(['base', 'seat']);
  expect(study.supports[1]).toEqual({ region: 'seat', kind: 'bedding', nPerMm3: 50, spread: 'gap' });
  expect(study.loadCases[0].loads[1]).toEqual({ region: 'base', pressureMPa: 0.5 });
});

test('set-ups bring regions, supports and load cases with their sources', () => {
  const bend = parseStudy(
    STUDY.replace(
      /regions:[\s\S]*limits/,
      'setup:\n  fourPointBending: { centre: [0, 0, 0], along: [1, 0, 0], up: [0, 0, 1], supportSpanMm: 80, loadSpanMm: 30, forceN: 500, rollerMm: 1 }\nlimits',
    ),
  ).study;
  expect(Object.keys(bend.regions)).toEqual(['support A', 'support B', 'load A', 'load B']);
  expect(bend.loadCases[0].source).toContain('F382');
  const talus = parseStudy(
    STUDY.replace(
      /regions:[\s\S]*limits/,
      'setup:\n  talus: { superior: [0, 0, 1], anterior: [0, -1, 0], bodyMassKg: 120 }\nlimits',
    ),
  ).study;
  expect(talus.loadCases.map((c) => c.name)).toEqual(['heel strike', 'stance', 'push-off']);
});

test('what is not a study is refused, with its key and line', () => {
  const cases: [RegExp | string, string, RegExp][] = [
    ['316L', 'iron', /case.value.*key=material, line=4.*"316L"/],
    ['supports', 'suports', /case.unknown-key.*suports.*Did you mean "supports"/],
    ['kind: fixed', 'kind: glued', /case.value.*supports\[0\].kind/],
    [', nPerMm3: 50', '', /case.value.*nPerMm3/],
    ['{ region: base, kind: fixed }', '{ region: base, kind: fixed, nPerMm3: 3 }', /case.value.*nPerMm3/],
    ['pressureMPa: 0.5', 'pressureMPa: 0.5, forceN: [0, 0, 1]', /case.value.*either/],
    ['normal: [0, 0, -1] }', 'normal: [0, 0, 0] }', /case.value.*not zero/],
    ['{ nodes: 20000 }', '{ nodes: 20000, elementMm: 1 }', /case.value.*not both/],
    ['source: somebody 1999', '', /case.value.*loadCases\[0\].source/],
    ['facing: { surface: bone, withinMm: 2 }', '', /case.value.*at least one condition/],
    ['osteon: 1', 'osteon: 2', /case.newer/],
    ['solid: plate.stl', '', /case.value.*key=solid/],
  ];
  for (const [from, to, says] of cases) expect(() => parseStudy(STUDY.replace(from, to)), to).toThrow(says);
});

test('bone and inclusions', () => {
  const { study, ct } = parseStudy(
    STUDY.replace('material: 316L', 'bone: { ct: scan.nrrd, law: { leastMPa: 50 } }').replace(
      'mesh:',
      'inclusions: [{ surface: bone, material: 316L }]\nmesh:',
    ),
  );
  expect(ct).toBe('scan.nrrd');
  expect(study.bone).toMatchObject({ leastMPa: 50, exponent: 2.46 });
  expect(study.material.yieldMPa).toBeNull();
  expect(study.inclusions![0].material.yieldMPa).toBe(172);
  expect(() => parseStudy(STUDY.replace('material: 316L', ''))).toThrow(/Give material, or bone/);
});
