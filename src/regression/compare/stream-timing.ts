import { DistanceSketch } from './distance-sketch.js';
import type { StampOrder } from './ordered-frames.js';

/** Differences between two times, seconds; all null where there is none. */
export interface DelaySummary {
  readonly meanSeconds: number | null;
  /** Negative ones count as 0 here. */
  readonly p95Seconds: number | null;
  readonly minSeconds: number | null;
  readonly maxSeconds: number | null;
}

/** When a recording's results were there: what is kept apart from what they say. */
export interface TimingReport extends StampOrder {
  readonly results: number;
  readonly firstStamp: bigint | null;
  readonly lastStamp: bigint | null;
  /** Results per second: one over the median distance between stamps; null for fewer than two. */
  readonly rateHz: number | null;
  /** Longest time between two stamps that follow each other. */
  readonly maxGapSeconds: number | null;
  /** Log time minus stamp. In a replay that is 0. */
  readonly latency: DelaySummary;
  /** Publish time minus stamp, as the messages say themselves. */
  readonly age: DelaySummary;
}

/** Looks at the times of one recording's results, in the order of the recording. */
export class StreamTiming {
  readonly #latency = new Delays();
  readonly #age = new Delays();
  readonly #gaps = new DistanceSketch();
  #results = 0;
  #first: bigint | undefined;
  #last: bigint | undefined;
  #before: bigint | undefined;

  add({ stamp, logTime, age }: { readonly stamp: bigint; readonly logTime: bigint; readonly age: bigint }): void {
    this.#results++;
    this.#latency.add(logTime - stamp);
    this.#age.add(age);
    if (this.#first === undefined || stamp < this.#first) this.#first = stamp;
    if (this.#last === undefined || stamp > this.#last) this.#last = stamp;
    if (this.#before !== undefined && stamp > this.#before) this.#gaps.add(Number(stamp - this.#before) / 1e9);
    this.#before = stamp;
  }

  report(order: StampOrder): TimingReport {
    const { p50, max } = this.#gaps.summary();
    return {
      results: this.#results,
      firstStamp: this.#first ?? null,
      lastStamp: this.#last ?? null,
      rateHz: p50 === null ? null : 1 / p50,
      maxGapSeconds: max,
      latency: this.#latency.summary(),
      age: this.#age.summary(),
      ...order,
    };
  }
}

class Delays {
  readonly #positive = new DistanceSketch();
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  add(nanoseconds: bigint): void {
    const seconds = Number(nanoseconds) / 1e9;
    this.#positive.add(Math.max(0, seconds));
    this.#count++;
    this.#sum += seconds;
    this.#min = Math.min(this.#min, seconds);
    this.#max = Math.max(this.#max, seconds);
  }

  summary(): DelaySummary {
    if (this.#count === 0) return { meanSeconds: null, p95Seconds: null, minSeconds: null, maxSeconds: null };
    return {
      meanSeconds: this.#sum / this.#count,
      p95Seconds: this.#positive.quantile(0.95),
      minSeconds: this.#min,
      maxSeconds: this.#max,
    };
  }
}
