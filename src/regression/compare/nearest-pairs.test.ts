import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchedFrames, nearestPairs, type Timed } from './matched-frames.js';
import { FrameOrder, orderedFrames } from './ordered-frames.js';

const at = (...stamps: number[]): Timed[] => stamps.map((stamp) => ({ stamp: BigInt(stamp) }));
const shown = (pairs: { golden?: Timed; new?: Timed }[]) =>
  pairs.map((pair) =>
    [pair.golden?.stamp, pair.new?.stamp].map((stamp) => (stamp === undefined ? null : Number(stamp))),
  );

describe('results are paired by their stamps', () => {
  test.each([
    ['nothing with nothing', [], [], 0, []],
    ['nothing with something', [], [1], 0, [[null, 1]]],
    [
      'equal stamps',
      [1, 2],
      [1, 2],
      0,
      [
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'one missing',
      [1, 2, 3],
      [1, 3],
      0,
      [
        [1, 1],
        [2, null],
        [3, 3],
      ],
    ],
    [
      'one too many',
      [1, 3],
      [1, 2, 3],
      0,
      [
        [1, 1],
        [null, 2],
        [3, 3],
      ],
    ],
    [
      'the same stamp twice on one side',
      [1, 2],
      [1, 1, 2],
      0,
      [
        [1, 1],
        [null, 1],
        [2, 2],
      ],
    ],
    [
      'the same stamp twice on both sides',
      [1, 1],
      [1, 1],
      0,
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      'a nanosecond apart without tolerance',
      [10],
      [11],
      0,
      [
        [10, null],
        [null, 11],
      ],
    ],
    ['at the tolerance', [10], [15], 5, [[10, 15]]],
    [
      'beyond the tolerance',
      [10],
      [16],
      5,
      [
        [10, null],
        [null, 16],
      ],
    ],
    [
      'the nearer of two golden ones',
      [10, 14],
      [15],
      10,
      [
        [10, null],
        [14, 15],
      ],
    ],
    [
      'the nearer of two new ones',
      [15],
      [10, 14],
      10,
      [
        [null, 10],
        [15, 14],
      ],
    ],
    [
      'the nearer one, before or behind',
      [10, 20],
      [19],
      10,
      [
        [10, null],
        [20, 19],
      ],
    ],
  ])('%s', (_, golden, found, tolerance, expected) => {
    expect(shown(nearestPairs(at(...golden), at(...found), BigInt(tolerance)))).toEqual(expected);
  });

  test('stamps of different epochs are never the same moment', () => {
    const pairs = nearestPairs([{ stamp: 5n, epoch: 0 }], [{ stamp: 5n, epoch: 1 }], 100n);
    expect(pairs).toHaveLength(2);
  });
});

const stamps = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
const sorted = (values: readonly number[]) => at(...[...values].sort((a, b) => a - b));

describe('whatever the stamps are', () => {
  test('each result comes out once, in order, and pairs are within the tolerance', () => {
    fc.assert(
      fc.property(stamps, stamps, fc.integer({ min: 0, max: 8 }), (a, b, tolerance) => {
        const pairs = nearestPairs(sorted(a), sorted(b), BigInt(tolerance));
        expect(pairs.flatMap((pair) => pair.golden ?? [])).toEqual(sorted(a));
        expect(pairs.flatMap((pair) => pair.new ?? [])).toEqual(sorted(b));
        for (const pair of pairs) {
          if (pair.golden === undefined || pair.new === undefined) continue;
          expect(Math.abs(Number(pair.golden.stamp - pair.new.stamp))).toBeLessThanOrEqual(tolerance);
        }
      }),
    );
  });

  test('without tolerance, as many pairs as stamps that both have', () => {
    fc.assert(
      fc.property(stamps, stamps, (a, b) => {
        const count = (values: readonly number[], value: number) => values.filter((other) => other === value).length;
        const common = [...new Set(a)].reduce((sum, value) => sum + Math.min(count(a, value), count(b, value)), 0);
        const pairs = nearestPairs(sorted(a), sorted(b), 0n);
        expect(pairs.filter((pair) => pair.golden && pair.new)).toHaveLength(common);
      }),
    );
  });

  test('a pair has no nearer one beside it that was left over', () => {
    // farther away there may be one: pairs do not cross, and 49 is left over in 49 50 54 | 50 51, where 54 gets 51
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(200), { maxLength: 30 }),
        fc.uniqueArray(fc.nat(200), { maxLength: 30 }),
        (a, b) => {
          const all = sorted(a);
          const pairs = nearestPairs(all, sorted(b), 20n);
          const left = pairs.flatMap((pair) => (pair.new === undefined && pair.golden ? [pair.golden.stamp] : []));
          const stampsOf = all.map(({ stamp }) => stamp);
          for (const { golden, new: found } of pairs) {
            if (golden === undefined || found === undefined) continue;
            const apart = (stamp: bigint) => Math.abs(Number(stamp - found.stamp));
            const at = stampsOf.indexOf(golden.stamp);
            for (const other of [stampsOf[at - 1], stampsOf[at + 1]]) {
              if (left.includes(other)) expect(apart(other)).toBeGreaterThanOrEqual(apart(golden.stamp));
            }
          }
        },
      ),
      {
        examples: [
          [
            [54, 49, 50],
            [51, 50],
          ],
        ],
      },
    );
  });

  test('exchanging the recordings exchanges missing and extra', () => {
    fc.assert(
      fc.property(stamps, stamps, fc.integer({ min: 0, max: 8 }), (a, b, tolerance) => {
        const there = shown(nearestPairs(sorted(a), sorted(b), BigInt(tolerance)));
        const back = shown(nearestPairs(sorted(b), sorted(a), BigInt(tolerance)));
        const key = (pairs: (number | null)[][]) => pairs.map((pair) => JSON.stringify(pair)).sort();
        expect(key(back.map(([x, y]) => [y, x]))).toEqual(key(there));
      }),
    );
  });

  test('jitter of less than half a period costs nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -49, max: 49 }), { maxLength: 60 }), (jitter) => {
        const golden = at(...jitter.map((_, i) => 1000 + 100 * i));
        const found = at(...jitter.map((shift, i) => 1000 + 100 * i + shift));
        const pairs = nearestPairs(golden, found, 49n);
        expect(pairs.filter((pair) => pair.golden && pair.new)).toHaveLength(jitter.length);
      }),
    );
  });

  test('streams are paired as lists are, in small disorder and through jumps back in time', async () => {
    const disorder = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(disorder, disorder, fc.integer({ min: 1, max: 5 }), async (a, b, window) => {
        const frames = async (values: readonly number[]) => {
          const order = new FrameOrder<Timed>({ window, jump: 100n });
          const list: { stamp: bigint; epoch: number; items: readonly Timed[] }[] = [];
          for await (const frame of orderedFrames(stream(at(...values)), order)) list.push(frame);
          expect(list.flatMap(({ items }) => items)).toHaveLength(values.length);
          return list;
        };
        const [left, right] = [await frames(a), await frames(b)];
        const streamed = [];
        for await (const pair of matchedFrames(stream(left), stream(right), 0n)) streamed.push(pair);
        expect(streamed).toEqual(nearestPairs(left, right, 0n));
      }),
      { numRuns: 60 },
    );
  });
});

async function* stream<T>(items: readonly T[]): AsyncGenerator<T, void, void> {
  yield* items;
}
