import type { Handedness } from '../hand/hand-joints.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import type { HandAngles } from '../hand/tracked-hand.js';
import { HandFit } from './fit-hand.js';
import { type FittedHand, mirrored } from './hand-fitter.js';
import { restState } from './hand-state.js';

/** Made once: what it holds of one call is of no use to the next. */
let fit: HandFit | undefined;

const EVENLY = new Float64Array(JOINT_COUNT).fill(1);

/**
 * The hand that is nearest to joints, by these alone. What they do not say stays as it was.
 *
 * @param joints 63 numbers, metres, in any frame; only read
 * @param fitted its proportions, and its angles as far as they are known
 */
export function nearestHand(
  joints: Float64Array,
  handedness: Handedness,
  { positions, proportions }: HandAngles,
): Pick<FittedHand, 'positions' | 'angles'> {
  const isLeft = handedness === 'left';
  fit ??= new HandFit({ surfaceNoise: 0, prior: 0, coupling: 0, iterations: 12, tolerance: 1e-3 });
  const before = { ...restState(), angles: positions };
  fit.fit({ joints: isLeft ? mirrored(joints) : joints, confidences: EVENLY }, proportions, before, 1);
  const { joints: found } = fit.kinematics;
  return { positions: isLeft ? mirrored(found) : found.slice(), angles: fit.state.angles.slice() };
}
