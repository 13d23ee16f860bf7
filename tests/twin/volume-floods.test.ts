import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng, type Vec3 } from '../../src/base/index.ts';
import {
  axisGrid,
  type Connectivity,
  createVolume,
  distanceInMask,
  distanceMaxima,
  geodesicTerritories,
  growRegion,
  spacingMm,
  thresholdComponents,
  type Volume,
  watershed,
} from '../../src/volume/index.ts';

const at = (o: number, [nx, ny]: Vec3): Vec3 => [o % nx, Math.floor(o / nx) % ny, Math.floor(o / (nx * ny))];

/** Neighbours in order of memory, with the step that leads there. */
function around(o: number, size: Vec3, connectivity: Connectivity): { p: number; step: Vec3 }[] {
  const [x, y, z] = at(o, size);
  const out: { p: number; step: Vec3 }[] = [];
  for (let dz = -1; dz <= 1; dz++)
    for (let dy = -1; dy <= 1; dy++)
      for (let dx = -1; dx <= 1; dx++) {
        const n = Math.abs(dx) + Math.abs(dy) + Math.abs(dz);
        if (n === 0 || n > (connectivity === 6 ? 1 : connectivity === 18 ? 2 : 3)) continue;
        const to = [x + dx, y + dy, z + dz];
        if (to.some((c, i) => c < 0 || c >= size[i])) continue;
        out.push({ p: (to[2] * size[1] + to[1]) * size[0] + to[0], step: [dx, dy, dz] });
      }
  return out;
}

const side = fc.integer({ min: 1, max: 7 });
const sizes = fc.tuple(side, side, side) as fc.Arbitrary<Vec3>;
const connectivities = fc.constantFrom<Connectivity>(6, 18, 26);

function scene(size: Vec3, seed: number, levels: number) {
  const rng = createRng(seed);
  const n = size[0] * size[1] * size[2];
  const grid = axisGrid(size, [0.5, 0.7, 1.1], [0, 0, 0]);
  const landscape = createVolume(
    grid,
    'hu',
    Int16Array.from({ length: n }, () => Math.floor(rng() * levels) - 2),
  );
  const markers = createVolume(
    grid,
    'label',
    Int32Array.from({ length: n }, () => (rng() < 0.04 ? 1 + Math.floor(rng() * 5) : 0)),
  );
  const mask = createVolume(
    grid,
    'label',
    Uint8Array.from({ length: n }, () => (rng() < 0.8 ? 1 : 0)),
  );
  return { grid, landscape, markers, mask };
}

/** The same flood with a list that is searched for its lowest, earliest entry. */
function obviousWatershed(v: Volume, markers: Volume, mask: Volume, connectivity: Connectivity, ridges: boolean) {
  const { size } = v.grid;
  const label = Array.from(markers.data, (m, o) => (mask.data[o] ? m : -3));
  const list: { o: number; level: number }[] = [];
  const take = () => {
    let best = 0;
    for (let i = 1; i < list.length; i++) if (list[i].level < list[best].level) best = i;
    return list.splice(best, 1)[0];
  };
  const reach = (o: number, level: number, mark: number) => {
    for (const { p } of around(o, size, connectivity))
      if (label[p] === 0) {
        label[p] = mark;
        list.push({ o: p, level: Math.max(level, v.data[p]) });
      }
  };
  for (let o = 0; o < label.length; o++)
    if (label[o] > 0 && ridges) reach(o, v.data[o], -1);
    else if (label[o] > 0) list.push({ o, level: v.data[o] });
  while (list.length > 0) {
    const { o, level } = take();
    if (ridges) {
      const met = new Set(
        around(o, size, connectivity)
          .map(({ p }) => label[p])
          .filter((l) => l > 0),
      );
      label[o] = met.size === 1 ? [...met][0] : -2;
    }
    if (label[o] > 0) reach(o, level, ridges ? -1 : label[o]);
  }
  return Int32Array.from(label, (l) => Math.max(0, l));
}

