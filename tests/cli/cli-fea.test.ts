import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { writeStl } from '../../src/io/index.ts';
import { box, joinMeshes, sphere } from '../../src/mesh/index.ts';
import { program } from './cli-kit.ts';

const { path, json } = program();

const STUDY = `
osteon: 1
solid: block.stl
material: Ti-6Al-4V ELI wrought
mesh: { elementMm: 3 }
regions:
  top: { normal: { direction: [0, 0, 1], withinDeg: 20 } }
  bottom: { normal: { direction: [0, 0, -1], withinDeg: 20 } }
supports:
  - { region: bottom, kind: bedding, nPerMm3: 100 }
loadCases:
  - name: press
    source: a test
    loads: [{ region: top, forceN: [0, 0, -1000] }]
`;
const study = (name: string, change: (text: string) => string = (t) => t) => {
  writeFileSync(path(name), change(STUDY));
  return name;
};

beforeAll(() => {
  writeFileSync(path('block.stl'), writeStl(box([0, 0, 0], [20, 12, 10]), 'block'));
  writeFileSync(path('open.stl'), writeStl({ ...sphere(10, 2), triangles: sphere(10, 2).triangles.slice(3) }, 'open'));
  writeFileSync(path('two.stl'), writeStl(joinMeshes([sphere(10, 2), sphere(10, 2, [40, 0, 0])]), 'two'));
});

test('a study: pack with fields, decks, report and manifest; a second run computes nothing', async () => {
  const { code, document } = await json('fea', study('a.yaml'), '-o', 'out');
  expect(code).toBe(0);
  expect(document.verdict).toBe('pass');
  // Edges of the loaded face: the greatest stress has not settled, and that is said.
  expect(document.findings.map((f: { code: string }) => f.code)).toEqual(['fea.mesh-error']);
  const [c] = document.loadCases;
  expect(c.reactionN[2]).toBeCloseTo(1000, 3);
  expect(c.vonMisesAwayMPa.value).toBeGreaterThan(4);
  expect(c.yieldFactor).toBeCloseTo(795 / c.vonMisesAwayMPa.value, 6);
  expect(c.coarse.vonMisesAwayMPa.value).toBeGreaterThan(3);
  const manifest = JSON.parse(readFileSync(path('out/manifest.json'), 'utf8'));
  expect(manifest.artefacts.map((a: { path: string }) => a.path)).toEqual([
    'press.vtu',
    'report.html',
    'report.pdf',
    'result.json',
    'study.feb',
    'study.inp',
  ]);
  expect(readFileSync(path('out/study.inp'), 'utf8')).toContain('*NSET, NSET=N_TOP');
  expect(readFileSync(path('out/report.html'), 'utf8')).toContain('data:image/png');
  const result = JSON.parse(readFileSync(path('out/result.json'), 'utf8'));
  expect(result.mesh.cellMm).toBe(3);

  const again = await json('fea', 'a.yaml', '-o', 'out');
  expect(again.document.steps.every((s: { made: number }) => s.made === 0)).toBe(true);
  expect(again.document.loadCases).toEqual(document.loadCases);
  const one = await json('fea', 'a.yaml', '-o', 'one', '--workers', '1');
  expect(one.document.loadCases).toEqual(document.loadCases);
});

test('a load that is too great blocks', async () => {
  const { code, document } = await json(
    'fea',
    study('heavy.yaml', (t) => t.replace('-1000', '-400000')),
    '-o',
    'heavy',
  );
  expect(code).toBe(1);
  expect(document.verdict).toBe('block');
  expect(document.findings.map((f: { code: string }) => f.code)).toContain('fea.yield');
});

test('bad studies are refused with a code, a place and nothing written', async () => {
  const cases: [string, (t: string) => string, string, RegExp][] = [
    ['open', (t) => t.replace('block', 'open'), 'mesh.not-closed', /"xMm"/],
    ['two', (t) => t.replace('block', 'two'), 'fea.several-bodies', /"xMm"/],
    ['missing', (t) => t.replace('block', 'gone'), 'io.not-found', /gone/],
    ['fine', (t) => t.replace('elementMm: 3', 'elementMm: 0.02'), 'fea.too-fine', /Use elements/],
  ];
  for (const [name, change, code, says] of cases) {
    const { code: exit, document } = await json('fea', study(`${name}.yaml`, change), '-o', `bad-${name}`);
    expect([name, exit, document.error.code]).toEqual([name, 3, code]);
    expect(JSON.stringify(document.error)).toMatch(says);
    expect(existsSync(path(`bad-${name}`))).toBe(false);
  }
});

const ccx = spawnSync('ccx', ['-v']).error === undefined;
test.skipIf(!ccx)('--engine calculix (ccx) agrees within 0.1 %', async () => {
  const own = await json('fea', study('b.yaml'), '-o', 'own');
  const other = await json('fea', 'b.yaml', '-o', 'other', '--engine', 'calculix');
  expect(other.code).toBe(0);
  const [a, b] = [own, other].map((r) => r.document.loadCases[0]);
  for (const key of ['displacementMm', 'vonMisesMPa', 'vonMisesAwayMPa', 'greatestPrincipalMPa'])
    expect(Math.abs(b[key].value - a[key].value), key).toBeLessThan(
      1e-3 * (key === 'displacementMm' ? a[key].value : a.vonMisesMPa.value),
    );
  expect(b.reactionN[2]).toBeCloseTo(1000, 0);
});

test('fea verify: every closed form within its limit', async () => {
  const { code, document } = await json('fea', 'verify');
  expect(code).toBe(0);
  expect(document.pass).toBe(true);
  expect(document.rows.length).toBeGreaterThan(10);
});

test('formulas: sections, plates, struts and screws', async () => {
  const section = await json('fea', 'section', '--area-mm2', '300');
  expect(section.document.stressMPa).toBeCloseTo(17.8, 9);
  const plate = await json('fea', 'plate', '--width-mm', '12', '--thick-mm', '3');
  expect(plate.document.stressMPa).toBeCloseTo((6 * 250 * 25) / 108, 9);
  const strut = await json('fea', 'strut', '--length-mm', '60', '--diameter-mm', '0.8', '--ends', 'pinned');
  expect(strut.document.law).toBe('Euler');
  const bad = await json('fea', 'plate', '--width-mm', '0', '--thick-mm', '3');
  expect([bad.code, bad.document.error.code]).toEqual([3, 'param.range']);
});
