import { DurationRing, type DurationSummary } from '../timing/duration-ring.js';

/** The steps of a frame's way whose durations are measured; `reply` is what a camera role waits for its answer. */
export const STAGES = [
  'decode',
  'reference',
  'refine',
  'voxels',
  'reply',
  'inference',
  'heatmaps',
  'fit',
  'smoothing',
] as const;
export type Stage = (typeof STAGES)[number];

/** Seconds of some monotonic clock; the only clock in the pipeline, and it only measures. */
export type Stopwatch = () => number;

/** Durations of one stage, seconds. */
export type StageSummary = DurationSummary;

/**
 * Collects the durations of stages in bounded memory. Quantiles are over the newest ones, 4,096 a stage by default, mean
 * and maximum over all.
 */
export class StageTimes {
  readonly #rings = new Map<Stage, DurationRing>();
  readonly #kept: number;

  /** @param kept durations a stage that quantiles are taken over. */
  constructor(kept = 4096) {
    this.#kept = kept;
  }

  add(stage: Stage, seconds: number): void {
    let ring = this.#rings.get(stage);
    if (ring === undefined) {
      ring = new DurationRing(this.#kept);
      this.#rings.set(stage, ring);
    }
    ring.add(seconds);
  }

  summary(): Partial<Record<Stage, StageSummary>> {
    const result: Partial<Record<Stage, StageSummary>> = {};
    for (const stage of STAGES) {
      const summary = this.#rings.get(stage)?.summary();
      if (summary !== undefined) result[stage] = summary;
    }
    return result;
  }
}

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
