/** What is known of one moment. */
export interface Moment {
  /** Of the result, nanoseconds. */
  readonly stamp: bigint;
  /** When it is on the time line, nanoseconds. */
  time: bigint;
  /** Presence score of the least sure hand, 0 to 1; without scores 1 where there is a hand and 0 where there is none. */
  presence?: number;
  /** Mean distance of the joints from ground truth, millimetres. */
  error?: number;
  /** From the frame's stamp, or in a replay from the frame's turn, to publication, milliseconds. */
  latency?: number;
}

export const PLOTTED = ['error', 'latency', 'presence'] as const;
export type Plotted = (typeof PLOTTED)[number];

/** A curve for each; null where it is interrupted. */
export interface Curves extends Readonly<Record<Plotted, (number | null)[]>> {
  /** Seconds. */
  readonly x: number[];
}

/** Some minutes at 30 Hz; the oldest are forgotten first. */
const MOST = 8192;
/** Moments farther apart are not joined, nanoseconds: something between them was not seen. */
const JOINED = 400_000_000n;
/** A loss is said once: until the next result there was no hand, but for longer than this it may just not have been seen. */
const LOST_FOR = 10_000_000_000n;

/** What became of error, latency and presence as far as it has been seen; a moment that is played again replaces itself. */
export class History {
  readonly #moments: Moment[] = [];
  /** Counts up with every change. */
  version = 0;

  /** The moment of this stamp, made where it is new. */
  at(stamp: bigint, time: bigint): Moment {
    this.version++;
    const moments = this.#moments;
    let after = moments.length;
    while (after > 0 && moments[after - 1].stamp > stamp) after--;
    const known = moments[after - 1];
    if (known?.stamp === stamp) return Object.assign(known, { time });
    const moment: Moment = { stamp, time };
    moments.splice(after, 0, moment);
    if (moments.length > MOST) moments.shift();
    return moment;
  }

  /** The moment of this stamp, if it is known. */
  find(stamp: bigint): Moment | undefined {
    return this.#moments.findLast((moment) => moment.stamp === stamp);
  }

  get newest(): Moment | undefined {
    return this.#moments.at(-1);
  }

  get oldest(): Moment | undefined {
    return this.#moments[0];
  }

  /**
   * The curves between two times, both included.
   *
   * @param zero the time that is 0 s
   */
  curves(from: bigint, to: bigint, zero: bigint): Curves {
    const curves: Curves = { x: [], error: [], latency: [], presence: [] };
    const put = (time: bigint, values: Pick<Moment, Plotted>) => {
      curves.x.push(Number(time - zero) / 1e9);
      for (const name of PLOTTED) curves[name].push(values[name] ?? null);
    };
    let before: Moment | undefined;
    for (const moment of this.#moments) {
      const { time } = moment;
      if (time < from || time > to) continue;
      const gap = before === undefined ? 0n : time - before.time;
      if (before !== undefined && gap > JOINED) {
        if (before.presence === 0 && gap < LOST_FOR) put(time - 1000n, { presence: 0 });
        else put(before.time + 1000n, {});
      }
      before = moment;
      put(time, moment);
    }
    return curves;
  }

  clear(): void {
    this.#moments.length = 0;
    this.version++;
  }
}
