import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  gridTets,
  pullsOf,
  readFrd,
  type Study,
  setName,
  solveStudy,
  tetCount,
  writeFeb,
  writeInp,
} from '../../src/fea/index.ts';
import { writeVtu } from '../../src/io/index.ts';
import { box } from '../../src/mesh/index.ts';

const study: Study = {
  material: { name: 'Ti-6Al-4V ELI', youngMPa: 113_800, poisson: 0.342, yieldMPa: 795, fatigueMPa: 300, unread: [] },
  regions: {
    'upper face': { normal: { direction: [0, 0, 1], withinDeg: 30 } },
    base: { normal: { direction: [0, 0, -1], withinDeg: 30 } },
  },
  supports: [
    { region: 'base', kind: 'fixed' },
    { region: 'upper face', kind: 'bedding', nPerMm3: 1 },
  ],
  loadCases: [
    { name: 'press', source: 'somebody 1999', loads: [{ region: 'upper face', forceN: [0, 0, -100] }] },
    { name: 'push', source: 'somebody 1999', loads: [{ region: 'upper face', forceN: [50, 0, 0] }] },
  ],
};
const solved = () => solveStudy(box([0, 0, 0], [8, 8, 8]), {}, study, { cellMm: 4 });

test('a CalculiX deck: header, sets by name, one step a case, fields short enough to be read', () => {
  const { model } = solved();
  const pulls = pullsOf(model.springs);
  const text = writeInp(model, study, { title: 'block', lines: ['made by a test'] }, pulls);
  const lines = text.split('\n');
  expect(lines.slice(0, 4)).toEqual(['** made by a test', '** mm, N, MPa', '*HEADING', 'block']);
  expect(text).toContain('*NSET, NSET=N_UPPER_FACE');
  expect(text).toContain('*SURFACE, NAME=S_BASE, TYPE=ELEMENT');
  expect(text).toContain('** press: somebody 1999\n*STEP');
  expect(lines.filter((l) => l === '*STEP').length).toBe(2);
  expect(lines.filter((l) => l.startsWith('*ELEMENT, TYPE=SPRINGA')).length).toBe(pulls.length);
  for (const l of lines) {
    expect(l.length).toBeLessThan(132);
    if (!l.startsWith('*')) for (const field of l.split(',')) expect(field.length).toBeLessThanOrEqual(20);
  }
  // Consistent forces add up to the load.
  const load = lines.slice(lines.indexOf('*CLOAD, OP=NEW') + 1, lines.indexOf('*NODE FILE'));
  const sum = load.map((l) => l.split(',')).filter(([, d]) => d === '3');
  expect(sum.reduce((s, [, , v]) => s + Number(v), 0)).toBeCloseTo(-100, 8);
  expect(setName('load at A-1')).toBe('LOAD_AT_A_1');
});

test('an FEBio model: mesh, sets, fixed region, forces', () => {
  const { model } = solved();
  const text = writeFeb(model, study, { title: 'block', lines: [] });
  expect(text).toContain('<febio_spec version="4.0">');
  expect(text.match(/<elem /g)!.length).toBe(model.volume.figures.elements);
  expect(text.match(/<node id=/g)!.length).toBe(model.volume.figures.nodes);
  expect(text).toContain('node_set="BASE" type="zero displacement"');
  expect(text).toContain('<!-- Beddings and sliding supports are not in this file. -->');
  // Well-formed: every tag that opens closes.
  const stack: string[] = [];
  for (const [, close, name, self] of text.matchAll(/<(\/?)([A-Za-z_]\w*)[^>]*?(\/?)>/g)) {
    if (close) expect(stack.pop()).toBe(name);
    else if (!self) stack.push(name);
  }
  expect(stack).toEqual([]);
});

test('a result file of CalculiX, read; damaged ones are refused', () => {
  const value = (...v: number[]) =>
    v
      .map((x) =>
        x
          .toExponential(5)
          .replace(/e([+-])(\d)$/, 'E$10$2')
          .padStart(12),
      )
      .join('');
  const row = (node: number, ...v: number[]) => ` -1${String(node).padStart(10)}${value(...v)}`;
  const text = [
    '    1C',
    ' -4  DISP        4    1',
    ' -5  D1          1    2    1    0',
    row(1, 1, 2, 3),
    row(2, -4e-5, 0.5, 6),
    row(3, 9, 9, 9),
    ' -3',
    ' -4  STRESS      6    1',
    row(1, 1, 2, 3, 4, 5, 6),
    row(2, 7, 8, 9, 10, 11, 12),
    ' -3',
    ' 9999',
  ].join('\n');
  const [step, ...rest] = readFrd(text, 2);
  expect(rest).toEqual([]);
  expect([...step.displacementMm]).toEqual([1, 2, 3, -4e-5, 0.5, 6]);
  expect([...step.stressMPa]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(step.forcesN).toBeNull();
  expect(() => readFrd(text.slice(0, text.indexOf(' -4  STRESS')), 2)).toThrow('io.truncated');
  expect(() => readFrd(text.replace('5.00000E-01', '5.0000xE-01'), 2)).toThrow('io.format');
  expect(readFrd('', 2)).toEqual([]);
});

const python = '/usr/bin/python3';
const vtk = spawnSync(python, ['-c', 'import vtk']).status === 0;

test.skipIf(!vtk)('VTK (python3-vtk9) reads our .vtu: points, cells, volume, fields', () => {
  const mesh = gridTets([2, 2, 2], (u, v, w) => [3 * u, 2 * v, w]);
  const field = mesh.positions.map((v) => 2 * v);
  const bytes = writeVtu({
    positions: mesh.positions,
    cells: mesh.tets,
    kind: 24,
    pointFields: [{ name: 'displacement mm', components: 3, values: Float32Array.from(field) }],
    cellFields: [{ name: 'part', components: 1, values: mesh.parts }],
  });
  const folder = mkdtempSync(join(tmpdir(), 'osteon-vtu-'));
  writeFileSync(join(folder, 'a.vtu'), bytes);
  const script = `
import vtk
r = vtk.vtkXMLUnstructuredGridReader(); r.SetFileName('${join(folder, 'a.vtu')}'); r.Update(); g = r.GetOutput()
s = vtk.vtkCellSizeFilter(); s.SetInputData(g); s.Update(); v = s.GetOutput().GetCellData().GetArray('Volume')
d = g.GetPointData().GetArray('displacement mm')
print(g.GetNumberOfPoints(), g.GetNumberOfCells(), g.GetCellType(0), round(sum(v.GetValue(i) for i in range(g.GetNumberOfCells())), 9), d.GetRange(0)[1], g.GetCellData().GetArray('part').GetRange()[1])
`;
  const { stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const [points, cells, type, volume, greatest, part] = stdout.trim().split(' ').map(Number);
  expect([points, cells, type]).toEqual([mesh.positions.length / 3, tetCount(mesh), 24]);
  expect(volume).toBeCloseTo(6, 6);
  expect([greatest, part]).toEqual([6, 0]);
});
