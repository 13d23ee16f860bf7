import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { readMesh, readPly, writeStl } from '../../src/io/index.ts';
import { box, checkMesh, type Mesh, sphere, volumeMm3 } from '../../src/mesh/index.ts';
import { program } from './cli-kit.ts';

const { osteon, json, path } = program();
const put = (name: string, mesh: Mesh) => writeFileSync(path(name), writeStl(mesh, name));
const got = (name: string) => readMesh(readFileSync(path(name)), name).mesh;

beforeAll(() => {
  const ball = sphere(15, 4);
  put('ball.stl', ball);
  put('open.stl', { positions: ball.positions, triangles: ball.triangles.slice(0, -30) });
  put('block.stl', box([0, -20, -20], [20, 20, 20]));
  const inches = sphere(15 / 25.4, 4);
  put('inches.stl', inches);
  writeFileSync(path('letter.stl'), 'Dear colleague,\n'.repeat(20));
});

test('check: a solid ends with 0, a surface with a hole with 1 and the place', async () => {
  const good = await json('mesh', 'check', 'ball.stl');
  expect(good).toMatchObject({
    code: 0,
    document: { verb: 'mesh check', verdict: 'pass', solid: true, genus: 0, selfIntersectingPairs: 0 },
  });
  expect(good.document.volumeMm3).toBeCloseTo(volumeMm3(sphere(15, 4)), 1);
  const bad = await json('mesh', 'check', 'open.stl');
  expect(bad).toMatchObject({ code: 1, document: { verdict: 'block', solid: false, closed: false } });
  expect(bad.document.findings[0]).toMatchObject({ level: 'blocker', code: 'mesh.not-closed' });
  expect((await osteon('mesh', 'check', 'open.stl')).out).toMatch(/blocker: mesh\.not-closed/);
});

