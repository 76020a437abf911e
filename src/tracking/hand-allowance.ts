/** Weight of the newest frame in the mean time of frames: the half second in which the side of a new hand is sought is no reason to shed. */
const NEWEST = 0.05;
/** A change stands for so long before the next one, nanoseconds. */
const REST = 1_000_000_000n;
/** A frame counts for at most so many times what it may take: one slow frame, such as that in which a hand is found, is no reason to shed. */
const SLOWEST = 2;
/** One more hand must fit into so much of the time with what hands cost now. */
const ROOM = 0.85;

/**
 * How many hands are tracked at once, so that a frame takes no longer than it may on average: one less where it does, one more where there
 * is room again. Never less than one. Time is only measured, and rests are by the stamps of the frames.
 */
export class HandAllowance {
  readonly #most: number;
  readonly #seconds: number;
  readonly #atOnce: number;
  #allowed: number;
  #mean: number | undefined;
  #changed: bigint | undefined;

  /**
   * @param most hands at the beginning and at most
   * @param seconds that a frame may take; 0: as long as it likes
   * @param atOnce hands that are in the network at once
   */
  constructor(most: number, seconds: number, atOnce = 1) {
    this.#most = most;
    this.#seconds = seconds;
    this.#atOnce = atOnce;
    this.#allowed = most;
  }

  get allowed(): number {
    return this.#allowed;
  }

  /**
   * A frame with so many hands took so long.
   *
   * @returns how many hands are too many from now on
   */
  took(seconds: number, hands: number, stamp: bigint): number {
    if (this.#seconds === 0) return 0;
    const counted = Math.min(seconds, SLOWEST * this.#seconds);
    this.#mean = this.#mean === undefined ? counted : (1 - NEWEST) * this.#mean + NEWEST * counted;
    this.#changed ??= stamp;
    const rested = stamp - this.#changed;
    if (rested < 0n) this.#changed = stamp; // stamps begin anew
    if (rested < REST) return 0;
    if (hands > 1 && this.#mean > this.#seconds) {
      this.#change(hands - 1, stamp);
      return 1;
    }
    const turns = (count: number) => Math.ceil(count / this.#atOnce);
    const withOneMore = (this.#mean * turns(this.#allowed + 1)) / turns(this.#allowed);
    if (this.#allowed < this.#most && withOneMore < ROOM * this.#seconds) this.#change(this.#allowed + 1, stamp);
    return 0;
  }

  #change(allowed: number, stamp: bigint): void {
    this.#allowed = allowed;
    this.#changed = stamp;
    this.#mean = undefined;
  }
}
