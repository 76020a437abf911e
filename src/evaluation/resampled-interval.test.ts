import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GroupSum, resampledDifference, resampledInterval } from './resampled-interval.js';

const group = (mean: number, count = 10): GroupSum => ({ sum: mean * count, count });
const groups = fc.array(
  fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 1, max: 40 })).map(([m, n]) => group(m, n)),
  { minLength: 2, maxLength: 12 },
);

describe('an interval by resampling', () => {
  it('lies within the smallest and the largest group', () => {
    fc.assert(
      fc.property(groups, (list) => {
        const [low, high] = resampledInterval(list, { draws: 200 })!;
        const means = list.map(({ sum, count }) => sum / count);
        expect(low).toBeGreaterThanOrEqual(Math.min(...means) - 1e-9);
        expect(high).toBeLessThanOrEqual(Math.max(...means) + 1e-9);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('is about as wide as the standard error of independent groups says', () => {
    const list = Array.from({ length: 100 }, (_, i) => group(Math.sin(12.9898 * i) * 10));
    const means = list.map(({ sum, count }) => sum / count);
    const mean = means.reduce((a, b) => a + b) / 100;
    const error = Math.sqrt(means.reduce((s, m) => s + (m - mean) ** 2, 0) / 99 / 100);
    const [low, high] = resampledInterval(list)!;
    expect((high - low) / (2 * 1.96 * error)).toBeGreaterThan(0.9);
    expect((high - low) / (2 * 1.96 * error)).toBeLessThan(1.1);
    expect(mean).toBeGreaterThan(low);
    expect(mean).toBeLessThan(high);
  });

  it('weighs groups by what is in them', () => {
    const [low, high] = resampledInterval([group(1, 1000), group(1, 1000), group(1, 1000), group(100, 1)])!;
    expect(low).toBe(1);
    expect(high).toBeLessThan(1.3);
  });

  it('is the same twice, and another one with another seed', () => {
    const list = [group(1), group(4), group(2), group(9), group(3)];
    expect(resampledInterval(list)).toEqual(resampledInterval(list));
    expect(resampledInterval(list, { draws: 50, seed: 2 })).not.toEqual(resampledInterval(list, { draws: 50 }));
  });

  it('is none of fewer than two groups', () => {
    expect(resampledInterval([])).toBeUndefined();
    expect(resampledInterval([group(3)])).toBeUndefined();
    expect(resampledInterval([group(3), { sum: 0, count: 0 }])).toBeUndefined();
  });
});

describe('an interval of a difference', () => {
  it('does not know how hard the groups are', () => {
    const hard = [1, 10, 100, 5, 50].map((mean) => group(mean));
    const better = [1, 10, 100, 5, 50].map((mean) => group(mean - 0.5));
    const [low, high] = resampledDifference(better, hard)!;
    expect(low).toBeCloseTo(-0.5, 9);
    expect(high).toBeCloseTo(-0.5, 9);
  });

  it('is none of lists that do not fit together', () => {
    expect(resampledDifference([group(1), group(2)], [group(1)])).toBeUndefined();
  });
});
