/** Kept of all intervals, for their median. */
const SAMPLES = 4096;
/** The longest are kept one by one. */
const LONGEST = 1000;

export interface Interval {
  readonly seconds: number;
  readonly logTime: bigint;
}

/** The times between the messages of a topic, in memory that does not grow: a fair sample of them, and the longest. */
export class Intervals {
  readonly #samples: number[] = [];
  #longest: Interval[] = [];
  #floor = 0;
  #count = 0;
  #state = 1;

  /** @param logTime of the message that it ends with, nanoseconds */
  add(seconds: number, logTime: bigint): void {
    this.#count++;
    if (this.#samples.length < SAMPLES) this.#samples.push(seconds);
    else {
      const place = this.#random() % this.#count;
      if (place < SAMPLES) this.#samples[place] = seconds;
    }
    if (seconds <= this.#floor) return;
    this.#longest.push({ seconds, logTime });
    if (this.#longest.length < 2 * LONGEST) return;
    this.#longest = this.#sorted().slice(0, LONGEST);
    this.#floor = this.#longest[LONGEST - 1].seconds;
  }

  /** Seconds; undefined while there are none. */
  median(): number | undefined {
    const sorted = [...this.#samples].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** Those longer than this, longest first; at most 1000. */
  longerThan(seconds: number): readonly Interval[] {
    return this.#sorted()
      .slice(0, LONGEST)
      .filter((interval) => interval.seconds > seconds);
  }

  #sorted(): Interval[] {
    return [...this.#longest].sort((a, b) => b.seconds - a.seconds);
  }

  /** The same in every run. */
  #random(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state;
  }
}
