import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import {
  applyEdit,
  applyEdits,
  type Edit,
  type Feet,
  FOOT_NAMES,
  parseEdits,
  reachOfEdit,
} from '../../src/segment/index.ts';
import { axisGrid, createVolume } from '../../src/volume/index.ts';

// A block of 40 × 40 × 30 mm of soft tissue at 1 mm: two balls of bone, which end at x = ±2, a bridge of one voxel between
// them, and a crumb of seven.
const SIZE: Vec3 = [40, 40, 30];
const grid = axisGrid(SIZE, [1, 1, 1], [-20, -20, -15]);
const at = (x: number, y: number, z: number) => ((z + 15) * 40 + y + 20) * 40 + x + 20;
const hu = new Int16Array(40 * 40 * 30).fill(0);
const ball = (c: Vec3, r: number, act: (i: number) => void) => {
  for (let z = -15; z < 15; z++)
    for (let y = -20; y < 20; y++)
      for (let x = -20; x < 20; x++) if (Math.hypot(x - c[0], y - c[1], z - c[2]) <= r) act(at(x, y, z));
};
const bone = (i: number) => {
  hu[i] = 800;
};
ball([-9, 0, 0], 7, bone);
ball([9, 0, 0], 7, bone);
for (let x = -3; x <= 3; x++) hu[at(x, 0, 0)] = 800;
ball([0, 15, 10], 1, bone);

const ct = createVolume(grid, 'hu', hu);
const levels = { splitHu: 400, softHu: 0, boneHu: 800 };
const feet: Feet = {
  labels: createVolume(grid, 'label', new Uint8Array(hu.length)),
  bones: [],
  levels,
  findings: [],
  moves: new Map(),
};
const edited = (...edits: unknown[]) => applyEdits(feet, ct, parseEdits({ edits }, FOOT_NAMES));
const count = (f: Feet, label = 1) => f.labels.data.reduce((n, v) => n + (v === label ? 1 : 0), 0);
const box = [
  [-20, -20, -15],
  [20, 20, 15],
];
const ALL = { op: 'threshold', bone: 'left-talus', mode: 'add', lowHu: 400, highHu: 3000, box };
const balls = hu.reduce((n, v) => n + (v === 800 ? 1 : 0), 0);
const one = (() => {
  let n = 0;
  ball([9, 0, 0], 7, () => n++);
  return n;
})();

