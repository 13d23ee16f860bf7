import { describe, expect, test } from 'vitest';
import type { Vec3 } from '../../src/base/index.ts';
import { axisGrid } from '../../src/volume/index.ts';
import {
  isStandard,
  letters,
  lpsFromPane,
  type PaneView,
  PLANE_NAMES,
  paneFromLps,
  STANDARD_PLANES,
  stepMm,
  turned,
} from '../../web/engine/planes.ts';
import { huAt, huInBall } from '../../web/engine/probe.ts';
import { thinnedGrid, thinningOf } from '../../web/engine/volume-texture.ts';

const view = (name: keyof typeof STANDARD_PLANES): PaneView => ({
  plane: STANDARD_PLANES[name],
  middle: [10, 20, 30],
  mmPerPx: 0.5,
  width: 400,
  height: 300,
});

describe('sides of the patient on the screen', () => {
  // LPS: +x is the patient's left, +y the back, +z the head.
  test.each([
    ['axial', { right: 'L', left: 'R', top: 'A', bottom: 'P', viewer: 'I' }],
    ['coronal', { right: 'L', left: 'R', top: 'S', bottom: 'I', viewer: 'A' }],
    ['sagittal', { right: 'P', left: 'A', top: 'S', bottom: 'I', viewer: 'L' }],
  ] as const)('%s follows the radiological convention', (name, wanted) => {
    const { right, up, normal } = STANDARD_PLANES[name];
    const back = (v: Vec3): Vec3 => [-v[0], -v[1], -v[2]];
    expect({
      right: letters(right),
      left: letters(back(right)),
      top: letters(up),
      bottom: letters(back(up)),
      viewer: letters(normal),
    }).toEqual(wanted);
  });

  test('a point more to the left of the patient is more to the right of an axial and a coronal picture', () => {
    for (const name of ['axial', 'coronal'] as const) {
      const a = paneFromLps(view(name), [10, 20, 30]);
      const b = paneFromLps(view(name), [15, 20, 30]);
      expect(b[0] - a[0]).toBeCloseTo(10, 10);
      expect(b[1]).toBeCloseTo(a[1], 10);
    }
  });

  test('leaning directions get two letters, the stronger first', () => {
    expect(letters([1, 0.6, 0])).toBe('LP');
    expect(letters([0.2, -0.6, 1])).toBe('SA');
  });
});

test('pixel and patient point are each other’s inverse', () => {
  for (const name of PLANE_NAMES) {
    const v = view(name);
    const p = lpsFromPane(v, 123, 45);
    const [x, y, off] = paneFromLps(v, p);
    expect([x, y, off]).toEqual([expect.closeTo(123, 9), expect.closeTo(45, 9), expect.closeTo(0, 9)]);
  }
});

test('a plane turned all the way round in many steps is itself', () => {
  let plane = STANDARD_PLANES.coronal;
  for (let i = 0; i < 720; i++) plane = turned(plane, [0, 0, 1], Math.PI / 360);
  expect(isStandard({ ...STANDARD_PLANES, coronal: plane })).toBe(true);
});

test('a step of the wheel is one slice along an axis', () => {
  const grid = axisGrid([100, 90, 80], [0.4, 0.5, 0.6], [0, 0, 0]);
  expect(stepMm(grid, [0, 0, 1])).toBeCloseTo(0.6, 12);
  expect(stepMm(grid, [0, 1, 0])).toBeCloseTo(0.5, 12);
});

describe('grey values', () => {
  const grid = axisGrid([4, 5, 6], [2, 1, 3], [10, -5, 7]);
  // Linear in the patient, so interpolation is exact.
  const hu = new Int16Array(120);
  for (let z = 0, i = 0; z < 6; z++)
    for (let y = 0; y < 5; y++) for (let x = 0; x < 4; x++, i++) hu[i] = 10 * x + 20 * y - 30 * z;
  test('between voxels they are interpolated, outside there are none', () => {
    expect(huAt(grid, hu, [10 + 2 * 1.5, -5 + 2.25, 7 + 3 * 3.5])).toBeCloseTo(15 + 45 - 105, 9);
    expect(huAt(grid, hu, [0, 0, 0])).toBeNaN();
  });
  test('statistics of a ball', () => {
    const s = huInBall(grid, hu, [14, -3, 16], 1.1);
    expect([s.count, s.mean, s.min, s.max]).toEqual([3, 20 + 40 - 90, -50, -10]);
  });
});

describe('texture memory', () => {
  test('500 slices of 512 × 512 fit when they may, and are thinned when they may not', () => {
    expect(thinningOf([512, 512, 500], 512 << 20)).toEqual([1, 1, 1]);
    const by = thinningOf([512, 512, 500]);
    const n = [512, 512, 500].map((v, k) => Math.ceil(v / by[k]));
    expect(n[0] * n[1] * n[2] * 3).toBeLessThanOrEqual(256 << 20);
  });
  test('a thinned grid keeps its voxels where they were', () => {
    const grid = axisGrid([9, 8, 7], [1, 2, 3], [4, 5, 6]);
    const thin = thinnedGrid(grid, [2, 1, 4]);
    expect(thin.size).toEqual([5, 8, 2]);
    expect(thin.lpsFromVoxel.m).toEqual([2, 0, 0, 4, 0, 2, 0, 5, 0, 0, 12, 6]);
  });
});
