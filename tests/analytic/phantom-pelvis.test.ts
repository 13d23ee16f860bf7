import { expect, test } from 'vitest';
import { LPS_IDENTITY } from '../../src/base/index.ts';
import { add, apply, compose, determinant, distance, invert, norm, scale, sub } from '../../src/math/index.ts';
import { bounds, checkMesh, type Mesh, transformMesh, volumeMm3 } from '../../src/mesh/index.ts';
import { ctOfPelvis, metalDistance, type NamedMesh, type Pelvis, pelvisOf } from '../../src/phantom/index.ts';
import type { Volume } from '../../src/volume/index.ts';

const COARSE = { detailMm: 2, spacingMm: [2.4, 2.4, 2.4] } as const;
const find = (bones: readonly NamedMesh[], name: string): Mesh => bones.find((b) => b.name === name)!.mesh;
const farthest = (a: Mesh, b: Mesh) =>
  a.positions.reduce((most, x, i) => Math.max(most, Math.abs(x - b.positions[i])), 0);
const names = (bones: readonly { name: string }[]) => bones.map((b) => b.name).sort();

const left = pelvisOf({ ...COARSE, seed: 4 });

test('bones and fragments: named, closed, each one piece', () => {
  expect(names(left.imaged)).toEqual([
    'left-anterior-column',
    'left-femur',
    'left-ilium',
    'left-posterior-column',
    'right-femur',
    'right-hip-bone',
    'sacrum',
  ]);
  for (const { name, mesh } of [...left.imaged, ...left.anatomic]) {
    expect(checkMesh(mesh).solid, name).toBe(true);
    expect(volumeMm3(mesh), name).toBeGreaterThan(30_000);
  }
});

test('an adult: distance of the hip joints, of the spines, width of the symphysis', () => {
  const right = apply(invert(left.affectedFromHealthy), left.acetabulum.centreMm);
  expect(distance(right, left.acetabulum.centreMm)).toBeGreaterThan(160);
  expect(distance(right, left.acetabulum.centreMm)).toBeLessThan(190);
  const whole = pelvisOf({ ...COARSE, seed: 4, fracture: 'none' });
  expect(names(whole.imaged)).toEqual(['left-femur', 'left-hip-bone', 'right-femur', 'right-hip-bone', 'sacrum']);
  expect(whole.motions).toEqual([]);
  const width = (mesh: Mesh) => bounds(mesh).hi[0] - bounds(mesh).lo[0];
  expect(width(find(whole.imaged, 'left-hip-bone'))).toBeGreaterThan(110);
  expect(volumeMm3(find(whole.imaged, 'left-hip-bone'))).toBeGreaterThan(200_000);
});

test('fragments make the whole bone up', () => {
  const parts = ['ilium', 'anterior-column', 'posterior-column'].map((p) =>
    volumeMm3(find(left.anatomic, `left-${p}`)),
  );
  const sum = parts.reduce((a, b) => a + b, 0);
  expect(sum / volumeMm3(find(left.anatomic, 'left-hip-bone'))).toBeCloseTo(1, 2);
});

test('motions are rigid, of the size of a both-column fracture, and take the bones to where they are seen', () => {
  expect(names(left.motions)).toEqual(['left-anterior-column', 'left-femur', 'left-ilium', 'left-posterior-column']);
  for (const { name, imagedFromAnatomic: t } of left.motions) {
    expect(determinant(t)).toBeCloseTo(1, 12);
    const [a, b] = [apply(t, [10, 20, 30]), apply(t, [-40, 5, 7])];
    expect(distance(a, b)).toBeCloseTo(distance([10, 20, 30], [-40, 5, 7]), 9);
    expect(farthest(transformMesh(t, find(left.anatomic, name)), find(left.imaged, name))).toBeLessThan(1e-9);
    const moved = distance(apply(t, left.acetabulum.centreMm), left.acetabulum.centreMm);
    if (name.endsWith('ilium')) expect(moved).toBeLessThan(1e-9);
    else expect(moved).toBeGreaterThan(5);
  }
});

