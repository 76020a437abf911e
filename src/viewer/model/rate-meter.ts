/** Milliseconds over which a rate is taken. */
const WINDOW = 2000;
/** As many moments are kept: rates above a hundred a second are read from a shorter window. */
const MOST = 200;

/** How often something happens. */
export class RateMeter {
  readonly #moments: number[] = [];

  /** @param now milliseconds on a clock that only goes forward. */
  tick(now: number): void {
    this.#moments.push(now);
    if (this.#moments.length > MOST) this.#moments.shift();
  }

  /** Times a second; 0 where it does not happen any more, undefined where it has happened too seldom to tell. */
  rate(now: number): number | undefined {
    while (this.#moments.length > 0 && now - this.#moments[0] > WINDOW) this.#moments.shift();
    const count = this.#moments.length;
    if (count === 0) return 0;
    if (count < 3) return undefined;
    const span = this.#moments[count - 1] - this.#moments[0];
    return span > 0 ? ((count - 1) * 1000) / span : undefined;
  }

  clear(): void {
    this.#moments.length = 0;
  }
}

/** How fast the time of a playback goes. */
export class SpeedMeter {
  readonly #moments: { readonly time: bigint; readonly now: number }[] = [];

  /**
   * @param time nanoseconds of the playback
   * @param now milliseconds on a clock that only goes forward
   */
  put(time: bigint, now: number): void {
    const last = this.#moments.at(-1);
    if (last !== undefined && time < last.time) this.clear();
    this.#moments.push({ time, now });
    if (this.#moments.length > MOST) this.#moments.shift();
  }

  /** 1 in real time; undefined where too little is known. */
  speed(now: number): number | undefined {
    while (this.#moments.length > 0 && now - this.#moments[0].now > WINDOW) this.#moments.shift();
    const [first, last] = [this.#moments[0], this.#moments.at(-1)];
    if (first === undefined || last === undefined || last.now - first.now < WINDOW / 4) return undefined;
    return Number(last.time - first.time) / 1e6 / (last.now - first.now);
  }

  clear(): void {
    this.#moments.length = 0;
  }
}
