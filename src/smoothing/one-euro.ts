import { z } from 'zod';
import { live, parseSettings } from '../errors/setting.js';
import type { HandJoints } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';
import { continues, maxGap } from './continuity.js';
import type { HandStage } from './hand-stage.js';

export const oneEuroSettings = z.strictObject({
  minCutoff: live(
    'Cut-off frequency at rest: lower is smoother, and slower to begin a movement.',
    z.number().min(1e-3).max(1e3).default(2),
    'Hz',
  ),
  beta: live('Cut-off added for each m/s of speed: higher lags less.', z.number().min(0).max(1e5).default(150), 'Hz'),
  derivativeCutoff: live(
    'Cut-off frequency of the speed itself; 1 in the paper.',
    z.number().min(1e-3).max(1e3).default(1),
    'Hz',
  ),
});

const oneEuroOptions = oneEuroSettings.extend({ maxGap });
export type OneEuroOptions = z.input<typeof oneEuroOptions>;

/**
 * The One-Euro filter on each coordinate (Casiez, Roussel, Vogel 2012, algorithms 1 and 2): an exponential low-pass
 * whose cut-off rises with the speed, so that a resting hand is calm and a moving one is not late.
 *
 * ```text
 * alpha(f) = 1 / (1 + 1 / (2 pi f dt))
 * speed  <- low-pass((x - last) / dt, derivativeCutoff)
 * result <- low-pass(x, minCutoff + beta |speed|)
 * ```
 *
 * dt comes from the stamps. A loss, a change of hand or frame of reference, a gap or a step back in time resets the filter
 * to the measurement itself. Confidences stay as they are and do not steer the filter.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range
 */
export function oneEuroStage(options: OneEuroOptions = {}): HandStage {
  const { minCutoff, beta, derivativeCutoff, maxGap } = parseSettings(oneEuroOptions, options, 'smoothing.one_euro');
  let last: HandJoints | undefined;
  let speeds = new Float64Array(0);

  return {
    push: (hand) => {
      last = next(hand);
      return [last];
    },
    flush: () => {
      last = undefined;
      return [];
    },
  };

  function next(hand: HandJoints): HandJoints {
    if (!continues(last, hand, maxGap)) {
      speeds = new Float64Array(hand.positions.length);
      return hand;
    }
    const before = last.positions;
    const dt = secondsBetween(last.stamp, hand.stamp);
    const speedAlpha = alpha(derivativeCutoff, dt);
    const positions = hand.positions.map((x, i) => {
      speeds[i] += speedAlpha * ((x - before[i]) / dt - speeds[i]);
      return before[i] + alpha(minCutoff + beta * Math.abs(speeds[i]), dt) * (x - before[i]);
    });
    return { ...hand, positions };
  }
}

/** Weight of a new value in an exponential low-pass with a cut-off in Hz. */
function alpha(cutoff: number, dt: number): number {
  return 1 / (1 + 1 / (2 * Math.PI * cutoff * dt));
}
