export const RIBBON_BINS = 400;

export const UNSEEN = 0;
export const TRACKED = 1;
export const LOST = 2;

/** Over how many bins a frame and the one before it are joined; farther apart lies something that was not seen. */
const JOINED = 8;

/** Where in a recording there was a hand, as far as it has been seen. */
export class TrackRibbon {
  readonly bins = new Uint8Array(RIBBON_BINS);
  #last: number | undefined;
  /** Counts up with every change, so that a picture of it knows when it is old. */
  version = 0;

  /** @param share of the recording, 0 to 1. */
  mark(share: number, tracked: boolean): void {
    if (!(share >= 0 && share <= 1)) return;
    const bin = Math.min(RIBBON_BINS - 1, Math.floor(share * RIBBON_BINS));
    const from = this.#last !== undefined && bin > this.#last && bin - this.#last <= JOINED ? this.#last + 1 : bin;
    const value = tracked ? TRACKED : LOST;
    for (let i = from; i <= bin; i++) {
      // A bin with frames of both kinds shows the loss: that is what one looks for.
      const next = i === this.#last && this.bins[i] === LOST ? LOST : value;
      if (this.bins[i] === next) continue;
      this.bins[i] = next;
      this.version++;
    }
    this.#last = bin;
  }

  clear(): void {
    this.bins.fill(UNSEEN);
    this.#last = undefined;
    this.version++;
  }
}