test('repair closes it and says how', async () => {
  const { code, document } = await json('mesh', 'repair', 'open.stl', '-o', 'closed.stl');
  expect(code).toBe(0);
  expect(document.findings.map((f: { code: string }) => f.code).join()).toMatch(/mesh\.repair\./);
  expect(checkMesh(got('closed.stl')).solid).toBe(true);
  expect(document.out).toMatchObject({ path: 'closed.stl', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('boolean, offset, remesh, smooth and simplify answer for the volume', async () => {
  const v = volumeMm3(sphere(15, 4));
  await json('mesh', 'boolean', 'ball.stl', 'block.stl', '--operation', 'difference', '-o', 'half.stl');
  expect(volumeMm3(got('half.stl')) / v).toBeCloseTo(0.5, 3);
  const offset = await json('mesh', 'offset', 'ball.stl', '--by-mm', '-2', '-o', 'core.ply');
  expect(offset.document.after.volumeMm3 / v).toBeCloseTo((13 / 15) ** 3, 2);
  const remesh = await json('mesh', 'remesh', 'ball.stl', '--edge-mm', '1.5', '-o', 'even.obj');
  expect(remesh.document.figures.maxDeviationMm).toBeLessThan(0.2);
  const smooth = await json('mesh', 'smooth', 'ball.stl', '--max-move-mm', '0.1', '-o', 'smooth.3mf');
  expect(smooth.document.figures.maxMoveMm).toBeLessThanOrEqual(0.1 + 1e-9);
  expect(smooth.document.after.volumeMm3 / v).toBeCloseTo(1, 6);
  const simple = await json('mesh', 'simplify', 'ball.stl', '--max-deviation-mm', '0.1', '-o', 'light.stl');
  expect(simple.document.figures.maxDeviationMm).toBeLessThanOrEqual(0.1);
  expect(simple.document.after.triangles).toBeLessThan(0.7 * simple.document.before.triangles);
  for (const { document } of [offset, remesh, smooth, simple]) expect(document.verdict).toBe('pass');
});

test.each([
  ['a mesh in inches', ['mesh', 'check', 'inches.stl'], 3, 'io.unit', /--unit inch/],
  ['two meshes, one in inches', ['compare', 'ball.stl', 'inches.stl'], 3, 'io.unit', /--unit-b inch/],
  ['text that is called STL', ['mesh', 'check', 'letter.stl'], 3, 'io.format', /text/],
  ['the input as output', ['mesh', 'smooth', 'ball.stl', '-o', './ball.stl'], 2, 'cli.usage', /original is kept/],
  ['half a verb', ['mesh'], 2, 'cli.usage', /check \| repair .* simplify/],
  [
    'an offset of an open surface',
    ['mesh', 'offset', 'open.stl', '--by-mm', '1', '-o', 'x.stl'],
    3,
    'mesh.not-closed',
    /repair/,
  ],
  ['an open surface to simplify', ['mesh', 'simplify', 'open.stl', '-o', 'x.stl'], 3, 'mesh.not-closed', /[Rr]epair/],
  ['nothing left', ['mesh', 'offset', 'ball.stl', '--by-mm', '-20', '-o', 'x.stl'], 3, 'mesh.empty', /left/],
  ['an unknown ending', ['mesh', 'smooth', 'ball.stl', '-o', 'x.step'], 2, 'cli.usage', /stl/],
  ['no output', ['mesh', 'smooth', 'ball.stl'], 2, 'cli.usage', /--out/],
  ['a pelvis without its broken side', ['bones', 'x', '--preset', 'pelvis', '-o', 'x'], 2, 'cli.usage', /--side left/],
  ['one body', ['mesh', 'boolean', 'ball.stl', '--operation', 'union', '-o', 'x.stl'], 2, 'cli.usage', /others/],
  [
    'a mistyped operation',
    ['mesh', 'boolean', 'ball.stl', 'block.stl', '--operation', 'add', '-o', 'x.stl'],
    2,
    'cli.usage',
    /union/,
  ],
  ['a file that is not there', ['mesh', 'check', 'nothing.stl'], 3, 'io.not-found', /path/],
])('%s: one coded error with a hint, nothing written', async (_, args, exit, error, hint) => {
  const before = readdirSync(path());
  const { code, document } = await json(...args);
  expect(code).toBe(exit);
  expect(document.error).toMatchObject({ code: error, hint: expect.stringMatching(hint) });
  expect(readdirSync(path())).toEqual(before);
});

test('simplify says where a deviation keeps it from the count', async () => {
  const { code, document } = await json('mesh', 'simplify', 'ball.stl', '--triangles', '20', '-o', 'twenty.stl');
  expect(code).toBe(0);
  expect(document).toMatchObject({
    verdict: 'warn',
    findings: [{ code: 'mesh.simplify.short', facts: { wanted: 20 } }],
  });
});

test('comparing says what an open surface and a wrong unit do to the answer', async () => {
  const { code, document } = await json('compare', 'open.stl', 'inches.stl', '--unit-b', 'millimeter');
  expect(code).toBe(0);
  expect(document.findings.map((f: { code: string }) => f.code)).toEqual(['io.unit-ratio', 'mesh.not-closed']);
});

test('histograms are lists, and an open surface has no number of handles', async () => {
  const { document } = await json('mesh', 'check', 'open.stl');
  expect(document.quality.minAngleHistogram).toHaveLength(6);
  expect(document.genus).toBe(null);
});

test('a mesh in inches is read where the unit is given', async () => {
  const { document } = await json('mesh', 'check', 'inches.stl', '--unit', 'inch');
  expect(document.bounds.hi[0]).toBeCloseTo(15, 3);
  expect(existsSync(path('x.stl'))).toBe(false);
});

test('a deviation map is a file: blue inside, red outside, the distance at every vertex', async () => {
  put('grown.stl', sphere(16, 4));
  const { code, document } = await json('compare', 'grown.stl', 'ball.stl', '--map', 'map.ply', '--range-mm', '2');
  expect(code).toBe(0);
  expect(document.map).toMatchObject({ path: 'map.ply', rangeMm: 2 });
  // Facets lie up to 0.02 mm inside the ball.
  expect(document.map.signedMeanMm).toBeCloseTo(1, 1);
  const { colours, scalars } = readPly(readFileSync(path('map.ply')));
  expect(Math.min(...scalars!)).toBeGreaterThan(0.95);
  for (let i = 0; i < colours!.length; i += 3) expect(colours![i]).toBeGreaterThan(colours![i + 2]);
  const { document: wrong } = await json('compare', 'grown.stl', 'ball.stl', '--map', 'map.stl');
  expect(wrong.error.code).toBe('cli.usage');
});
