import { apart } from '../../timing/index.js';
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

/** What has a place in time. */
export interface Timed {
  /** Nanoseconds. */
  readonly stamp: bigint;
  /** How often time has jumped back before it, in its recording: stamps of different epochs are never the same moment. */
  readonly epoch?: number;
}

/** What becomes of the first two that are left: they belong together, or one of them to nobody. */
export type Decision = 'pair' | 'golden' | 'new';

/**
 * Decide on the first elements of two lists in order of time, so that each ends up with the nearest of the other list, or
 * alone where that is farther than the tolerance or has a nearer one itself.
 *
 * One look beyond each head is enough: in order, everything further on is farther away.
 *
 * @param tolerance nanoseconds; 0 for stamps that must be equal
 */
export function decide(
  [golden, nextGolden]: readonly (Timed | undefined)[],
  [found, nextFound]: readonly (Timed | undefined)[],
  tolerance: bigint,
): Decision {
  if (found === undefined) return 'golden';
  if (golden === undefined) return 'new';
  const epochs = (golden.epoch ?? 0) - (found.epoch ?? 0);
  if (epochs !== 0) return epochs < 0 ? 'golden' : 'new';
  const gap = apart(golden.stamp, found.stamp);
  if (gap === 0n) return 'pair';
  const earlier = golden.stamp < found.stamp ? 'golden' : 'new';
  if (gap > tolerance) return earlier;
  const [rival, late] = earlier === 'golden' ? [nextGolden, found] : [nextFound, golden];
  const robbed =
    rival !== undefined && (rival.epoch ?? 0) === (late.epoch ?? 0) && apart(rival.stamp, late.stamp) < gap;
  return robbed ? earlier : 'pair';
}

/** The elements of two lists in order of time, paired by {@link decide}; each occurs once. */
export function nearestPairs<G extends Timed, N extends Timed>(
  golden: readonly G[],
  found: readonly N[],
  tolerance: bigint,
): { readonly golden?: G; readonly new?: N }[] {
  const pairs: { golden?: G; new?: N }[] = [];
  let g = 0;
  let n = 0;
  while (g < golden.length || n < found.length) {
    const decision = decide([golden[g], golden[g + 1]], [found[n], found[n + 1]], tolerance);
    pairs.push({
      ...(decision !== 'new' && { golden: golden[g++] }),
      ...(decision !== 'golden' && { new: found[n++] }),
    });
  }
  return pairs;
}
