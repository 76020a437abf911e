import type { LiveTimers } from '../timing/index.js';
import { Counters } from '../tracking/index.js';

/** {@link Counters} that know when the last depth message came. */
export class TimedCounters extends Counters {
  readonly #timers: Pick<LiveTimers, 'seconds'>;
  #last: number | undefined;

  constructor(timers: Pick<LiveTimers, 'seconds'>) {
    super();
    this.#timers = timers;
  }

  /** Seconds since the last depth message, whatever became of it; undefined before the first one. */
  get sinceMessage(): number | undefined {
    return this.#last === undefined ? undefined : this.#timers.seconds() - this.#last;
  }

  override arrived(): void {
    super.arrived();
    this.#last = this.#timers.seconds();
  }
}
