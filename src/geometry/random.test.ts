import { describe, expect, it } from 'vitest';
import { SeededRandom } from './random.js';

const numbers = (random: SeededRandom, n = 20): number[] => Array.from({ length: n }, () => random.bits());

describe('seeded random numbers', () => {
  it('are the same for the same seed and streams', () => {
    expect(numbers(new SeededRandom(1, 2, 3))).toEqual(numbers(new SeededRandom(1, 2, 3)));
  });

  it.each([[[2]], [[1, 0]], [[1, 1]], [[-1]], [[1 + 2 ** 32]], [[0]]])('of %j differ from those of seed 1', (seeds) => {
    const [seed, ...streams] = seeds;
    expect(numbers(new SeededRandom(seed!, ...streams))).not.toEqual(numbers(new SeededRandom(1)));
  });

  it('do not change from one version to the next', () => {
    expect(numbers(new SeededRandom(42, 7), 4)).toMatchInlineSnapshot(`
      [
        3805021952,
        2544957625,
        194121162,
        3129334801,
      ]
    `);
  });

  it('are uniform', () => {
    const random = new SeededRandom(9);
    const bins = new Array<number>(20).fill(0);
    for (let i = 0; i < 100_000; i++) bins[random.integer(20)]!++;
    const chiSquare = bins.reduce((sum, n) => sum + (n - 5000) ** 2 / 5000, 0);
    expect(chiSquare).toBeLessThan(43.8); // 19 degrees of freedom, p = 0.001
  });

  it('have mean 0 and deviation 1 when normal', () => {
    const random = new SeededRandom(10);
    const drawn = Array.from({ length: 100_000 }, () => random.normal());
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
    const square = drawn.reduce((sum, x) => sum + x * x, 0) / drawn.length;
    expect(mean).toBeCloseTo(0, 1.5);
    expect(Math.sqrt(square)).toBeCloseTo(1, 1.5);
  });
});
