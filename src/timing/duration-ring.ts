/** Durations of one thing, seconds. */
export interface DurationSummary {
  /** All that were added. */
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
  readonly max: number;
}

/**
 * Collects durations in bounded memory. Quantiles are over the newest `kept` ones, mean and maximum over all.
 *
 * @example
 * ```ts
 * const ages = new DurationRing(300);
 * ages.add(0.041);
 * ages.summary()?.p50; // 0.041
 * ```
 */
export class DurationRing {
  readonly #ring: Float64Array;
  #count = 0;
  #sum = 0;
  #max = Number.NEGATIVE_INFINITY;

  /** @param kept durations that quantiles are taken over, at least 1. */
  constructor(kept = 4096) {
    this.#ring = new Float64Array(kept);
  }

  add(seconds: number): void {
    this.#ring[this.#count++ % this.#ring.length] = seconds;
    this.#sum += seconds;
    if (seconds > this.#max) this.#max = seconds;
  }

  /** The newest `kept` durations in ascending order. */
  sorted(): Float64Array {
    return this.#ring.slice(0, Math.min(this.#count, this.#ring.length)).sort();
  }

  /** Undefined before the first duration. */
  summary(): DurationSummary | undefined {
    if (this.#count === 0) return undefined;
    const kept = this.sorted();
    const at = (share: number) => kept[Math.min(kept.length - 1, Math.floor(share * kept.length))];
    return { count: this.#count, p50: at(0.5), p99: at(0.99), mean: this.#sum / this.#count, max: this.#max };
  }
}
