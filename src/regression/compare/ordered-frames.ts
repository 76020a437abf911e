/** Results of one moment: several where several hands are tracked. */
export interface StampedFrame<T> {
  readonly stamp: bigint;
  /** How often time has jumped back before it. */
  readonly epoch: number;
  /** In the order of the recording. */
  readonly items: readonly T[];
}

/** What was found on the way about the order of stamps. */
export interface StampOrder {
  /** Results that came after one of a later stamp. */
  readonly outOfOrder: number;
  /** Of those: so late that the ones after them had been compared already. */
  readonly tooLate: number;
  /** Jumps back in time: a loop, or a clock that was set. */
  readonly jumpsBack: number;
}

/** Results of one stamp that make up a frame; more of them make up another. Nobody has so many hands, but a stamp may be broken. */
const MOST_ITEMS = 64;

export interface FrameOrderOptions {
  /** Frames among which order is restored. Default 64. */
  readonly window?: number;
  /** A stamp that lies farther back than this begins a new epoch, nanoseconds. Default one second. */
  readonly jump?: bigint;
}

/**
 * Results in the order of a recording become frames in order of stamps, in memory that does not grow with the recording.
 *
 * Small disorder (a window that delays, two writers) is put right among `window` frames of 64 results at most. A jump back in
 * time begins a new epoch, within which stamps rise again.
 */
export class FrameOrder<T extends { readonly stamp: bigint }> {
  readonly #window: number;
  readonly #jump: bigint;
  /** By rising stamps. */
  #waiting: { stamp: bigint; epoch: number; items: T[] }[] = [];
  #epoch = 0;
  #newest: bigint | undefined;
  #given: bigint | undefined;
  #outOfOrder = 0;
  #tooLate = 0;
  #jumpsBack = 0;

  constructor({ window = 64, jump = 1_000_000_000n }: FrameOrderOptions = {}) {
    this.#window = window;
    this.#jump = jump;
  }

  /** Take the next result; gives the frames that nothing can come before any more. */
  push(item: T): readonly StampedFrame<T>[] {
    const { stamp } = item;
    const flushed = this.#newest !== undefined && stamp < this.#newest - this.#jump ? this.#nextEpoch() : [];
    if (this.#given !== undefined && stamp <= this.#given) {
      if (stamp !== this.#newest) {
        this.#outOfOrder++;
        this.#tooLate++;
      }
      return [{ stamp, epoch: this.#epoch, items: [item] }];
    }
    if (this.#newest === undefined || stamp > this.#newest) this.#newest = stamp;
    else if (stamp < this.#newest) this.#outOfOrder++;
    this.#insert(item);
    if (this.#waiting.length <= this.#window) return flushed;
    const first = this.#waiting.shift() as StampedFrame<T>;
    this.#given = first.stamp;
    return [...flushed, first];
  }

  /** What still waits, at the end of the recording. */
  flush(): readonly StampedFrame<T>[] {
    const rest = this.#waiting;
    this.#waiting = [];
    return rest;
  }

  order(): StampOrder {
    return { outOfOrder: this.#outOfOrder, tooLate: this.#tooLate, jumpsBack: this.#jumpsBack };
  }

  #nextEpoch(): readonly StampedFrame<T>[] {
    const rest = this.flush();
    this.#epoch++;
    this.#jumpsBack++;
    this.#newest = undefined;
    this.#given = undefined;
    return rest;
  }

  #insert(item: T): void {
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1].stamp > item.stamp) at--;
    const before = this.#waiting[at - 1];
    if (before?.stamp === item.stamp && before.items.length < MOST_ITEMS) before.items.push(item);
    else this.#waiting.splice(at, 0, { stamp: item.stamp, epoch: this.#epoch, items: [item] });
  }
}

/** {@link FrameOrder} over a stream that is pulled. */
export async function* orderedFrames<T extends { readonly stamp: bigint }>(
  items: AsyncIterable<T>,
  order: FrameOrder<T>,
): AsyncGenerator<StampedFrame<T>, void, void> {
  for await (const item of items) yield* order.push(item);
  yield* order.flush();
}
