/** Counts that only grow, by name. */
type Totals = Readonly<Record<string, number>>;

interface Sample {
  readonly seconds: number;
  readonly totals: Totals;
}

/** What was counted in the last seconds, of totals that are looked at now and then. Keeps a few samples. */
export class RecentCounts {
  readonly #window: number;
  #samples: Sample[];

  /**
   * @param seconds now; nothing has been counted yet.
   * @param window seconds
   */
  constructor(seconds: number, window = 5) {
    this.#window = window;
    this.#samples = [{ seconds, totals: {} }];
  }

  /**
   * @param totals since the start. Where one has become smaller they were begun anew, and so is this.
   * @returns since the oldest sample that is about as old as the window, and how long that is.
   */
  see<Name extends string>(
    seconds: number,
    totals: Readonly<Record<Name, number>>,
  ): { readonly seconds: number; readonly counts: Readonly<Record<Name, number>> } {
    const before = this.#samples[this.#samples.length - 1];
    if (Object.entries<number>(totals).some(([name, count]) => count < (before.totals[name] ?? 0))) {
      this.#samples = [{ seconds: before.seconds, totals: {} }];
    }
    this.#samples.push({ seconds, totals });
    while (this.#samples.length > 2 && this.#samples[1].seconds <= seconds - this.#window) this.#samples.shift();
    const [oldest] = this.#samples;
    const counts = Object.fromEntries(
      Object.entries<number>(totals).map(([name, count]) => [name, count - (oldest.totals[name] ?? 0)]),
    ) as Record<Name, number>;
    return { seconds: seconds - oldest.seconds, counts };
  }
}
