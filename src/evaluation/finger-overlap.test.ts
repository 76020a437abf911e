import { expect, test } from 'vitest';
import { OPEN_HAND } from '../../test/helpers/hands.js';
import { handPose, namedPose } from '../kinematics/hand-pose.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { fingerOverlap, handSize } from './finger-overlap.js';

test('parallel fingers overlap by their radii less their distance', () => {
  // 20 mm apart; the thumb's MCP has a radius of 10.4 mm, the PIP of the index finger beside it 8.5, that of the middle finger 8.8
  expect(fingerOverlap(OPEN_HAND, 1)).toBe(0);
  expect(fingerOverlap(OPEN_HAND, 2)).toBeCloseTo(2 * (0.0104 + 0.0085) - 0.02, 9);
  const close = OPEN_HAND.map((x, i) => (i >= 15 && i < 27 && i % 3 === 0 ? x + 0.01 : x));
  expect(fingerOverlap(close, 1)).toBeCloseTo(0.0085 + 0.0088 - 0.01, 9);
});

test('a crossed finger overlaps at the crossing, and the first bones of fingers may lie side by side', () => {
  const roots = OPEN_HAND.slice();
  for (const joint of [5, 9]) roots[3 * joint] = -0.01;
  expect(fingerOverlap(roots, 1)).toBe(0);
  // the last bone of the index finger lies across the middle finger's, 5 mm before it
  const crossed = OPEN_HAND.slice();
  crossed.set([-0.02, -0.13, 0.495, 0.02, -0.13, 0.495], 3 * 7);
  const between = 0.0069 + 0.5 * (1 / (1 - (0.7 * 0.0061) / 0.04)) * (0.0061 - 0.0069);
  const middle = 0.0074 + (0.01 / (0.03 - 0.7 * 0.0064)) * (0.0064 - 0.0074);
  expect(fingerOverlap(crossed, 1)).toBeCloseTo(between + middle - 0.005, 9);
});

test('hands that the synthetic poses hold do not overlap deeply, and their size is that of their shape', () => {
  expect(handSize(kinematicHand(handPose(), neutralShape(0.83)).joints)).toBeCloseTo(0.83, 9);
  for (const name of ['open', 'fist', 'victory', 'ok'] as const) {
    expect(fingerOverlap(kinematicHand(namedPose(name)).joints, 1), name).toBeLessThan(0.004);
  }
});