test('the sides are mirror images, but for the asymmetry that is asked for', () => {
  const mirrored = transformMesh(left.affectedFromHealthy, find(left.imaged, 'right-hip-bone'));
  expect(determinant(left.affectedFromHealthy)).toBeLessThan(0);
  expect(farthest(mirrored, find(left.anatomic, 'left-hip-bone'))).toBeLessThan(1e-9);
  const uneven = pelvisOf({ ...COARSE, seed: 4, asymmetryMm: 2 });
  const other = transformMesh(uneven.affectedFromHealthy, find(uneven.imaged, 'right-hip-bone'));
  const most = farthest(other, find(uneven.anatomic, 'left-hip-bone'));
  expect(most).toBeGreaterThan(0.8);
  expect(most).toBeLessThan(2);
});

test('the broken right side is the broken left side in a mirror', () => {
  const right = pelvisOf({ ...COARSE, seed: 4, affectedSide: 'right' });
  const back = compose(left.affectedFromHealthy, LPS_IDENTITY);
  for (const part of ['ilium', 'anterior-column', 'posterior-column', 'femur'])
    expect(
      farthest(transformMesh(back, find(right.imaged, `right-${part}`)), find(left.imaged, `left-${part}`)),
    ).toBeLessThan(1e-9);
});

test('what a plan must refuse: both sides broken, no healthy side in view, a fragment cut by the view', () => {
  const both = pelvisOf({ ...COARSE, seed: 4, fracture: 'bilateral' });
  expect(names(both.imaged)).toContain('right-anterior-column');
  expect(names(both.imaged)).not.toContain('right-hip-bone');
  const end = (p: Pelvis) => [0, 2].map((k) => p.grid.lpsFromVoxel.m[4 * k + 3]);
  const alone = pelvisOf({ ...COARSE, seed: 4, view: 'affected-side' });
  expect(end(alone)[0]).toBeGreaterThan(bounds(find(alone.imaged, 'right-hip-bone')).hi[0] - 30);
  const cut = pelvisOf({ ...COARSE, seed: 4, view: 'cut-fragment' });
  const { lo, hi } = bounds(find(cut.imaged, 'left-posterior-column'));
  expect(end(cut)[1]).toBeGreaterThan(lo[2] + 20);
  expect(end(cut)[1]).toBeLessThan(hi[2] - 20);
});

const valueAt = (ct: Volume, p: readonly [number, number, number]) => {
  const [i, j, k] = apply(invert(ct.grid.lpsFromVoxel), p).map(Math.round);
  return ct.data[(k * ct.grid.size[1] + j) * ct.grid.size[0] + i];
};
const meanIn = (ct: Volume, p: readonly [number, number, number], r: number) => {
  let sum = 0;
  let n = 0;
  for (let x = -r; x <= r; x += 2)
    for (let y = -r; y <= r; y += 2)
      for (let z = -r; z <= r; z += 2, n++) sum += valueAt(ct, [p[0] + x, p[1] + y, p[2] + z]);
  return sum / n;
};

test('its CT: air, soft tissue, cortex and spongiosa as asked; the same bytes twice', () => {
  const ct = ctOfPelvis(left, { noiseHu: 10 });
  expect(ctOfPelvis(left, { noiseHu: 10 }).data).toEqual(ct.data);
  expect(ct.data[0]).toBeLessThan(-950);
  const head = apply(left.motions.find((m) => m.name === 'left-femur')!.imagedFromAnatomic, left.acetabulum.centreMm);
  expect(meanIn(ct, head, 8)).toBeGreaterThan(190);
  expect(meanIn(ct, head, 8)).toBeLessThan(270);
  const [x, y, z] = left.acetabulum.centreMm;
  expect(meanIn(ct, [x - 88, y, z], 6)).toBeCloseTo(45, -1);
  expect(Math.max(...[0, 4, 8, 12].map((dz) => valueAt(ct, [x, y, z + 24 + dz])))).toBeGreaterThan(500);
});

