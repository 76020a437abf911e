import { type DescribedHand, describeHand } from './hand-description.js';
import type { HandsAtMoment } from './tracked-hand.js';

/**
 * Describes the hands of one moment after the other, each by what it was described as before: `describeHand` with a memory.
 *
 * @example
 * ```ts
 * const describer = new HandDescriber();
 * for await (const result of results) {
 *   for (const [id, { palmVelocity, pinchStrength }] of describer.describe(result)) console.log(id, palmVelocity, pinchStrength);
 * }
 * ```
 */
export class HandDescriber {
  #before: ReadonlyMap<number, DescribedHand> = new Map();

  /**
   * The tracked hands, by their ids. A hand that was not tracked in the moment before, or whose stamp went back, begins anew: its velocity
   * is zero and it has just become visible.
   */
  describe({ stamp, hands }: Pick<HandsAtMoment, 'stamp' | 'hands'>): ReadonlyMap<number, DescribedHand> {
    const now = new Map<number, DescribedHand>();
    for (const hand of hands) {
      const before = this.#before.get(hand.id);
      now.set(hand.id, describeHand(hand, stamp, before !== undefined && before.stamp <= stamp ? before : undefined));
    }
    this.#before = now;
    return now;
  }
}
