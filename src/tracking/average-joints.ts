import { type HandJoints, JOINT_COUNT } from '../hand/index.js';

/**
 * One hand that several cubes were cut around, as one: each joint is the mean of its positions, weighted by their confidences, and the
 * plain mean where nobody is sure of it; the confidence is the plain mean.
 *
 * @param hands at least one, in one frame; only read
 */
export function averageJoints(hands: readonly Pick<HandJoints, 'positions' | 'confidences'>[]) {
  const positions = new Float64Array(3 * JOINT_COUNT);
  const confidences = new Float32Array(JOINT_COUNT);
  for (let j = 0; j < JOINT_COUNT; j++) {
    const total = hands.reduce((sum, hand) => sum + hand.confidences[j], 0);
    for (const hand of hands) {
      const weight = total > 0 ? hand.confidences[j] / total : 1 / hands.length;
      for (let axis = 0; axis < 3; axis++) positions[3 * j + axis] += weight * hand.positions[3 * j + axis];
    }
    confidences[j] = total / hands.length;
  }
  return { positions, confidences };
}
