import { decide } from './nearest-pairs.js';
import type { StampedFrame } from './ordered-frames.js';

/** Two frames of one moment, or one that has no counterpart. */
export interface MatchedFrames<T> {
  readonly golden?: StampedFrame<T>;
  readonly new?: StampedFrame<T>;
}

/**
 * Walk through two recordings at once, frame by frame: each frame of either comes out exactly once, with its counterpart
 * or alone. Pulls as far as needed, and never holds more than two frames of each.
 *
 * @param tolerance how far the stamps of a pair may lie apart, nanoseconds
 */
export async function* matchedFrames<T>(
  golden: AsyncIterable<StampedFrame<T>>,
  found: AsyncIterable<StampedFrame<T>>,
  tolerance: bigint,
): AsyncGenerator<MatchedFrames<T>, void, void> {
  const left = new Peekable(golden);
  const right = new Peekable(found);
  try {
    for (;;) {
      const heads = await left.heads();
      const others = await right.heads();
      if (heads[0] === undefined && others[0] === undefined) return;
      const decision = decide(heads, others, tolerance);
      yield {
        ...(decision !== 'new' && { golden: left.take() }),
        ...(decision !== 'golden' && { new: right.take() }),
      };
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

/** The next two of a stream. */
class Peekable<T> {
  readonly #items: AsyncIterator<T>;
  readonly #heads: T[] = [];
  #ended = false;

  constructor(items: AsyncIterable<T>) {
    this.#items = items[Symbol.asyncIterator]();
  }

  async heads(): Promise<readonly (T | undefined)[]> {
    while (!this.#ended && this.#heads.length < 2) {
      const step = await this.#items.next();
      if (step.done === true) this.#ended = true;
      else this.#heads.push(step.value);
    }
    return this.#heads;
  }

  take(): T {
    return this.#heads.shift() as T;
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.#items.return?.();
  }
}
