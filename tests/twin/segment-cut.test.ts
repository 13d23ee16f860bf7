import { expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { assign } from '../../src/segment/assign.ts';
import { minCut } from '../../src/segment/min-cut.ts';

test('a minimal cut costs what the best of all 2^n partitions costs', () => {
  const rng = createRng(11);
  const below = (n: number) => Math.floor(rng() * n);
  for (let trial = 0; trial < 200; trial++) {
    const [nx, ny, nz] = [1 + below(3), 1 + below(2), 1 + below(2)];
    const count = nx * ny * nz;
    const neighbours = new Int32Array(6 * count).fill(-1);
    const capacity = new Int32Array(6 * count);
    const at = (x: number, y: number, z: number) => (z * ny + y) * nx + x;
    const join = (i: number, j: number, face: number) => {
      const c = below(20);
      neighbours[6 * i + face] = j;
      neighbours[6 * j + face - 1] = i;
      capacity[6 * i + face] = capacity[6 * j + face - 1] = c;
    };
    for (let z = 0; z < nz; z++)
      for (let y = 0; y < ny; y++)
        for (let x = 0; x < nx; x++) {
          if (x + 1 < nx) join(at(x, y, z), at(x + 1, y, z), 1);
          if (y + 1 < ny) join(at(x, y, z), at(x, y + 1, z), 3);
          if (z + 1 < nz) join(at(x, y, z), at(x, y, z + 1), 5);
        }
    const first = Int32Array.from({ length: count }, () => below(15));
    const second = Int32Array.from({ length: count }, () => below(15));
    const costOf = (isFirst: (i: number) => boolean): number => {
      let cost = 0;
      for (let i = 0; i < count; i++) {
        cost += isFirst(i) ? second[i] : first[i];
        for (let f = 1; f < 6; f += 2) {
          const j = neighbours[6 * i + f];
          if (j >= 0 && isFirst(i) !== isFirst(j)) cost += capacity[6 * i + f];
        }
      }
      return cost;
    };
    let best = Number.POSITIVE_INFINITY;
    for (let mask = 0; mask < 1 << count; mask++)
      best = Math.min(
        best,
        costOf((i) => ((mask >> i) & 1) === 1),
      );
    const cut = minCut({
      neighbours,
      capacity: capacity.slice(),
      first: first.slice(),
      second: second.slice(),
    });
    expect(costOf((i) => cut[i] === 1)).toBe(best);
  }
});

test('an assignment costs what the best of all of them costs', () => {
  const rng = createRng(12);
  const below = (n: number) => Math.floor(rng() * n);
  for (let trial = 0; trial < 200; trial++) {
    const [n, m] = [1 + below(4), 1 + below(4)];
    const cost = Array.from({ length: n }, () => Array.from({ length: m }, () => below(30)));
    const none = 12;
    const best = (row: number, taken: number): number => {
      if (row === n) return 0;
      let least = none + best(row + 1, taken);
      for (let j = 0; j < m; j++)
        if (!((taken >> j) & 1)) least = Math.min(least, cost[row][j] + best(row + 1, taken | (1 << j)));
      return least;
    };
    const found = assign(cost, none);
    expect(new Set(found.filter((j) => j >= 0)).size).toBe(found.filter((j) => j >= 0).length);
    expect(found.reduce((s, j, i) => s + (j < 0 ? none : cost[i][j]), 0)).toBe(best(0, 0));
  }
});
