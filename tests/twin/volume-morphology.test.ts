import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Vec3 } from '../../src/base/index.ts';
import {
  axisGrid,
  boxOf,
  close,
  createVolume,
  crop,
  cropOrPad,
  dilate,
  erode,
  fillHoles,
  growBox,
  open,
  paste,
  spacingMm,
  uncrop,
  type Volume,
} from '../../src/volume/index.ts';

type Mask = Volume<'label', Uint8Array>;
const at = (o: number, [nx, ny]: Vec3): Vec3 => [o % nx, Math.floor(o / nx) % ny, Math.floor(o / (nx * ny))];
const inGrid = (p: readonly number[], size: Vec3) => p.every((c, i) => c >= 0 && c < size[i]);
const index = ([x, y, z]: readonly number[], [nx, ny]: Vec3) => (z * ny + y) * nx + x;

function randomMask(size: Vec3, spacing: Vec3, seed: number, share: number): Mask {
  const rng = createRng(seed);
  const data = Uint8Array.from({ length: size[0] * size[1] * size[2] }, () => (rng() < share ? 1 : 0));
  return createVolume(axisGrid(size, spacing, [0, 0, 0]), 'label', data);
}

/** All steps of at most r mm. */
function ball(mask: Mask, r: number): Vec3[] {
  const s = spacingMm(mask.grid);
  const n = s.map((x) => Math.ceil(r / x));
  const out: Vec3[] = [];
  for (let z = -n[2]; z <= n[2]; z++)
    for (let y = -n[1]; y <= n[1]; y++)
      for (let x = -n[0]; x <= n[0]; x++)
        if ((x * s[0]) ** 2 + (y * s[1]) ** 2 + (z * s[2]) ** 2 <= r * r * (1 + 1e-6)) out.push([x, y, z]);
  return out;
}

/** Value under the ball: any (dilation) or all (erosion); voxels outside the grid do not count. */
function obvious(mask: Mask, r: number, kind: 'any' | 'all'): Mask {
  const { size } = mask.grid;
  const steps = ball(mask, r);
  const data = mask.data.map((_, o) => {
    const p = at(o, size);
    const under = steps
      .map((s) => p.map((c, i) => c + s[i]))
      .filter((q) => inGrid(q, size))
      .map((q) => mask.data[index(q, size)] === 1);
    return (kind === 'any' ? under.some(Boolean) : under.every(Boolean)) ? 1 : 0;
  });
  return { ...mask, data };
}

/** Background that a flood from the rim cannot reach; in one plane when `across` is given. */
function obviousFill(mask: Mask, across?: number): Uint8Array {
  const { size } = mask.grid;
  const reached = new Uint8Array(mask.data.length);
  const stack: number[] = [];
  const axes = [0, 1, 2].filter((a) => a !== across);
  mask.data.forEach((m, o) => {
    const p = at(o, size);
    if (!m && axes.some((a) => p[a] === 0 || p[a] === size[a] - 1)) stack.push(o);
  });
  for (let o = stack.pop(); o !== undefined; o = stack.pop()) {
    if (reached[o]) continue;
    reached[o] = 1;
    for (const a of axes)
      for (const d of [-1, 1]) {
        const q = [...at(o, size)];
        q[a] += d;
        if (inGrid(q, size) && !mask.data[index(q, size)]) stack.push(index(q, size));
      }
  }
  return mask.data.map((_, o) => (reached[o] ? 0 : 1));
}

const side = fc.integer({ min: 1, max: 8 });
const sizes = fc.tuple(side, side, side) as fc.Arbitrary<Vec3>;
const spacings = fc.constantFrom<Vec3>([1, 1, 1], [0.49, 0.49, 0.625], [0.4, 0.9, 1.3]);
const shares = fc.constantFrom(0, 0.05, 0.4, 0.8, 1);