describe('edits with tools', () => {
  test('threshold takes what is in the range and the box, trim gives back what is not', () => {
    expect(count(edited(ALL))).toBe(balls);
    const half = { ...ALL, box: [box[0], [-0.5, 20, 15]] };
    expect(count(edited(half))).toBeLessThan(balls / 2 + 10);
    const stroke = { points: [[9, 0, 0]], radiusMm: 9 };
    const thick = { op: 'include', bone: 'left-talus', strokes: [stroke] };
    expect(count(edited(thick, { ...ALL, mode: 'trim' }))).toBe(one + 2);
  });

  test('growing stops at the range, the distance and other bones', () => {
    const grow = { op: 'grow', bone: 'left-talus', seed: [9, 0, 0], lowHu: 400, highHu: 3000 };
    expect(count(edited({ ...grow, limitMm: 100 }))).toBe(balls - 7);
    expect(count(edited({ ...grow, limitMm: 8 }))).toBe(one + 1);
    expect(() => edited({ ...grow, seed: [0, 15, -10], limitMm: 5 })).toThrow(/seed/);
  });

  test('islands: the largest piece, or all that are large enough', () => {
    expect(count(edited(ALL, { op: 'islands', bone: 'left-talus' }))).toBe(balls - 7);
    expect(count(edited(ALL, { op: 'islands', bone: 'left-talus', leastMm3: 7 }))).toBe(balls);
  });

  test('scissors cut through and through', () => {
    const polygon = [
      [-0.5, -30, 99],
      [30, -30, 99],
      [30, 12, 99],
      [-0.5, 12, 99],
    ];
    const cut = { op: 'scissors', bone: 'left-talus', polygon, direction: [0, 0, -1] };
    expect(count(edited(ALL, { ...cut, remove: 'outside' }))).toBe(one + 2);
    expect(count(edited(ALL, { ...cut, remove: 'inside' }))).toBe(balls - one - 2);
  });

  test('a plane cuts a bone in two, or one side of it away; a plane beside it is refused', () => {
    const plane = { op: 'cut', bone: 'left-talus', point: [-0.5, 40, 7], normal: [2, 0, 0] };
    const polygon = [
      [-0.5, -99, 0],
      [99, -99, 0],
      [99, 99, 0],
      [-0.5, 99, 0],
    ];
    const right = { op: 'scissors', bone: 'left-talus', polygon, direction: [0, 0, 1], remove: 'inside' };
    expect(edited(ALL, plane)).toEqual(edited(ALL, right));
    const parted = edited(ALL, { ...plane, into: 'left-calcaneus' });
    expect(count(parted, 1)).toBe(count(edited(ALL, plane)));
    expect(count(parted, 1) + count(parted, 2)).toBe(balls);
    // Turned round, the other side goes; a slanting plane keeps what a voxel by voxel test keeps.
    expect(count(edited(ALL, { ...plane, normal: [-1, 0, 0] }))).toBe(count(parted, 2));
    expect(() => edited(ALL, { ...plane, point: [99, 0, 0] })).toThrow(/does not pass/);
    expect(() => edited(ALL, { ...plane, normal: [0, 0, 0] })).toThrow(/edit 2/);
  });

  test('two seeds split what a bridge joins', () => {
    const seeds = [
      [-9, 0, 0],
      [9, 0, 0],
    ];
    const parted = edited(
      ALL,
      { op: 'islands', bone: 'left-talus' },
      { op: 'split', bone: 'left-talus', seeds, into: 'left-calcaneus' },
    );
    expect(Math.abs(count(parted, 1) - count(parted, 2))).toBeLessThan(12);
    expect(count(parted, 1) + count(parted, 2)).toBe(balls - 7);
  });

  test('between two discs lies a cone', () => {
    const disc = (z: number, r: number) => {
      const points: Vec3[] = [];
      for (let y = -r; y <= r; y++) for (let x = -r; x <= r; x++) if (Math.hypot(x, y) <= r) points.push([x, y, z]);
      return points.map((p) => ({ points: [p], radiusMm: 0.4 }));
    };
    const draw = { op: 'include', bone: 'left-cuboid', strokes: [...disc(-8, 10), ...disc(8, 4)] };
    const fill = {
      op: 'between',
      bone: 'left-cuboid',
      slices: [
        [0, 0, -8],
        [0, 0, 8],
      ],
      along: [0, 0, 1],
    };
    const cone = (Math.PI * 16 * (100.5 + 42 + 16.5)) / 3;
    expect(count(edited(draw, fill), 4)).toBeGreaterThan(0.93 * cone);
    expect(count(edited(draw, fill), 4)).toBeLessThan(1.12 * cone);
    expect(() =>
      edited(draw, {
        ...fill,
        slices: [
          [0, 0, -8],
          [0, 0, 11],
        ],
      }),
    ).toThrow(/both slices/);
  });

  test('a brush touches only the grey values and the bones it may', () => {
    const strokes = [{ points: [[9, 0, 0]], radiusMm: 10 }];
    const within = { lowHu: 400, highHu: 3000 };
    expect(count(edited({ op: 'include', bone: 'left-talus', strokes, within }))).toBe(one + 3);
    const over = { op: 'include', bone: 'left-calcaneus', strokes };
    expect(count(edited(ALL, over), 1)).toBe(balls);
    expect(count(edited(ALL, { ...over, over: 'bones' }), 1)).toBe(balls - one - 3);
  });

  test('nothing changes outside the reach of an edit', () => {
    const start = edited(ALL, { op: 'islands', bone: 'left-talus', leastMm3: 100 }).labels;
    const tried: Edit[] = parseEdits(
      {
        edits: [
          {
            op: 'include',
            bone: 'left-cuboid',
            strokes: [
              {
                points: [
                  [0, 0, 0],
                  [5, 5, 5],
                ],
                radiusMm: 3,
              },
            ],
          },
          { op: 'grow', bone: 'left-cuboid', seed: [0, 15, 10], lowHu: 400, highHu: 3000, limitMm: 5 },
          { op: 'rename', from: 'left-talus', to: 'right-talus' },
          {
            ...ALL,
            bone: 'left-cuboid',
            box: [
              [-3, 10, 5],
              [4, 18, 12],
            ],
          },
        ],
      },
      FOOT_NAMES,
    ).edits.slice();
    for (const edit of tried) {
      if (edit.op === 'move') continue;
      const labels = createVolume(grid, 'label', start.data.slice());
      const site = { labels, ct, levels, names: FOOT_NAMES };
      const { lo, hi } = reachOfEdit(site, edit)!;
      applyEdit(site, edit, 'here');
      let changed = 0;
      labels.data.forEach((v, i) => {
        if (v === start.data[i]) return;
        changed++;
        const p = [i % 40, Math.floor(i / 40) % 40, Math.floor(i / 1600)];
        expect(p.every((x, k) => x >= lo[k] && x < hi[k])).toBe(true);
      });
      expect(changed).toBeGreaterThan(0);
    }
  });

  test('what is not a tool is refused by its number and key', () => {
    expect(() => edited({ ...ALL, mode: 'replace' })).toThrow(/mode is add or trim/);
    expect(() => edited(ALL, { ...ALL, lowHu: 5, highHu: 1 })).toThrow(/edit 2/);
    expect(() =>
      edited(ALL, { op: 'scissors', bone: 'left-talus', polygon: box, direction: [0, 0, 1], remove: 'inside' }),
    ).toThrow(/three points/);
  });
});
