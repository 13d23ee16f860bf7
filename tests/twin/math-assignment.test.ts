import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assign } from '../../src/math/index.ts';

/** Least cost of pairing as many as can be, by trying all. */
function best(cost: readonly (readonly number[])[], row = 0, used = 0): [pairs: number, sum: number] {
  if (row === cost.length) return [0, 0];
  let answer = best(cost, row + 1, used);
  cost[row].forEach((c, j) => {
    if (!Number.isFinite(c) || (used >> j) & 1) return;
    const [pairs, sum] = best(cost, row + 1, used | (1 << j));
    if (pairs + 1 > answer[0] || (pairs + 1 === answer[0] && sum + c < answer[1])) answer = [pairs + 1, sum + c];
  });
  return answer;
}

test('the same cost as trying every pairing, with pairs that are not allowed', () => {
  const cell = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }) },
    fc.constant(Number.POSITIVE_INFINITY),
  );
  const size = fc.integer({ min: 1, max: 6 });
  const table = fc
    .tuple(size, size)
    .chain(([r, c]) => fc.array(fc.array(cell, { minLength: c, maxLength: c }), { minLength: r, maxLength: r }));
  fc.assert(
    fc.property(table, (cost) => {
      const columns = assign(cost);
      const taken = columns.filter((j) => j >= 0);
      expect(new Set(taken).size).toBe(taken.length);
      const sum = columns.reduce((s, j, i) => s + (j < 0 ? 0 : cost[i][j]), 0);
      expect([taken.length, sum]).toEqual(best(cost));
    }),
    { seed: 8, numRuns: 300 },
  );
});

test('nothing to pair', () => {
  expect(assign([])).toEqual([]);
  expect(assign([[], []])).toEqual([-1, -1]);
});
