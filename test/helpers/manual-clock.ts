import type { LiveTimers } from '../../src/timing/live-timers.js';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it; its timers fire in order while it moves. */
export class ManualClock implements LiveTimers {
  #now = 0;
  readonly #timers = new Set<Timer>();

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  seconds(): number {
    return this.#now;
  }

  /** The same time in nanoseconds, from `start` on: for a bus. */
  nanoseconds(start = 0n): bigint {
    return start + BigInt(Math.round(this.#now * 1e9));
  }

  setTimeout(callback: () => void, milliseconds: number): Timer {
    const timer = { at: this.#now + milliseconds / 1000, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as Timer);
  }

  /** Move on; what timers set off is given time to happen before the clock moves further. */
  async advance(seconds: number): Promise<void> {
    const end = this.#now + seconds;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(({ at }) => at <= end + 1e-9).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
    await settle();
  }
}

/** Let everything happen that does not wait for a clock. */
export async function settle(rounds = 10): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise((resolve) => setImmediate(resolve));
}
