import { beforeAll, expect, test } from 'vitest';
import { ctOfPelvis, type NamedMesh, pelvisOf } from '../../src/phantom/index.ts';
import { type PelvicId, type Pelvis, pelvicName, segmentPelvis } from '../../src/segment/index.ts';
import { voxelise } from '../../src/surface/index.ts';
import type { Volume } from '../../src/volume/index.ts';

const COARSE = { spacingMm: [1.2, 1.2, 1.2], detailMm: 1.5 } as const;
let ct: Volume<'hu'>;
let truth: readonly NamedMesh[];
let pelvis: Pelvis;
beforeAll(() => {
  const phantom = pelvisOf({ ...COARSE, seed: 5, affectedSide: 'right' });
  truth = phantom.imaged;
  ct = ctOfPelvis(phantom);
  pelvis = segmentPelvis(ct, { affectedSide: 'right' });
}, 400_000);

const names = ({ bones }: Pelvis) => bones.map((b) => b.name).sort();
const diceOf = ({ labels }: Pelvis, { name, mesh }: NamedMesh): number => {
  const inside = voxelise(mesh, labels.grid).data;
  const { label } = pelvicName(name);
  let [both, sum] = [0, 0];
  for (let i = 0; i < inside.length; i++) {
    const [a, b] = [labels.data[i] === label, inside[i] > 0.5];
    sum += (a ? 1 : 0) + (b ? 1 : 0);
    if (a && b) both++;
  }
  return (2 * both) / sum;
};

test('bones and fragments are found without a click, apart, each by its name', () => {
  expect(names(pelvis)).toEqual(truth.map((t) => t.name).sort());
  expect(pelvis.findings).toEqual([]);
  for (const bone of truth) expect(diceOf(pelvis, bone), bone.name).toBeGreaterThan(0.95);
});

test('neighbours are mutual, with equal areas; volumes and middles are those of the labels', () => {
  const of = (name: PelvicId) => pelvis.bones.find((b) => b.name === name)!;
  for (const bone of pelvis.bones) {
    expect(bone.label).toBe(pelvicName(bone.name).label);
    for (const { name, areaMm2 } of bone.neighbours)
      expect(of(name).neighbours.find((n) => n.name === bone.name)?.areaMm2).toBe(areaMm2);
    const voxels = pelvis.labels.data.reduce((n, v) => n + (v === bone.label ? 1 : 0), 0);
    expect(bone.volumeMm3).toBeCloseTo(voxels * 1.2 * 1.2 * 1.2, 3);
  }
  expect(of('right-ilium').neighbours.map((n) => n.name)).toContain('sacrum');
  expect(of('right-posterior-column').neighbours.map((n) => n.name)).toContain('right-ilium');
  expect(of('left-femur').cut).toBe(true);
  expect(of('right-ilium').cut).toBe(false);
});

test('the wrong side, a missing name and a point outside bone are refused', () => {
  expect(() => segmentPelvis(ct, { affectedSide: 'left' })).toThrow(/segment.wrong-side/);
  expect(() => segmentPelvis(ct, { points: { 'left-ilium': [0, 0, 1e4] } })).toThrow(/segment.edit/);
  expect(() => segmentPelvis(ct, { points: { 'left-talus': [0, 0, 0] } as object })).toThrow(/param.unknown/);
}, 400_000);

test('after surgery hip bones are whole, and screws stay out of them where they stand out', () => {
  const after = pelvisOf({ ...COARSE, seed: 6, postoperative: true });
  const found = segmentPelvis(ctOfPelvis(after), { affectedSide: 'left', postoperative: true });
  expect(names(found)).toEqual(['left-femur', 'left-hip-bone', 'right-femur', 'right-hip-bone', 'sacrum']);
  expect(found.findings.map((f) => f.code)).toEqual(['segment.metal']);
  const volume = (name: string) => found.bones.find((b) => b.name === name)!.volumeMm3;
  // Both sides are mirror images, and screws are small.
  expect(volume('left-hip-bone') / volume('right-hip-bone')).toBeCloseTo(1, 1);
}, 400_000);

test('no fracture is found where there is none', () => {
  const found = segmentPelvis(ctOfPelvis(pelvisOf({ ...COARSE, seed: 5, fracture: 'none' })), { affectedSide: 'left' });
  expect(names(found)).toEqual(['left-femur', 'left-hip-bone', 'right-femur', 'right-hip-bone', 'sacrum']);
  expect(found.findings.map((f) => [f.level, f.code])).toEqual([['blocker', 'segment.no-fracture']]);
}, 400_000);
