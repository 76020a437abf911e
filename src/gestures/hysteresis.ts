export interface HysteresisOptions {
  /** A score of at least this, for `hold` seconds, switches on. */
  readonly enter: number;
  /** A score below this, for `release` seconds, switches off. */
  readonly leave: number;
  readonly hold: number;
  readonly release: number;
}

/** A switch that is worked by a score: two thresholds, and a time for each of them. */
export class Hysteresis {
  readonly #options: HysteresisOptions;
  #on = false;
  /** Since when the score asks for the present or the other state. */
  #enteredAt: number | undefined;
  #leftAt: number | undefined;

  constructor(options: HysteresisOptions) {
    this.#options = options;
  }

  get on(): boolean {
    return this.#on;
  }

  /**
   * @param time seconds, not before that of the last call
   * @returns whether it is on now
   */
  step(score: number, time: number): boolean {
    const { enter, leave, hold, release } = this.#options;
    if (!(score >= leave)) {
      this.#leftAt ??= time;
      if (!this.#on || time - this.#leftAt >= release - TIME_ROUNDING) this.reset();
      return this.#on;
    }
    this.#leftAt = undefined;
    if (score >= enter) this.#enteredAt ??= time;
    else if (!this.#on) this.#enteredAt = undefined;
    if (!this.#on && this.#enteredAt !== undefined) this.#on = time - this.#enteredAt >= hold - TIME_ROUNDING;
    return this.#on;
  }

  /** Seconds since the score first asked for `on`; 0 while it does not. */
  heldFor(time: number): number {
    return this.#enteredAt === undefined ? 0 : time - this.#enteredAt;
  }

  reset(): void {
    this.#on = false;
    this.#enteredAt = undefined;
    this.#leftAt = undefined;
  }
}

/** Stamps that are a whole number of frames apart must not miss a time by rounding, seconds. */
const TIME_ROUNDING = 1e-6;
