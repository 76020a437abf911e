import { distance, type Vec3 } from '../geometry/index.js';
import { ROOT_OF_MIDDLE, SAME_HAND } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';
import { logit, sigmoid } from './logistic.js';
import type { FittedPresence, PresenceInput, PresenceWeights } from './presence.js';
import { presenceFeatures, presenceOf } from './presence.js';
import { PRESENCE_WEIGHTS } from './presence-weights.js';

/** In the mean of a place's scores one that is so much older counts 1/e, seconds. */
const MEMORY = 0.5;
/** One score counts for at most this in it, log-odds. */
const MOST = 3;

/** Presence scores of one hand, frame by frame: remembers the hand of the frame before, and the scores at its place. */
export class PresenceMeter {
  readonly #weights: PresenceWeights;
  #before: PresenceInput | undefined;
  #now: PresenceInput | undefined;
  #lately: { readonly stamp: bigint; readonly root: Vec3; readonly odds: number } | undefined;

  constructor(weights: PresenceWeights) {
    this.#weights = weights;
  }

  /** @param hand is kept; nobody may write to its arrays */
  score(hand: PresenceInput): number {
    this.#now = hand;
    const presence = presenceOf(presenceFeatures(hand, this.#before), this.#weights);
    this.#remember(hand, Math.min(Math.max(logit(presence), -MOST), MOST));
    return presence;
  }

  /** The mean of the scores, believed or not, that there were lately at the place of the hand that was scored last, this one included. */
  get lately(): number {
    return sigmoid(this.#lately?.odds ?? 0);
  }

  #remember({ stamp, positions }: PresenceInput, odds: number): void {
    const [x, y, z] = [0, 1, 2].map((axis) => positions[3 * ROOT_OF_MIDDLE + axis]);
    const root: Vec3 = [x, y, z];
    const before = this.#lately;
    const elapsed = before === undefined ? 0 : secondsBetween(before.stamp, stamp);
    const isSame = before !== undefined && elapsed >= 0 && distance(before.root, root) < SAME_HAND.metres;
    const kept = isSame ? Math.exp(-elapsed / MEMORY) : 0;
    this.#lately = { stamp, root, odds: kept * (before?.odds ?? 0) + (1 - kept) * odds };
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
  return PRESENCE_WEIGHTS.find((fitted) => fitted.method === method && fitted.models.includes(model))?.weights;
}
