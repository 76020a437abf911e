import type { HandJoints } from '../hand/index.js';
import { continues, DEFAULT_MAX_GAP, requireRange, secondsBetween } from './continuity.js';
import type { HandStage } from './hand-stage.js';

export interface OneEuroOptions {
  /** Cut-off at rest, Hz: lower is calmer, and slower to begin a movement. Default 2. */
  readonly minCutoff?: number;
  /** How much faster it follows a moving joint: Hz of cut-off for each m/s. Default 150. */
  readonly beta?: number;
  /** Cut-off of the speed itself, Hz. Default 1, as in the paper. */
  readonly derivativeCutoff?: number;
  /** A longer gap between two frames, seconds, begins anew. Default 0.5. */
  readonly maxGap?: number;
}

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
 * dt comes from the stamps. A loss, a change of hand or frame of reference, a gap or a step back in time begins anew
 * with the measurement itself. Confidences stay as they are and do not steer the filter: gate and prior have dealt with
 * joints that are not to be trusted.
 *
 * @throws VoxhandError `CONFIG_INVALID` where an option is out of range
 */
export function oneEuroStage(options: OneEuroOptions = {}): HandStage {
  const { minCutoff = 2, beta = 150, derivativeCutoff = 1, maxGap = DEFAULT_MAX_GAP } = options;
  requireRange(minCutoff, 1e-3, 1e3, 'oneEuro.minCutoff');
  requireRange(beta, 0, 1e5, 'oneEuro.beta');
  requireRange(derivativeCutoff, 1e-3, 1e3, 'oneEuro.derivativeCutoff');
  requireRange(maxGap, 0, Infinity, 'oneEuro.maxGap');
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
