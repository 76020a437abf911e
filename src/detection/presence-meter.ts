import { type PresenceInput, type PresenceWeights, presenceFeatures, presenceOf } from './presence.js';

/** Presence scores of one hand, frame by frame: remembers the hand of the frame before. */
export class PresenceMeter {
  readonly #weights: PresenceWeights;
  #before: PresenceInput | undefined;
  #now: PresenceInput | undefined;

  constructor(weights: PresenceWeights) {
    this.#weights = weights;
  }

  /** @param hand is kept; nobody may write to its arrays */
  score(hand: PresenceInput): number {
    this.#now = hand;
    return presenceOf(presenceFeatures(hand, this.#before), this.#weights);
  }

  /** What became of the hand that was scored last: the next one is compared with one that was believed only. */
  settle(tracked: boolean): void {
    this.#before = tracked ? this.#now : undefined;
  }

  /** A frame without a hand, or a new start. */
  reset(): void {
    this.#before = undefined;
  }
}
