/** A recording of a few minutes; older ones are forgotten first. */
const MOST = 8192;
/** Frame period where nothing is known yet, nanoseconds: 30 Hz. */
const USUAL_PERIOD = 33_333_333n;
/** A gap this many times the period is a hole in the recording, or a part not seen yet. */
const HOLE = 3n;

/** The moments of the frames seen so far, in order, so that one can be stepped to exactly. Nanoseconds. */
export class FrameStamps {
  readonly #stamps: bigint[] = [];

  add(stamp: bigint): void {
    const at = this.#after(stamp);
    if (at > 0 && this.#stamps[at - 1] === stamp) return;
    this.#stamps.splice(at, 0, stamp);
    if (this.#stamps.length > MOST) this.#stamps.shift();
  }

  /** Half of the gaps between frames are smaller; the usual period where too few were seen. */
  get period(): bigint {
    const newest = this.#stamps.slice(-65);
    const gaps = newest.slice(1).map((stamp, i) => stamp - newest[i]);
    if (gaps.length < 2) return USUAL_PERIOD;
    return gaps.sort((a, b) => (a < b ? -1 : 1))[gaps.length >> 1];
  }

  /** The next frame after `time`, or before it: one that was seen, or where one should be. */
  step(time: bigint, direction: 1 | -1): bigint {
    const { period } = this;
    const at = this.#after(time);
    const before = this.#stamps[at - 1] === time ? at - 2 : at - 1;
    const seen = this.#stamps[direction === 1 ? at : before];
    const guess = time + BigInt(direction) * period;
    if (seen === undefined) return guess;
    const distance = direction === 1 ? seen - time : time - seen;
    return distance > HOLE * period ? guess : seen;
  }

  clear(): void {
    this.#stamps.length = 0;
  }

  /** Index of the first stamp later than `stamp`. */
  #after(stamp: bigint): number {
    let low = 0;
    let high = this.#stamps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#stamps[middle] <= stamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