describe('watershed', () => {
  test('agrees with a flood from a searched list, with and without ridges, flat ground included', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer(),
        fc.constantFrom(1, 3, 1000),
        connectivities,
        fc.boolean(),
        (size, seed, levels, connectivity, ridges) => {
          const { landscape, markers, mask } = scene(size, seed, levels);
          const got = watershed(landscape, markers, { mask, connectivity, ridges }).data;
          expect(got).toEqual(obviousWatershed(landscape, markers, mask, connectivity, ridges));
          const float = createVolume(
            landscape.grid,
            'mm',
            Float32Array.from(landscape.data, (x) => x * 0.37),
          );
          expect(watershed(float, markers, { mask, connectivity, ridges }).data).toEqual(got);
        },
      ),
      { seed: 8, numRuns: 200 },
    );
  });

  test('parts two overlapping balls at the plane between them', () => {
    const grid = axisGrid([80, 50, 50], [0.5, 0.5, 0.5], [0, 0, 0]);
    const inBall = ([x, y, z]: Vec3, cx: number) => (x - cx) ** 2 + (y - 25) ** 2 + (z - 25) ** 2 <= 20 * 20;
    const mask = createVolume(
      grid,
      'label',
      Uint8Array.from({ length: 200000 }, (_, o) =>
        inBall(at(o, grid.size), 25) || inBall(at(o, grid.size), 54) ? 1 : 0,
      ),
    );
    const depth = distanceInMask(mask);
    const { markers, peaks } = distanceMaxima(depth, 1);
    expect(peaks.length).toBe(2);
    expect(Math.abs(peaks[0].height - 10)).toBeLessThan(0.6);
    const labels = watershed({ ...depth, data: depth.data.map((d) => -d) }, markers, { mask }).data;
    let wrong = 0;
    labels.forEach((l, o) => {
      const x = at(o, grid.size)[0];
      if (l > 0 !== (mask.data[o] === 1)) wrong++;
      if (l > 0 && Math.abs(x - 39.5) > 1 && (l === labels[(25 * 50 + 25) * 80 + 25]) !== x < 39.5) wrong++;
    });
    expect(wrong).toBe(0);
  });
});

describe('maxima', () => {
  test('are the tops that no way connects to a higher one without coming down far enough', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer(),
        fc.constantFrom(0.5, 2, 5),
        connectivities,
        (size, seed, minRise, connectivity) => {
          const rng = createRng(seed);
          const data = Float32Array.from({ length: size[0] * size[1] * size[2] }, () =>
            Math.max(0, Math.floor(rng() * 12) - 2),
          );
          const { markers, peaks } = distanceMaxima(
            createVolume(axisGrid(size, [1, 1, 1], [0, 0, 0]), 'mm', data),
            minRise,
            connectivity,
          );
          const higher = (a: number, b: number) => data[a] > data[b] || (data[a] === data[b] && a < b);
          const expected: number[] = [];
          data.forEach((height, o) => {
            if (height <= 0) return;
            const seen = new Set([o]);
            const stack = [o];
            while (stack.length)
              for (const { p } of around(stack.pop()!, size, connectivity))
                if (!seen.has(p) && data[p] > 0 && data[p] > height - minRise) {
                  seen.add(p);
                  stack.push(p);
                }
            if (![...seen].some((p) => higher(p, o))) expected.push(o);
          });
          expected.sort((a, b) => data[b] - data[a] || a - b);
          expect(peaks.map(({ voxel: [x, y, z] }) => (z * size[1] + y) * size[0] + x)).toEqual(expected);
          expected.forEach((o, i) => {
            expect(markers.data[o]).toBe(i + 1);
          });
        },
      ),
      { seed: 9, numRuns: 200 },
    );
  });
});

