import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DistanceSketch } from './distance-sketch.js';

function sketchOf(values: readonly number[]): DistanceSketch {
  const sketch = new DistanceSketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

describe('the sketch of distances', () => {
  test('of nothing says nothing', () => {
    expect(sketchOf([]).summary()).toEqual({ mean: null, p50: null, p95: null, max: null });
  });

  test('of zeros is exactly zero', () => {
    expect(sketchOf([0, 0, 0]).summary()).toEqual({ mean: 0, p50: 0, p95: 0, max: 0 });
  });

  test('of one value is that value, however small or large', () => {
    for (const value of [1e-12, 1e-6, 3, 1e8, 1e12]) {
      expect(sketchOf([value, value]).summary()).toEqual({ mean: value, p50: value, p95: value, max: value });
    }
  });

  test('counts what is no number as infinitely far', () => {
    expect(sketchOf([1, Number.NaN]).summary()).toMatchObject({ mean: Infinity, max: Infinity });
  });

  test('has quantiles that are right to half a per cent', () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
        const exact = [...list].sort((a, b) => a - b)[Math.max(0, Math.ceil(q * list.length) - 1)];
        const found = sketchOf(list).quantile(q) as number;
        expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(0.00501);
      }),
    );
  });
});
