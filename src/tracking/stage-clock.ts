import type { Stage, StageTimes, Stopwatch } from './stage-times.js';

/** Adds how long a stage took to its times; without a stopwatch it only does the work. What throws is not measured. */
export class StageClock {
  readonly #times: StageTimes;
  readonly #now: Stopwatch | undefined;

  constructor(times: StageTimes, now: Stopwatch | undefined) {
    this.#times = times;
    this.#now = now;
  }

  run<T>(stage: Stage, work: () => T): T {
    if (this.#now === undefined) return work();
    const begin = this.#now();
    const result = work();
    this.#times.add(stage, this.#now() - begin);
    return result;
  }

  async wait<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    if (this.#now === undefined) return work();
    const begin = this.#now();
    const result = await work();
    this.#times.add(stage, this.#now() - begin);
    return result;
  }
}
