import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMesh } from '../../src/io/index.ts';
import { apply, determinant } from '../../src/math/index.ts';
import { bounds, checkMesh, type Mesh, transformMesh, volumeMm3 } from '../../src/mesh/index.ts';
import { ctOfFeet, type NamedMesh, TWO_FEET_DEFAULTS, twoFeet } from '../../src/phantom/index.ts';
import { voxelise } from '../../src/surface/index.ts';
import { voxelMm3 } from '../../src/volume/index.ts';

const FOLDER = join(import.meta.dirname, '../../data/feet');
const leftFoot: NamedMesh[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.stl'))
  .map((file) => ({ name: file.slice(0, -4), mesh: readMesh(readFileSync(join(FOLDER, file)), file).mesh }));

const find = (bones: readonly NamedMesh[], name: string): Mesh => bones.find((b) => b.name === name)!.mesh;
const farthest = (a: Mesh, b: Mesh) =>
  a.positions.reduce((most, x, i) => Math.max(most, Math.abs(x - b.positions[i])), 0);
const top = (mesh: Mesh) => bounds(mesh).hi[2];

test('28 bones of one foot, every one a solid', () => {
  expect(leftFoot).toHaveLength(28);
  for (const { name, mesh } of leftFoot) expect(checkMesh(mesh).findings, name).toEqual([]);
});

test.each(['left', 'right'] as const)('%s affected: exact mirror image, stated collapse', (affectedSide) => {
  const healthy = affectedSide === 'left' ? 'right' : 'left';
  const feet = twoFeet(leftFoot, { affectedSide, seed: 7, collapseMm: 3 });
  expect(feet.imaged).toHaveLength(2 * leftFoot.length);
  expect(determinant(feet.affectedFromHealthy)).toBeCloseTo(-1, 12);

  for (const { name } of leftFoot) {
    const sound = transformMesh(feet.affectedFromHealthy, find(feet.imaged, `${healthy}-${name}`));
    const natural = feet.natural.find((b) => b.name === `${affectedSide}-${name}`);
    expect(farthest(sound, natural?.mesh ?? find(feet.imaged, `${affectedSide}-${name}`)), name).toBeLessThan(1e-9);
  }

  // Left is +x in LPS.
  const x = (name: string) => (bounds(find(feet.imaged, name)).lo[0] + bounds(find(feet.imaged, name)).hi[0]) / 2;
  expect(x('left-talus')).toBeGreaterThan(40);
  expect(x('right-talus')).toBeLessThan(-40);

  expect(feet.restoreMm).toEqual([0, 0, 3]);
  for (const bone of ['tibia', 'fibula']) {
    const [a, b] = [find(feet.natural, `${affectedSide}-${bone}`), find(feet.imaged, `${affectedSide}-${bone}`)];
    expect(top(a) - top(b)).toBeCloseTo(3, 9);
  }
  const [sound, broken] = [find(feet.natural, `${affectedSide}-talus`), find(feet.imaged, `${affectedSide}-talus`)];
  expect(top(sound) - top(broken)).toBeGreaterThan(2.4);
  expect(top(sound) - top(broken)).toBeLessThan(3.6);
  expect(bounds(broken).lo[2]).toBe(bounds(sound).lo[2]);
  expect(volumeMm3(broken)).toBeLessThan(0.95 * volumeMm3(sound));
  expect(checkMesh(broken).solid).toBe(true);
});

test('another seed is another pose; the same seed the same bytes', () => {
  const [a, b, c] = [1, 1, 2].map((seed) => find(twoFeet(leftFoot, { seed }).imaged, 'left-talus').positions);
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
});

test('the grid holds both feet and cuts both shanks', () => {
  const { grid, imaged } = twoFeet(leftFoot);
  const high = apply(grid.lpsFromVoxel, [grid.size[0] - 1, grid.size[1] - 1, grid.size[2] - 1]);
  const low = apply(grid.lpsFromVoxel, [0, 0, 0]);
  for (const { name, mesh } of imaged) {
    const { lo, hi } = bounds(mesh);
    for (const k of [0, 1, 2]) expect(lo[k], name).toBeGreaterThan(low[k] + 10);
    if (/tibia|fibula/.test(name)) expect(hi[2], name).toBeGreaterThan(high[2]);
    else for (const k of [0, 1, 2]) expect(hi[k], name).toBeLessThan(high[k] - 10);
  }
  expect(TWO_FEET_DEFAULTS.spacingMm[0]).toBeLessThanOrEqual(0.5);
});

test('its CT: bone, marrow, soft tissue and air where they belong; the same bytes twice', () => {
  const talus = leftFoot.filter((b) => ['talus', 'calcaneus'].includes(b.name));
  const { imaged, grid } = twoFeet([...talus, named('tibia'), named('fibula')], { spacingMm: [1.5, 1.5, 1.5] });
  const options = { scleroticBone: 'left-talus', noiseHu: 10 };
  const ct = ctOfFeet(imaged, grid, options);
  expect(ctOfFeet(imaged, grid, options).data).toEqual(ct.data);
  expect(ct.data[0]).toBeLessThan(-950);
  const deep = (name: string) => {
    const share = voxelise(find(imaged, name), grid).data;
    const inside = ct.data.filter((_, i) => share[i] === 1);
    return inside.reduce((s, v) => s + v, 0) / inside.length;
  };
  // Cortex of 1250 HU around spongiosa of 300 (calcaneus), 420 (talus) and 620 (dead talus).
  expect(deep('right-calcaneus')).toBeGreaterThan(330);
  expect(deep('right-calcaneus')).toBeLessThan(700);
  expect(deep('left-talus') - deep('right-talus')).toBeGreaterThan(100);
  let bone = 0;
  for (const v of ct.data) if (v > 226) bone++;
  const boneMm3 = bone * voxelMm3(grid);
  const truthMm3 = imaged.reduce((s, { mesh }) => s + voxelise(mesh, grid).data.reduce((t, x) => t + x, 0), 0);
  expect(boneMm3 / (truthMm3 * voxelMm3(grid))).toBeGreaterThan(0.85);
  expect(boneMm3 / (truthMm3 * voxelMm3(grid))).toBeLessThan(1.25);
});

function named(name: string): NamedMesh {
  return leftFoot.find((b) => b.name === name)!;
}
