import {
  type DescribedHand,
  describeHand,
  type Handedness,
  type HandsAtMoment,
  type TrackedHand,
} from '../hand/index.js';
import { nanoseconds } from '../timing/index.js';
import type { EnablingMessage, GestureEvent, GestureOutput, PointerEvent } from './gesture-events.js';
import { type GestureHand, gestureHand } from './gesture-hand.js';
import { type GestureProfile, type GestureProfileInput, parseGestureProfile } from './gesture-profile.js';
import type { Recogniser } from './gesture-track.js';
import { recognisersOf } from './recognisers.js';

/** More hands of a moment than this are not looked at, those with the highest ids. */
const MOST_HANDS = 8;

/** What the engine keeps of a hand. */
interface KnownHand {
  readonly handedness: Handedness;
  readonly recognisers: readonly Recogniser[];
  described: DescribedHand | undefined;
}

/**
 * Gestures, pointers and enabling of all hands, moment by moment.
 *
 * Deterministic: the output follows from the profile and the calls. There is no clock in it; a live session calls `tick` with the present time, in
 * the time of the stamps, so that a silent camera is noticed.
 *
 * CANCEL is guaranteed: a hand that is lost, missing from a moment, of low presence or of another side than before, a step of the stamps
 * back or by more than `longestSilence`, another frame id, `tick` and `cancel` each cancel all that is under way.
 *
 * @example
 * ```ts
 * const engine = new GestureEngine({ gestures: ['fist', 'swipe_left'] });
 * for (const { gesture, phase, reason } of engine.take(result).gestures) console.log(gesture, phase, reason);
 * ```
 */
