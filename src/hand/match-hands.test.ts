import { describe, expect, it } from 'vitest';
import { matchHands, meanDistance } from './match-hands.js';

const at = (x: number, joints = 21) => ({
  x,
  positions: Float64Array.from({ length: 3 * joints }, (_, i) => (i % 3 ? 0 : x)),
});
const pairsOf = (first: readonly number[], second: readonly number[]) =>
  matchHands(
    first.map((x) => at(x)),
    second.map((x) => at(x)),
  ).map(([a, b]) => [a?.x, b?.x]);

describe('hands of one moment in two lists', () => {
  it('are paired by the least sum of distances, not each with its nearest', () => {
    // 0.10 is nearest to both, but 0.02 would be left with a hand 0.15 away
    expect(pairsOf([0.1, 0.17], [0.02, 0.11])).toEqual([
      [0.1, 0.02],
      [0.17, 0.11],
    ]);
    expect(pairsOf([0, 0.5], [0.51, 0.01])).toEqual([
      [0, 0.01],
      [0.5, 0.51],
    ]);
  });

  it('stay alone where they are too far away, and where the other list has fewer', () => {
    expect(pairsOf([0, 1], [0.01, 0.5])).toEqual([
      [0, 0.01],
      [1, undefined],
      [undefined, 0.5],
    ]);
    expect(pairsOf([], [1])).toEqual([[undefined, 1]]);
    expect(pairsOf([1], [])).toEqual([[1, undefined]]);
  });

  it('are no pair with another number of joints, or none', () => {
    expect(matchHands([at(0)], [at(0, 16)]).map(([a, b]) => [a !== undefined, b !== undefined])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(meanDistance([], [])).toBe(Number.POSITIVE_INFINITY);
    expect(meanDistance([0, 0, 0, 1, 0, 0], [0, 3, 4, 1, 0, 0])).toBe(2.5);
  });

  it('may be given a preference, for hands that lie equally near', () => {
    const [first, second] = [
      [at(0), at(0)],
      [at(0), at(0)],
    ];
    const pairs = matchHands(first, second, { prefer: (a, b) => (first.indexOf(a) !== second.indexOf(b) ? 0.001 : 0) });
    expect(pairs.map(([a, b]) => [first.indexOf(a as never), second.indexOf(b as never)])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});
