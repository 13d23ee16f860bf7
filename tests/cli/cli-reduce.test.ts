import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { LpsTransform } from '../../src/base/index.ts';
import { readMesh, writeStl } from '../../src/io/index.ts';
import { compose, distance, invert, rotationAngleRad } from '../../src/math/index.ts';
import { centroid } from '../../src/mesh/index.ts';
import { pelvisOf } from '../../src/phantom/index.ts';
import { program } from './cli-kit.ts';

const { osteon, json, path } = program();
const pelvis = pelvisOf({ detailMm: 1.5, seed: 11, asymmetryMm: 1.5 });
const PIECES = ['left-ilium', 'left-anterior-column', 'left-posterior-column'];
const FILES = PIECES.map((name) => `${name}.stl`);
const COMMAND = ['reduce', ...FILES, '--intact', 'left-ilium', '--healthy', 'right-hip-bone.stl', '--samples', '1000'];

beforeAll(() => {
  for (const { name, mesh } of pelvis.imaged) writeFileSync(path(`${name}.stl`), writeStl(mesh, name));
});

test('pieces go where they belong; poses, meshes, template and picture are written', async () => {
  const { code, document } = await json(...COMMAND, '--sacrum', 'sacrum.stl', '-o', 'reduced');
  expect(code).toBe(0);
  for (const { name, reducedFromImaged: m } of document.fragments) {
    const found: LpsTransform = { from: 'lps', to: 'lps', m: m.slice(0, 12) };
    const { imagedFromAnatomic } = pelvis.motions.find((q) => q.name === name)!;
    expect((rotationAngleRad(compose(found, imagedFromAnatomic)) * 180) / Math.PI, name).toBeLessThan(1);
    const written = readMesh(readFileSync(path(`reduced/${name}.stl`)), `${name}.stl`).mesh;
    const truth = pelvis.anatomic.find((b) => b.name === name)!.mesh;
    expect(distance(centroid(written), centroid(truth)), name).toBeLessThan(0.5);
  }
  expect(document.before.gapMm).toBeGreaterThan(4);
  expect(document.after.gapMm).toBeLessThan(1);
  expect(readFileSync(path('reduced/reduction.png')).subarray(1, 4).toString()).toBe('PNG');
  expect(document.artefacts.map((a: { path: string }) => a.path).sort()).toEqual(
    [...FILES, 'reduction.json', 'reduction.png', 'template.stl'].sort(),
  );
});

test('a pose by hand is kept', async () => {
  const name = 'left-posterior-column';
  const { m } = invert(pelvis.motions.find((q) => q.name === name)!.imagedFromAnatomic);
  writeFileSync(path('poses.json'), JSON.stringify({ [name]: { reducedFromImaged: [...m, 0, 0, 0, 1] } }));
  const { code, document } = await json(...COMMAND, '--poses', 'poses.json', '-o', 'by-hand');
  expect(code).toBe(0);
  expect(document.fragments[2]).toMatchObject({ name, by: 'held', reducedFromImaged: [...m, 0, 0, 0, 1] });
});

test.each<[string, { healthy?: string; intact?: string }, string]>([
  ['the same side twice', { healthy: 'left-ilium.stl' }, 'register.side'],
  ['a bone that is no hip bone', { healthy: 'right-femur.stl' }, 'register.no-healthy-side'],
  ['a piece nobody named', { intact: 'left-illium' }, 'param.unknown'],
])('refused, nothing written: %s', async (_, { healthy = 'right-hip-bone.stl', intact = 'left-ilium' }, wanted) => {
  const { code, document } = await json('reduce', ...FILES, '--intact', intact, '--healthy', healthy, '-o', 'nothing');
  expect(code).toBe(3);
  expect(document.error.code).toBe(wanted);
  expect((await osteon('mesh', 'check', 'nothing/template.stl')).code).not.toBe(0);
});
