import { type LiveTimers, nanoseconds } from '../../timing/index.js';

/** Farther behind than this, seconds, what was missed is not made up for: playing goes on from here. */
const MOST_BEHIND = 0.25;

/** When a message's turn is, by a clock of its own that runs at some speed, stands still, and is set. */
export class Pace {
  readonly #timers: LiveTimers;
  #speed: number;
  /** Where the clock stood at some moment of the real one. */
  #time = 0n;
  #since = 0;

  /** @param speed times real time; Infinity waits for nothing */
  constructor(timers: LiveTimers, speed: number) {
    this.#timers = timers;
    this.#speed = speed;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Run from this time on, nanoseconds. */
  start(time: bigint, speed = this.#speed): void {
    this.#time = time;
    this.#speed = speed;
    this.#since = this.#timers.seconds();
  }

  /** Where the clock stands now, nanoseconds; without sense for an infinite speed. */
  now(): bigint {
    const elapsed = (this.#timers.seconds() - this.#since) * this.#speed;
    return Number.isFinite(elapsed) ? this.#time + nanoseconds(elapsed) : this.#time;
  }

  /** Seconds of the real clock until a message's turn; 0 where it has come. */
  until(time: bigint): number {
    if (this.#speed === Number.POSITIVE_INFINITY) return 0;
    const turn = this.#since + Number(time - this.#time) / 1e9 / this.#speed;
    const wait = turn - this.#timers.seconds();
    if (wait < -MOST_BEHIND) this.start(time);
    return Math.max(0, wait);
  }
}
