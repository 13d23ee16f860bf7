import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Vec3 } from '../../src/base/index.ts';
import {
  axisGrid,
  type Connectivity,
  componentBox,
  components,
  createVolume,
  keepLargest,
  labelRuns,
  paintComponents,
  removeSmall,
  threshold,
  thresholdComponents,
  volumeFromRuns,
} from '../../src/volume/index.ts';

/** Flood fill, voxel by voxel: the obvious way. Returns labels in order of memory. */
function flood(mask: ArrayLike<number>, [nx, ny, nz]: Vec3, connectivity: Connectivity): Int32Array {
  const out = new Int32Array(mask.length);
  let next = 0;
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || out[start]) continue;
    out[start] = ++next;
    const stack = [start];
    for (let o = stack.pop(); o !== undefined; o = stack.pop()) {
      const x = o % nx;
      const y = Math.floor(o / nx) % ny;
      const z = Math.floor(o / (nx * ny));
      for (let dz = -1; dz <= 1; dz++)
        for (let dy = -1; dy <= 1; dy++)
          for (let dx = -1; dx <= 1; dx++) {
            const steps = Math.abs(dx) + Math.abs(dy) + Math.abs(dz);
            if (steps > (connectivity === 6 ? 1 : connectivity === 18 ? 2 : 3)) continue;
            const [i, j, k] = [x + dx, y + dy, z + dz];
            if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue;
            const p = (k * ny + j) * nx + i;
            if (mask[p] && !out[p]) {
              out[p] = next;
              stack.push(p);
            }
          }
    }
  }
  return out;
}

/** Renumbers by falling size, ties by first voxel. */
function bySize(labels: Int32Array): Int32Array {
  const sizes: number[] = [];
  for (const l of labels) if (l) sizes[l] = (sizes[l] ?? 0) + 1;
  const order = sizes.map((_, l) => l).filter((l) => l > 0);
  order.sort((a, b) => sizes[b] - sizes[a] || a - b);
  return labels.map((l) => (l ? order.indexOf(l) + 1 : 0));
}

const randomVolume = (size: Vec3, seed: number, share: number) => {
  const rng = createRng(seed);
  const data = Int16Array.from({ length: size[0] * size[1] * size[2] }, () => (rng() < share ? 300 : -50));
  return createVolume(axisGrid(size, [1, 1, 1], [0, 0, 0]), 'hu', data);
};

const side = fc.integer({ min: 1, max: 9 });
const cases = fc.tuple(
  fc.tuple(side, side, side),
  fc.integer(),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom<Connectivity>(6, 18, 26),
);

describe('components', () => {
  test('agree with a flood fill on random voxels, for every connectivity', () => {
    fc.assert(
      fc.property(cases, ([size, seed, share, connectivity]) => {
        const v = randomVolume(size as Vec3, seed, share);
        const mask = threshold(v, 226, 3071);
        expect(mask.data).toEqual(Uint8Array.from(v.data, (x) => (x >= 226 && x <= 3071 ? 1 : 0)));
        const found = thresholdComponents(v, 226, 3071, { connectivity });
        const expected = bySize(flood(mask.data, v.grid.size, connectivity));
        expect(paintComponents(found, v.grid).data).toEqual(expected);
        expect(found.count).toBe(expected.reduce((a, b) => Math.max(a, b), 0));
        for (let l = 1; l <= found.count; l++) {
          const lo = [99, 99, 99];
          const hi = [0, 0, 0];
          let n = 0;
          expected.forEach((e, o) => {
            if (e !== l) return;
            n++;
            const at = [o % size[0], Math.floor(o / size[0]) % size[1], Math.floor(o / (size[0] * size[1]))];
            at.forEach((x, i) => {
              lo[i] = Math.min(lo[i], x);
              hi[i] = Math.max(hi[i], x + 1);
            });
          });
          expect(found.voxels[l]).toBe(n);
          expect(componentBox(found, l)).toEqual({ lo, hi });
        }
        expect(keepLargest(mask, connectivity).data).toEqual(Uint8Array.from(expected, (l) => (l === 1 ? 1 : 0)));
        expect(removeSmall(mask, 3, connectivity).data).toEqual(
          Uint8Array.from(expected, (l) => (l > 0 && found.voxels[l] >= 3 ? 1 : 0)),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('inside a box see nothing outside it', () => {
    const v = randomVolume([9, 8, 7], 5, 0.5);
    const box = { lo: [2, 1, 3] as Vec3, hi: [8, 6, 6] as Vec3 };
    const clipped = v.data.map((x, o) => {
      const at = [o % 9, Math.floor(o / 9) % 8, Math.floor(o / 72)];
      return at.every((c, i) => c >= box.lo[i] && c < box.hi[i]) ? x : -1000;
    });
    const inside = thresholdComponents(v, 0, 1000, { box });
    const expected = components(threshold({ ...v, data: clipped }, 0, 1000));
    expect(paintComponents(inside, v.grid).data).toEqual(paintComponents(expected, v.grid).data);
  });

  test('labels survive coding as runs', () => {
    fc.assert(
      fc.property(fc.tuple(side, side, side), fc.integer(), (size, seed) => {
        const rng = createRng(seed);
        const data = Int32Array.from({ length: size[0] * size[1] * size[2] }, () => Math.floor(rng() * 4) * 20_000_000);
        const v = createVolume(axisGrid(size as Vec3, [1, 1, 1], [0, 0, 0]), 'label', data);
        expect(volumeFromRuns(labelRuns(v), v.grid).data).toEqual(data);
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});