describe('region growing', () => {
  test('finds the component of the seed', () => {
    fc.assert(
      fc.property(sizes, fc.integer(), connectivities, (size, seed, connectivity) => {
        const { landscape } = scene(size, seed, 12);
        const o = landscape.data.findIndex((v) => v >= 3 && v <= 8);
        if (o < 0) {
          expect(() => growRegion(landscape, [0, 0, 0], 3, 8)).toThrow('volume.empty');
          return;
        }
        const grown = growRegion(landscape, at(o, size), 3, 8, { connectivity });
        const found = thresholdComponents(landscape, 3, 8, { connectivity });
        const label = found.runs.label[0];
        expect(grown.voxels).toBe(found.voxels[label]);
        expect(grown.mask.data.reduce((a, b) => a + b, 0)).toBe(grown.voxels);
        expect(grown.mask.data[o]).toBe(1);
      }),
      { seed: 10, numRuns: 100 },
    );
  });

  test('says where it ran through a thin bridge, and is silent without one', () => {
    const grid = axisGrid([60, 20, 20], [1, 1, 1], [0, 0, 0]);
    const rng = createRng(3);
    const ball = (o: number, cx: number) => {
      const [x, y, z] = at(o, grid.size);
      return (x - cx) ** 2 + (y - 10) ** 2 + (z - 10) ** 2 < 64;
    };
    const make = (bridge: number) =>
      createVolume(
        grid,
        'hu',
        Int16Array.from({ length: 24000 }, (_, o) => {
          const [x, y, z] = at(o, grid.size);
          if (ball(o, 15) || ball(o, 44)) return 600 + 200 * (rng() - 0.5);
          return y === 10 && z === 10 && x > 15 && x < 44 ? bridge : -100 + 100 * (rng() - 0.5);
        }),
      );
    const leaking = growRegion(make(250), [15, 10, 10], 226, 3071);
    expect(leaking.findings.map((f) => f.code)).toEqual(['region.leak']);
    expect(leaking.findings[0].facts?.threshold).toBe(250);
    const tight = growRegion(make(200), [15, 10, 10], 226, 3071);
    expect(tight.findings).toEqual([]);
    expect(leaking.voxels).toBeGreaterThan(2 * tight.voxels);
  });
});

describe('geodesic territories', () => {
  test('agree with ways found by repeating until nothing improves', () => {
    fc.assert(
      fc.property(sizes, fc.integer(), connectivities, (size, seed, connectivity) => {
        const { landscape, markers, mask, grid } = scene(size, seed, 40);
        const cost = createVolume(
          grid,
          'fraction',
          Float32Array.from(landscape.data, (v) => v + 2.5),
        );
        const got = geodesicTerritories(cost, markers, { mask, connectivity });
        const s = spacingMm(grid);
        const reach = Float64Array.from(markers.data, (m, o) => (m > 0 && mask.data[o] ? 0 : Number.POSITIVE_INFINITY));
        for (let changed = true; changed; ) {
          changed = false;
          for (let o = 0; o < reach.length; o++)
            for (const { p, step } of mask.data[o] ? around(o, size, connectivity) : []) {
              if (!mask.data[p]) continue;
              const way =
                reach[o] +
                0.5 * (cost.data[o] + cost.data[p]) * Math.hypot(step[0] * s[0], step[1] * s[1], step[2] * s[2]);
              if (way < reach[p] - 1e-9) {
                reach[p] = way;
                changed = true;
              }
            }
        }
        got.reach.data.forEach((r, o) => {
          if (r === Number.POSITIVE_INFINITY) expect(reach[o]).toBe(r);
          else expect(Math.abs(r - reach[o])).toBeLessThan(1e-4 * (1 + reach[o]));
          const label = got.labels.data[o];
          expect(label > 0).toBe(r < Number.POSITIVE_INFINITY);
          // A seed, or some neighbour of the same label lies on the way.
          if (label > 0 && r > 0)
            expect(
              around(o, size, connectivity).some(
                ({ p, step }) =>
                  got.labels.data[p] === label &&
                  Math.abs(
                    got.reach.data[p] +
                      0.5 * (cost.data[o] + cost.data[p]) * Math.hypot(step[0] * s[0], step[1] * s[1], step[2] * s[2]) -
                      r,
                  ) <
                    1e-4 * (1 + r),
              ),
            ).toBe(true);
        });
      }),
      { seed: 11, numRuns: 100 },
    );
  });

  test('refuse a cost that is not positive', () => {
    const { landscape, markers } = scene([3, 3, 3], 1, 2);
    expect(() => geodesicTerritories(landscape, markers)).toThrow('param.range');
  });
});
