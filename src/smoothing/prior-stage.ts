import type { HandJoints } from '../hand/index.js';
import { type ApplyPosePriorOptions, applyPosePrior, fullPriorOptions } from './apply-pose-prior.js';
import type { HandStage } from './hand-stage.js';
import type { PosePrior } from './pose-prior.js';

/**
 * {@link applyPosePrior} on every tracked result, with its confidences and handedness. Confidences stay as they are:
 * they tell of the measurement. Needs no memory and adds no lag.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range
 */
export function priorStage(prior: PosePrior, options: ApplyPosePriorOptions = {}): HandStage {
  fullPriorOptions(options, prior);
  return {
    push: (hand) => [hand.tracked ? apply(hand) : hand],
    flush: () => [],
  };

  function apply(hand: HandJoints): HandJoints {
    return { ...hand, positions: applyPosePrior(hand.positions, prior, options, hand) };
  }
}
