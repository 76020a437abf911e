import { expect, test } from 'vitest';
import { BONES } from '../hand/skeleton.js';
import { BoneVariation } from './bone-variation.js';

/** A hand whose first bone is so many millimetres long and whose others are 30 mm. */
function handWith(firstMm: number): Float64Array {
  const positions = new Float64Array(63);
  for (const [i, [from, to]] of BONES.entries()) {
    positions.copyWithin(3 * to, 3 * from, 3 * from + 3);
    positions[3 * to] += (i === 0 ? firstMm : 30) / 1000;
  }
  return positions;
}

test('bones of two lengths vary by half of their difference, those of another hand count apart', () => {
  const variation = new BoneVariation();
  expect(variation.deviationMm()).toBeNull();
  for (const length of [40, 44, 40, 44]) variation.add(1, handWith(length));
  expect(variation.deviationMm()).toBeCloseTo(2 / BONES.length, 9);
  for (let i = 0; i < 4; i++) variation.add(2, handWith(80));
  expect(variation.deviationMm()).toBeCloseTo(1 / BONES.length, 9);
});
