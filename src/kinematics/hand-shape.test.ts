import { expect, it } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { HAND_DATA } from './hand-data.js';
import { drawHandShape, neutralShape } from './hand-shape.js';

it('the same seed draws the same hand, another seed another', () => {
  expect(drawHandShape(new SeededRandom(4))).toEqual(drawHandShape(new SeededRandom(4)));
  expect(drawHandShape(new SeededRandom(5))).not.toEqual(drawHandShape(new SeededRandom(4)));
});

it('hands range from a child to a large adult', () => {
  const [low, high] = HAND_DATA.shape.scale;
  const scales = Array.from({ length: 500 }, (_, i) => drawHandShape(new SeededRandom(i)).scale);
  expect(Math.min(...scales)).toBeGreaterThanOrEqual(low);
  expect(Math.min(...scales)).toBeLessThan(low + 0.02);
  expect(Math.max(...scales)).toBeLessThanOrEqual(high);
  expect(Math.max(...scales)).toBeGreaterThan(high - 0.02);
});

it('the neutral hand has factors of 1', () => {
  const { roots, fingerLengths, thumbRoot, thumbLengths, radii, scale } = neutralShape();
  const factors = [scale, ...roots.flat(), ...fingerLengths.flat(), ...thumbRoot, ...thumbLengths, ...radii];
  expect(new Set(factors)).toEqual(new Set([1]));
});
