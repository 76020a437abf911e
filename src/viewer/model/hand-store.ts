import type { HandJoints } from '../../hand/hand-joints.js';

/** `waiting`: nothing heard yet; `stale`: nothing heard for so long that what is shown may no longer be so. */
export type HandPresence = 'waiting' | 'tracked' | 'lost' | 'stale';

/** A hand that others have left behind by this much was lost without a word, nanoseconds. */
const LEFT_BEHIND = 500_000_000n;
/** Nothing heard for so long while time goes on, milliseconds. */
const STALE_AFTER = 1000;
const MAX_HANDS = 8;

/** The hands that there are at this moment. One that is lost is gone at once. */
export class HandStore {
  readonly #tracked = new Map<number, HandJoints>();
  #heardAt: number | undefined;
  #newest: HandJoints | undefined;

  /** Tracked hands, by their number. */
  get hands(): readonly HandJoints[] {
    return [...this.#tracked.values()].sort((a, b) => a.handId - b.handId);
  }

  /** The last message, whether it had a hand or not. */
  get newest(): HandJoints | undefined {
    return this.#newest;
  }

  /** @param now milliseconds on a clock that only goes forward. */
  put(hand: HandJoints, now: number): void {
    this.#heardAt = now;
    this.#newest = hand;
    for (const [id, { stamp }] of this.#tracked) {
      const behind = hand.stamp - stamp;
      if (behind > LEFT_BEHIND || behind < -LEFT_BEHIND) this.#tracked.delete(id);
    }
    if (!hand.tracked) this.#tracked.delete(hand.handId);
    else if (this.#tracked.has(hand.handId) || this.#tracked.size < MAX_HANDS) this.#tracked.set(hand.handId, hand);
  }

  /**
   * @param expecting whether messages should be coming: connected, and not paused.
   */
  presence(now: number, expecting: boolean): HandPresence {
    if (this.#heardAt === undefined) return 'waiting';
    if (expecting && now - this.#heardAt > STALE_AFTER) return 'stale';
    return this.#tracked.size > 0 ? 'tracked' : 'lost';
  }

  /** Milliseconds since anything was heard; undefined where nothing was. */
  silence(now: number): number | undefined {
    return this.#heardAt === undefined ? undefined : now - this.#heardAt;
  }

  /** Count the silence from now on: playback goes on after a pause. */
  restart(now: number): void {
    if (this.#heardAt !== undefined) this.#heardAt = now;
  }

  clear(): void {
    this.#tracked.clear();
    this.#heardAt = undefined;
    this.#newest = undefined;
  }
}