export class GestureEngine {
  readonly profile: GestureProfile;
  /** Seconds without a result after which everything is cancelled: three frames, at least 0.1. */
  readonly longestSilence: number;
  readonly #hands = new Map<number, KnownHand>();
  #gestures: GestureEvent[] = [];
  #pointers: PointerEvent[] = [];
  #enabling: EnablingMessage[] = [];
  #origin: bigint | undefined;
  #last: { readonly stamp: bigint; readonly frameId: string } | undefined;
  readonly #emit = (event: GestureEvent) => {
    this.#gestures.push(event);
  };

  /** @throws VoxhandError `CONFIG_INVALID` for a profile with unknown keys or values out of range */
  constructor(profile: GestureProfileInput = {}) {
    this.profile = parseGestureProfile(profile);
    this.longestSilence = Math.max(3 / this.profile.frameRate, 0.1);
  }

  /**
   * The hands of the next moment. The arrays in it are only read.
   *
   * A moment that is not later than the last one cancels all and is then the first of a new sequence; one with the same stamp is left out.
   */
  take(moment: HandsAtMoment): GestureOutput {
    const { stamp, frameId } = moment;
    if (this.#last?.stamp === stamp) return this.#flush();
    const broken = this.#whyBroken(stamp, frameId);
    if (broken !== undefined) {
      this.#cancelAll(broken.stamp, broken.reason);
      this.#origin = undefined;
    }
    this.#origin ??= stamp;
    this.#last = { stamp, frameId };

    for (const { id, reason } of moment.lost) this.#drop(id, stamp, `the hand is lost: ${reason}`);
    const hands: GestureHand[] = [];
    for (const hand of bounded(moment.hands)) {
      const seen = this.#see(hand, stamp, frameId);
      if (seen !== undefined) hands.push(seen);
    }
    const present = new Set(hands.map(({ id }) => id));
    for (const id of this.#hands.keys()) if (!present.has(id)) this.#drop(id, stamp, 'the hand is lost');
    for (const hand of hands) for (const recogniser of this.#hands.get(hand.id)!.recognisers) recogniser.step(hand);
    return this.#flush();
  }

  /**
   * Time passes without a result. After `longestSilence` everything is cancelled.
   *
   * @param now in the time of the stamps, nanoseconds
   */
  tick(now: bigint): GestureOutput {
    if (this.#last !== undefined && Number(now - this.#last.stamp) / 1e9 > this.longestSilence) {
      this.#cancelAll(now, `no result for ${(Number(now - this.#last.stamp) / 1e9).toFixed(2)} s`);
    }
    return this.#flush();
  }

  /** Cancel everything and forget all hands: a pause, a reset, the end. */
  cancel(stamp: bigint, reason: string): GestureOutput {
    this.#cancelAll(stamp, reason);
    this.#last = undefined;
    this.#origin = undefined;
    return this.#flush();
  }

  /** Why what is under way cannot go on with this moment, and when it ended. */
  #whyBroken(stamp: bigint, frameId: string): { stamp: bigint; reason: string } | undefined {
    if (this.#last === undefined) return undefined;
    const since = Number(stamp - this.#last.stamp) / 1e9;
    const at = this.#last.stamp;
    if (since < 0) return { stamp: at, reason: `time stepped back by ${(-since).toFixed(2)} s` };
    if (since > this.longestSilence) {
      return { stamp: at + nanoseconds(this.longestSilence), reason: `no result for ${since.toFixed(2)} s` };
    }
    if (frameId !== this.#last.frameId) return { stamp, reason: `the frame of the joints is now ${frameId}` };
    return undefined;
  }

  /** The hand as recognisers see it; undefined where it must not be used. */
  #see(hand: TrackedHand, stamp: bigint, frameId: string): GestureHand | undefined {
    const known = this.#hands.get(hand.id);
    const unusable = whyUnusable(hand, this.profile);
    if (unusable !== undefined) {
      this.#drop(hand.id, stamp, unusable);
      return undefined;
    }
    if (known !== undefined && known.handedness !== hand.handedness) {
      this.#drop(hand.id, stamp, `the hand is ${hand.handedness} and was ${known.handedness}`);
    }
    let state = this.#hands.get(hand.id);
    if (state === undefined) {
      const recognisers = recognisersOf(this.profile, this.#emit);
      state = { handedness: hand.handedness, recognisers, described: undefined };
      this.#hands.set(hand.id, state);
    }
    state.described = describeHand(hand, stamp, state.described);
    return gestureHand(hand, state.described, frameId, Number(stamp - this.#origin!) / 1e9);
  }

  #drop(id: number, stamp: bigint, reason: string): void {
    for (const recogniser of this.#hands.get(id)?.recognisers ?? []) recogniser.cancel(stamp, reason);
    this.#hands.delete(id);
  }

  #cancelAll(stamp: bigint, reason: string): void {
    for (const id of this.#hands.keys()) this.#drop(id, stamp, reason);
  }

  #flush(): GestureOutput {
    const output = { gestures: this.#gestures, pointers: this.#pointers, enabling: this.#enabling };
    this.#gestures = [];
    this.#pointers = [];
    this.#enabling = [];
    return output;
  }
}

/** In ascending order of ids, each id once. */
function bounded(hands: readonly TrackedHand[]): TrackedHand[] {
  const sorted = [...hands].sort((a, b) => a.id - b.id);
  return sorted.filter(({ id }, i) => i === 0 || id !== sorted[i - 1].id).slice(0, MOST_HANDS);
}

function whyUnusable(hand: TrackedHand, { minPresence, minConfidence }: GestureProfile): string | undefined {
  if (hand.positions.length !== 63 || !hand.positions.every(Number.isFinite)) return 'joints that are no numbers';
  if (hand.presence !== undefined && hand.presence < minPresence) {
    return `presence ${hand.presence.toFixed(2)} is below ${minPresence}`;
  }
  const confidence = hand.confidences.reduce((sum, one) => sum + one, 0) / Math.max(1, hand.confidences.length);
  return confidence < minConfidence ? `confidence ${confidence.toFixed(2)} is below ${minConfidence}` : undefined;
}
