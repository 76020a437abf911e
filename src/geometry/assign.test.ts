import { describe, expect, it } from 'vitest';
import { assign } from './assign.js';
import { SeededRandom } from './random.js';

/** The least total by trying everything. */
function leastTotal(costs: readonly number[][], none: number, row = 0, used = new Set<number>()): number {
  if (row === costs.length) return 0;
  let least = none + leastTotal(costs, none, row + 1, used);
  for (const [column, cost] of costs[row].entries()) {
    if (used.has(column) || !Number.isFinite(cost)) continue;
    least = Math.min(least, cost + leastTotal(costs, none, row + 1, new Set([...used, column])));
  }
  return least;
}

const totalOf = (costs: readonly number[][], none: number, taken: readonly (number | undefined)[]) =>
  taken.reduce<number>((sum, column, row) => sum + (column === undefined ? none : costs[row][column]), 0);

describe('an assignment', () => {
  it('is the cheapest together, where each row alone would take another column', () => {
    expect(assign([[1, 2], [1, 9]], 10)).toEqual([1, 0]); // biome-ignore format: a matrix
  });

  it('leaves a row without a column rather than give it one that is too far', () => {
    const far = Number.POSITIVE_INFINITY;
    expect(assign([[far, 3], [0.5, far]], 2)).toEqual([undefined, 0]); // biome-ignore format: a matrix
    expect(assign([[Number.NaN]], 2)).toEqual([undefined]);
  });

  it('takes no rows, no columns, and more of either', () => {
    expect(assign([], 1)).toEqual([]);
    expect(assign([[], []], 1)).toEqual([undefined, undefined]);
    expect(assign([[0.3], [0.1], [0.2]], 1)).toEqual([undefined, 0, undefined]);
  });

  it('costs as little as the best of all possible ones, in 100 tables drawn at random', () => {
    const random = new SeededRandom(7);
    const next = () => random.next();
    for (let round = 0; round < 100; round++) {
      const [rows, columns] = [1 + Math.floor(4 * next()), 1 + Math.floor(5 * next())];
      const costs = Array.from({ length: rows }, () =>
        Array.from({ length: columns }, () => (next() < 0.2 ? Number.POSITIVE_INFINITY : next())),
      );
      const taken = assign(costs, 0.7);
      const used = taken.filter((column) => column !== undefined);
      expect(new Set(used).size).toBe(used.length);
      expect(totalOf(costs, 0.7, taken)).toBeCloseTo(leastTotal(costs, 0.7), 12);
    }
  });
});