describe('morphology', () => {
  test('agrees with moving a ball over every voxel', () => {
    fc.assert(
      fc.property(
        sizes,
        spacings,
        fc.integer(),
        shares,
        fc.constantFrom(0, 0.5, 1, 1.7),
        (size, spacing, seed, share, r) => {
          const mask = randomMask(size, spacing, seed, share);
          expect(dilate(mask, r).data).toEqual(obvious(mask, r, 'any').data);
          expect(erode(mask, r).data).toEqual(obvious(mask, r, 'all').data);
          expect(open(mask, r).data).toEqual(obvious(obvious(mask, r, 'all'), r, 'any').data);
          const more: Vec3 = [6, 6, 6];
          const wide = growBox({ lo: [0, 0, 0], hi: size }, more);
          const closed = obvious(obvious(cropOrPad(mask, wide), r, 'any'), r, 'all');
          expect(close(mask, r).data).toEqual(
            crop(closed, { lo: more, hi: [size[0] + 6, size[1] + 6, size[2] + 6] }).data,
          );
        },
      ),
      { seed: 12, numRuns: 60 },
    );
  });

  test('refuses a negative radius', () => {
    expect(() => dilate(randomMask([2, 2, 2], [1, 1, 1], 1, 0.5), -1)).toThrow('param.range');
  });
});

describe('fill holes', () => {
  test('agrees with a flood from the rim, in space and in planes across each axis', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer(),
        fc.constantFrom(0.3, 0.6, 0.8),
        fc.constantFrom(undefined, 0, 1, 2),
        (size, seed, share, across) => {
          const mask = randomMask(size, [1, 1, 1], seed, share);
          expect(fillHoles(mask, across === undefined ? {} : { across: across as 0 | 1 | 2 }).data).toEqual(
            obviousFill(mask, across),
          );
        },
      ),
      { seed: 13, numRuns: 300 },
    );
  });

  test('leaves large holes on request', () => {
    const mask = randomMask([7, 7, 7], [1, 1, 1], 1, 1);
    mask.data.fill(0, index([1, 3, 3], [7, 7, 7]), index([4, 3, 3], [7, 7, 7]));
    expect(fillHoles(mask, { maxVoxels: 2 }).data).toEqual(mask.data);
    expect(fillHoles(mask, { maxVoxels: 3 }).data.every((v) => v === 1)).toBe(true);
  });
});

describe('boxes', () => {
  test('around labels, in and out of the grid, and back', () => {
    fc.assert(
      fc.property(sizes, fc.integer(), (size, seed) => {
        const mask = randomMask(size, [1, 2, 3], seed, 0.1);
        const box = boxOf(mask);
        const set = [...mask.data.keys()].filter((o) => mask.data[o]).map((o) => at(o, size));
        if (!box) expect(set).toEqual([]);
        else {
          expect(box.lo).toEqual([0, 1, 2].map((i) => Math.min(...set.map((p) => p[i]))));
          expect(box.hi).toEqual([0, 1, 2].map((i) => Math.max(...set.map((p) => p[i])) + 1));
          expect(uncrop(crop(mask, box), mask.grid, box.lo)).toEqual(mask);
          const wide = growBox(box, [2, 3, 1]);
          const part = cropOrPad(mask, wide);
          expect(part.data.reduce((a, b) => a + b, 0)).toBe(set.length);
          expect(paste({ ...mask, data: new Uint8Array(mask.data.length) }, part, wide.lo)).toEqual(mask);
        }
      }),
      { seed: 14, numRuns: 100 },
    );
  });

  test('padding shows its value and moves the origin', () => {
    const v = createVolume(axisGrid([2, 1, 1], [2, 1, 1], [10, 0, 0]), 'hu', Int16Array.of(5, 6));
    const wide = cropOrPad(v, { lo: [-1, 0, 0], hi: [3, 1, 1] }, -1000);
    expect([...wide.data]).toEqual([-1000, 5, 6, -1000]);
    expect(wide.grid.lpsFromVoxel.m[3]).toBe(8);
  });
});
