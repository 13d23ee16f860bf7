import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { read3mf, readCli, readMesh, writeStl } from '../../src/io/index.ts';
import { replayGcode } from '../../src/make/index.ts';
import { rotation } from '../../src/math/index.ts';
import { box, sphere, transformMesh, vertexNormals } from '../../src/mesh/index.ts';
import { shippedTalus } from '../make-kit.ts';
import { program } from './cli-kit.ts';

const { osteon, json, path } = program();

describe('osteon make', () => {
  test('a talus for the laser: every file, and they agree', async () => {
    writeFileSync(path('talus.stl'), writeStl(shippedTalus()));
    const { code, document } = await json(
      ...['make', path('talus.stl'), '--process', 'ti64-eli-lpbf', '-o', path('ti')],
      ...['--set', 'layerMm=0.1', '--set', 'powerW=250', '--coupons', '0', '--contours'],
    );
    expect(code).toBe(0);
    expect(document.verdict).not.toBe('block');
    expect(document.supportOnArticularMm2).toBe(0);
    expect(document.artefacts.map((a: { path: string }) => a.path)).toEqual(
      expect.arrayContaining([
        'build.json',
        'traveller.html',
        'traveller.json',
        'measurements.csv',
        'layers.csv',
        'layers.svg',
        'talus.3mf',
        'talus.cli',
        'build-1.png',
      ]),
    );
    const build = JSON.parse(readFileSync(path('ti', 'build.json'), 'utf8'));
    expect(build.layers).toBe(document.layers);
    const cli = readCli(readFileSync(path('ti', 'talus.cli')));
    expect(cli.layers).toHaveLength(document.layers + 1);
    const { parts } = read3mf(readFileSync(path('ti', 'talus.3mf')));
    expect(parts.map((p) => p.kind)).toEqual(['model', 'support']);
    expect(parts[0].metadata['osteon:plateFromLps'].split(' ')).toHaveLength(16);
    expect(parts[0].slices!.topsMm.length).toBeGreaterThan(400);
    const csv = readFileSync(path('ti', 'layers.csv'), 'utf8').trim().split('\n');
    expect(csv).toHaveLength(document.layers + 1);
  });

  test('inspect: a scan and a table against the plan of that build', async () => {
    const plan = path('ti', 'inspection.json');
    const nominal = readMesh(readFileSync(path('ti', 'talus-nominal.3mf')), 'a.3mf').mesh;
    const n = vertexNormals(nominal);
    const turned = (growMm: number) =>
      transformMesh(rotation([1, 2, 3], 2), {
        ...nominal,
        positions: nominal.positions.map((v, i) => v + growMm * n[i]),
      });
    writeFileSync(path('good.stl'), writeStl(turned(0.03)));
    writeFileSync(path('bad.stl'), writeStl(turned(-0.4)));
    writeFileSync(path('m.csv'), 'id,value,unit\nT1-yield,760,MPa\nX-Al,6.1,%\n');

    const good = await json('inspect', path('good.stl'), '--against', plan, '-o', path('inspected'));
    expect([good.code, good.document.result]).toEqual([0, 'incomplete']);
    expect(good.document.rows.find((r: { id: string }) => r.id === 'P-general').verdict).toBe('accept');
    const map = readMesh(readFileSync(path('inspected', 'deviation.ply')), 'a.ply');
    expect(map.scalars!.reduce((a, b) => a + b, 0) / map.scalars!.length).toBeCloseTo(0.03, 3);
    expect(existsSync(path('inspected', 'inspection.html'))).toBe(true);

    const bad = await json('inspect', path('bad.stl'), path('m.csv'), '--against', plan);
    expect([bad.code, bad.document.result]).toEqual([1, 'reject']);
    const rejected = bad.document.rows.filter((r: { verdict: string }) => r.verdict === 'reject');
    expect(rejected.map((r: { id: string }) => r.id)).toEqual(expect.arrayContaining(['P-general', 'T1-yield']));

    const refused = async (...args: string[]) => {
      const { code, document } = await json('inspect', ...args);
      return [code, document.error.code];
    };
    writeFileSync(path('other.json'), JSON.stringify({ schema: 2 }));
    expect(await refused(path('m.csv'), '--against', path('other.json'))).toEqual([3, 'make.file']);
    writeFileSync(path('q.csv'), 'id,value\nQ1,3\n');
    expect(await refused(path('q.csv'), '--against', plan)).toEqual([3, 'make.file']);
  });

  test('a ball of PLA: G-code that a printer understands', async () => {
    writeFileSync(path('ball.stl'), writeStl(sphere(9, 3)));
    const { code, document } = await json('make', path('ball.stl'), '--process', 'pla-fdm', '-o', path('pla'));
    expect(code).toBe(0);
    const replay = replayGcode(readFileSync(path('pla', 'ball.gcode'), 'utf8'));
    expect(replay.filamentMm).toBeGreaterThan(100);
    expect(document.timeS).toBeGreaterThan(60);
    expect(existsSync(path('pla', 'ball.cli'))).toBe(false);
  });

  const prusa = spawnSync('prusa-slicer', ['--help']).status === 0;
  (prusa ? test : test.skip)('PrusaSlicer draws the lines where it is wanted and installed', async () => {
    const args = ['make', path('ball.stl'), '--process', 'pla-fdm', '-o', path('theirs'), '--engine', 'prusa-slicer'];
    expect((await json(...args)).code).toBe(0);
    expect(readFileSync(path('theirs', 'ball.gcode'), 'utf8')).toContain('generated by PrusaSlicer');
  });

  test('steel is milled: stock and blank instead of layers', async () => {
    writeFileSync(path('plate.stl'), writeStl(box([0, 0, 0], [40, 10, 3])));
    expect(
      (
        await json(
          'make',
          path('plate.stl'),
          '--process',
          'steel-5axis',
          '-o',
          path('mill'),
          '--rate',
          'machineUsdPerH=100',
        )
      ).code,
    ).toBe(0);
    const build = JSON.parse(readFileSync(path('mill', 'build.json'), 'utf8'));
    expect(build.blankMm).toEqual([50, 20, 13]);
    expect(build.ledger.rates.machineUsdPerH).toMatchObject({ value: 100, source: 'set by the user' });
    const wrong = await osteon('make', path('plate.stl'), '--rate', 'gold=3', '-o', path('none'));
    expect([wrong.code, existsSync(path('none'))]).toEqual([2, false]);
  });

  test('bad input: a code, a hint, nothing written', async () => {
    writeFileSync(path('long.stl'), writeStl(box([0, 0, 0], [600, 10, 10])));
    const open = sphere(9, 3);
    writeFileSync(path('open.stl'), writeStl({ ...open, triangles: open.triangles.slice(3) }));
    const refused = async (...args: string[]) => {
      const { code, document } = await json('make', ...args, '-o', path('none'));
      expect(existsSync(path('none'))).toBe(false);
      return [code, document.error.code, document.error.hint.length > 0];
    };
    expect(await refused(path('long.stl'))).toEqual([3, 'make.too-large', true]);
    expect(await refused(path('open.stl'))).toEqual([3, 'mesh.not-closed', true]);
    expect(await refused(path('ball.stl'), '--set', 'powerW=5000')).toEqual([3, 'param.range', true]);
    expect(await refused(path('ball.stl'), '--set', 'nozzleMm=1')).toEqual([3, 'param.unknown', true]);
    expect(await refused(path('ball.stl'), '--articular', path('ball.stl'))).toEqual([3, 'make.no-orientation', true]);
    const wrong = await osteon('make', path('ball.stl'), '--engine', 'prusa-slicer', '-o', path('none'));
    expect([wrong.code, existsSync(path('none'))]).toEqual([2, false]);
    expect((await osteon('make', path('ball.stl'), '--process', 'gold', '-o', path('none'))).code).toBe(2);
  });
});
