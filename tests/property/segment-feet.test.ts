import { beforeAll, expect, test } from 'vitest';
import {
  applyEdits,
  BONE_IDS,
  boneOf,
  type Feet,
  FOOT_NAMES,
  parseEdits,
  segmentFeet,
} from '../../src/segment/index.ts';
import { voxelise } from '../../src/surface/index.ts';
import { type FeetScan, scanFeet } from './plan-feet.ts';

const HINDFOOT = /talus|calcaneus|navicular|tibia|fibula/;
let scan: FeetScan;
let feet: Feet;
beforeAll(() => {
  scan = scanFeet([0.9, 0.9, 1]);
  feet = segmentFeet(scan.volume);
}, 240_000);

const centreOf = (id: string) => feet.bones.find((b) => `${b.side}-${b.bone}` === id)!.centre;
const voxels = ({ labels }: Feet, id: string) => {
  const { label } = boneOf(id);
  return labels.data.reduce((n, v) => n + (v === label ? 1 : 0), 0);
};

test('every bone of both feet is found without a click, with the right name on the right side', () => {
  const truth = scan.feet.imaged.filter(({ name }) => !name.includes('phalanx'));
  expect(feet.bones.map((b) => `${b.side}-${b.bone}`).sort()).toEqual(truth.map(({ name }) => name).sort());
  const low: string[] = [];
  for (const { name, mesh } of truth) {
    const inside = voxelise(mesh, scan.volume.grid).data;
    const { label } = boneOf(name);
    let [mine, theirs, both] = [0, 0, 0];
    for (let i = 0; i < inside.length; i++) {
      const a = feet.labels.data[i] === label;
      const b = inside[i] > 0.5;
      mine += a ? 1 : 0;
      theirs += b ? 1 : 0;
      both += a && b ? 1 : 0;
    }
    const dice = (2 * both) / (mine + theirs);
    // At 1 mm a metatarsal is four voxels thick, and half of them lie on its surface.
    const least = HINDFOOT.test(name) ? 0.94 : name.includes('metatarsal') ? 0.7 : 0.85;
    if (dice < least) low.push(`${name} ${dice.toFixed(3)}`);
  }
  expect(low).toEqual([]);
});

test('points name bones, and a point outside bone is refused', () => {
  const swapped = segmentFeet(scan.volume, {
    points: { 'left-cuboid': centreOf('left-navicular'), 'left-navicular': centreOf('left-cuboid') },
  });
  expect(voxels(swapped, 'left-cuboid')).toBeGreaterThan(0.95 * voxels(feet, 'left-navicular'));
  expect(() => segmentFeet(scan.volume, { points: { 'left-talus': [0, 0, 1e4] } })).toThrow(/segment.edit/);
  expect(() => segmentFeet(scan.volume, { points: { 'left-patella': [0, 0, 0] } })).toThrow(/param.unknown/);
}, 240_000);

test('edits: split and merge give the bone back, rename and include and exclude do what they say', () => {
  const edit = (from: Feet, ...edits: unknown[]) => applyEdits(from, scan.volume, parseEdits({ edits }, FOOT_NAMES));
  const merged = edit(feet, { op: 'merge', from: 'left-navicular', into: 'left-talus' });
  expect(voxels(merged, 'left-talus')).toBe(voxels(feet, 'left-talus') + voxels(feet, 'left-navicular'));
  const seeds = [centreOf('left-talus'), centreOf('left-navicular')];
  const parted = edit(merged, { op: 'split', bone: 'left-talus', seeds, into: 'left-navicular' });
  const back = voxels(parted, 'left-navicular') / voxels(feet, 'left-navicular');
  expect(back).toBeGreaterThan(0.9);
  expect(back).toBeLessThan(1.1);
  const stroke = [{ points: [centreOf('left-calcaneus')], radiusMm: 4 }];
  const cut = edit(feet, { op: 'exclude', bone: 'left-calcaneus', strokes: stroke });
  const ball = (4 / 3) * Math.PI * 64;
  const lost = (voxels(feet, 'left-calcaneus') - voxels(cut, 'left-calcaneus')) * 0.9 * 0.9;
  expect(Math.abs(lost - ball)).toBeLessThan(0.05 * ball);
  const whole = edit(cut, { op: 'include', bone: 'left-calcaneus', strokes: stroke });
  expect(voxels(whole, 'left-calcaneus')).toBe(voxels(feet, 'left-calcaneus'));
  const alone = edit(
    feet,
    { op: 'merge', from: 'right-cuboid', into: 'right-calcaneus' },
    { op: 'rename', from: 'left-cuboid', to: 'right-cuboid' },
  );
  expect(voxels(alone, 'right-cuboid')).toBe(voxels(feet, 'left-cuboid'));
  expect(voxels(alone, 'left-cuboid')).toBe(0);
}, 240_000);

test('edits of bones that are not there, unknown keys and motions that are not rigid are refused by their number', () => {
  const refuse = (...edits: unknown[]) =>
    expect(() => applyEdits(feet, scan.volume, parseEdits({ edits }, FOOT_NAMES)), JSON.stringify(edits));
  const ok = { op: 'merge', from: 'left-cuboid', into: 'left-talus' };
  refuse(ok, ok).toThrow(/edit 2/);
  refuse({ op: 'paint', bone: 'left-talus' }).toThrow(/segment.edit/);
  refuse({ ...ok, colour: 'red' }).toThrow(/unknown key/);
  refuse({ op: 'exclude', bone: 'left-talus', strokes: [{ points: [[0, 0, 0]], radiusMm: -1 }] }).toThrow(/radiusMm/);
  refuse({ op: 'move', bone: 'left-talus', transform: Array(16).fill(1) }).toThrow(/rigid/);
  refuse({ op: 'rename', from: 'left-talus', to: 'right-talus' }).toThrow(/there already/);
  expect(BONE_IDS).toHaveLength(28);
});
