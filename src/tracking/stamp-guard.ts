/**
 * What a frame's stamp says beside the stamp before it.
 *
 * - `next`: later, as it should be
 * - `zero`: not filled in by the driver
 * - `again`: the stamp of the frame before: a frame sent twice, or a clock that stands still
 * - `jump`: earlier than the frame before: a looped bag, a clock that was set back, two publishers on one topic
 */
export type StampVerdict = 'next' | 'zero' | 'again' | 'jump';

/**
 * Looks at the stamps of a live stream in the order in which its frames come. One publisher's messages come in the order in
 * which it sent them, so any step back is a jump in time and not disorder. A step forward, however long, is no jump: whoever
 * averages over time looks at gaps itself.
 */
export class StampGuard {
  readonly #counts: Record<StampVerdict, number> = { next: 0, zero: 0, again: 0, jump: 0 };
  #last: bigint | undefined;

  /** Frames so far by what their stamps said. */
  get counts(): Readonly<Record<StampVerdict, number>> {
    return { ...this.#counts };
  }

  /** @param stamp nanoseconds */
  see(stamp: bigint): StampVerdict {
    const verdict = this.#judge(stamp);
    this.#counts[verdict]++;
    if (verdict !== 'zero') this.#last = stamp;
    return verdict;
  }

  /** Begin anew with the next frame; the counts stay. */
  reset(): void {
    this.#last = undefined;
  }

  #judge(stamp: bigint): StampVerdict {
    if (stamp === 0n) return 'zero';
    if (this.#last === undefined || stamp > this.#last) return 'next';
    return stamp === this.#last ? 'again' : 'jump';
  }
}
