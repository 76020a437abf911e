import type { FittedPresence, PresenceInput, PresenceWeights } from './presence.js';
import { presenceFeatures, presenceOf } from './presence.js';
import { PRESENCE_WEIGHTS } from './presence-weights.js';

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

/** The weights that were fitted for a method of detection and a model; undefined where none were. */
export function presenceWeightsFor(method: FittedPresence['method'], model: string): PresenceWeights | undefined {
  return PRESENCE_WEIGHTS.find((fitted) => fitted.method === method && fitted.model === model)?.weights;
}
