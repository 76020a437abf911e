import { DurationRing } from '../timing/duration-ring.js';
import type { LiveTimers } from '../timing/live-timers.js';

/** Shortest silence after which a hand is said to be lost, seconds. */
const LEAST_SILENCE = 0.25;
/** Or so many periods without anything. */
const PERIODS = 3;
/** Said this much earlier, so that it is out in time. */
const EARLY = 0.9;
/** Periods are the median of so many intervals: one long gap does not make the next one look usual. */
const INTERVALS = 9;

/**
 * Notices that a live stream has stopped: no hand may be shown longer than max(3 periods, 250 ms) after its last sign of life.
 *
 * Two things are watched, each by its own period: frames that come in, and results that come out. Frames stop when a camera is
 * unplugged; results stop when a network dies or hangs while frames still come. A slow network has a long period of results,
 * and is not taken for a dead one.
 *
 * ```text
 *   shown ──▶ watching ──silence──▶ onStale, once ──▶ waits until the next one is shown
 * ```
 */
export class StaleWatch {
  readonly #timers: LiveTimers;
  readonly #onStale: (silence: number) => void;
  readonly #frames = new Period();
  readonly #results = new Period();
  #timer: unknown;

  /** @param onStale told how long there was nothing, seconds. Must not throw. */
  constructor(timers: LiveTimers, onStale: (silence: number) => void) {
    this.#timers = timers;
    this.#onStale = onStale;
  }

  /** Median seconds between frames of late, undefined before the second one. */
  get framePeriod(): number | undefined {
    return this.#frames.median();
  }

  /** Seconds since the last frame, undefined before the first one. */
  get sinceFrame(): number | undefined {
    return this.#frames.since(this.#timers.seconds());
  }

  /** A frame came in. */
  frame(): void {
    this.#frames.mark(this.#timers.seconds());
  }

  /**
   * A result was worked out. To be told of all of them, so that a network that has become slow is known as such after a few.
   *
   * @param seconds from the frame's arrival to its result.
   * @returns whether the result is recent. One that took much longer than results do is about a hand of long ago, as after the
   * restart of a network, and must not be shown.
   */
  took(seconds: number): boolean {
    const usual = Math.max(this.#frames.period, this.#results.period);
    const recent = this.#results.last === undefined || seconds <= Math.max(LEAST_SILENCE, PERIODS * usual);
    this.#results.took(seconds);
    return recent;
  }

  /** A result was shown: from now on there is something to be lost. */
  shown(): void {
    this.#results.mark(this.#timers.seconds());
    if (this.#timer === undefined) this.#arm();
  }

  /** Stop watching, until the next result is shown. */
  stop(): void {
    this.#timers.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Forget what was, as at the start. */
  reset(): void {
    this.stop();
    this.#frames.reset();
    this.#results.reset();
  }

  #arm(): void {
    const now = this.#timers.seconds();
    const wait = Math.min(this.#frames.remaining(now), this.#results.remaining(now));
    this.#timer = this.#timers.setTimeout(() => this.#look(), Math.max(1, Math.ceil(1000 * wait)));
  }

  #look(): void {
    this.#timer = undefined;
    const now = this.#timers.seconds();
    // a timer may come a little early
    if (Math.min(this.#frames.remaining(now), this.#results.remaining(now)) > 1e-3) this.#arm();
    else this.#onStale(Math.max(this.#frames.since(now) ?? 0, this.#results.since(now) ?? 0));
  }
}

/** How often something happens, and how long it may stay away. */
class Period {
  #intervals = new DurationRing(INTERVALS);
  #tooks = new DurationRing(INTERVALS);
  last: number | undefined;

  /** Median seconds between two, or that one takes, whichever is longer; 0 where nobody knows yet. */
  get period(): number {
    return Math.max(this.median() ?? 0, this.#tooks.summary()?.p50 ?? 0);
  }

  mark(now: number): void {
    if (this.last !== undefined) this.#intervals.add(now - this.last);
    this.last = now;
  }

  took(seconds: number): void {
    this.#tooks.add(seconds);
  }

  median(): number | undefined {
    return this.#intervals.summary()?.p50;
  }

  since(now: number): number | undefined {
    return this.last === undefined ? undefined : now - this.last;
  }

  /** Seconds until it counts as stopped; endless where it never happened. */
  remaining(now: number): number {
    if (this.last === undefined) return Number.POSITIVE_INFINITY;
    return this.last + EARLY * Math.max(LEAST_SILENCE, PERIODS * this.period) - now;
  }

  reset(): void {
    this.#intervals = new DurationRing(INTERVALS);
    this.#tooks = new DurationRing(INTERVALS);
    this.last = undefined;
  }
}