test('after surgery: reduced, screws clear of the joint, metal cut at 3071, streaks around it', () => {
  const done = pelvisOf({ ...COARSE, seed: 4, postoperative: true, crossing: true, plate: true });
  for (const { name, imagedFromAnatomic } of done.motions) {
    const moved = distance(apply(imagedFromAnatomic, done.acetabulum.centreMm), done.acetabulum.centreMm);
    expect(moved, name).toBeLessThan(2.5);
  }
  expect(done.screws).toHaveLength(10);
  expect(done.metal.length).toBeGreaterThan(10);
  for (const [i, s] of done.screws.entries()) {
    expect(norm(s.direction)).toBeCloseTo(1, 12);
    const tip = add(s.entryMm, scale(s.direction, s.lengthMm));
    expect(metalDistance(done.metal[i], s.entryMm)).toBeCloseTo(0, 9);
    expect(metalDistance(done.metal[i], tip)).toBeCloseTo(0, 9);
    expect(metalDistance(done.metal[i], add(s.entryMm, scale(s.direction, s.lengthMm / 2)))).toBeCloseTo(-1.75, 9);
    if (i < 9) expect(distance(tip, done.acetabulum.centreMm)).toBeGreaterThan(done.acetabulum.radiusMm);
  }
  const [plain, streaked] = [false, true].map((streaks) => ctOfPelvis(done, { streaks, noiseHu: 0 }).data);
  expect(Math.max(...plain.subarray(0, 1))).toBeLessThan(0);
  let clipped = 0;
  let changed = 0;
  for (let i = 0; i < plain.length; i++) {
    if (plain[i] === 3071) clipped++;
    if (Math.abs(plain[i] - streaked[i]) > 20) changed++;
  }
  expect(clipped).toBeGreaterThan(100);
  expect(changed).toBeGreaterThan(5 * clipped);
});

test('screws that are given are the ones in the scan', () => {
  const screw = {
    id: 'A',
    target: 'left-ilium',
    entryMm: [90, 10, 60],
    direction: [0, 0, 1],
    lengthMm: 30,
    diameterMm: 4.5,
  } as const;
  const { screws, metal } = pelvisOf({ ...COARSE, seed: 4, postoperative: true, screws: [screw] });
  expect(screws).toEqual([screw]);
  expect(metal).toEqual([{ kind: 'rod', fromMm: [90, 10, 60], toMm: [90, 10, 90], radiusMm: 2.25 }]);
});

test('heads stand on the ends that show, plates lie below them', () => {
  const bare = pelvisOf({ ...COARSE, seed: 4, postoperative: true, plate: true });
  const { screws, metal } = pelvisOf({ ...COARSE, seed: 4, postoperative: true, plate: true, heads: true });
  expect(metal.length - bare.metal.length).toBe(screws.length);
  for (const [i, s] of screws.entries()) {
    const top = sub(s.entryMm, scale(s.direction, s.head!.heightMm));
    expect(metalDistance(metal[screws.length + i], top)).toBeCloseTo(0, 9);
    const plates = metal.slice(2 * screws.length).map((m) => metalDistance(m, add(s.entryMm, s.direction)));
    expect(Math.min(...plates)).toBeLessThan(-0.9);
  }
});

test('a bar has its width and thickness', () => {
  const bar = {
    kind: 'bar',
    fromMm: [0, 0, 0],
    toMm: [0, 0, 30],
    across: [1, 0, 0.3],
    widthMm: 10,
    thicknessMm: 3,
  } as const;
  expect(metalDistance(bar, [5, 0, 15])).toBeCloseTo(0, 12);
  expect(metalDistance(bar, [0, 1.5, 15])).toBeCloseTo(0, 12);
  expect(metalDistance(bar, [0, 0, 31])).toBeCloseTo(1, 12);
  expect(metalDistance(bar, [8, 1.5 + 4, 15])).toBeCloseTo(5, 12);
});
