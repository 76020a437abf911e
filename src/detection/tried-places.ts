import type { Vec3 } from '../geometry/index.js';
import { backOff, secondsBetween } from '../timing/index.js';
import type { Picture, Window } from './picture.js';

/** Peaks that are nearer to each other across the line of sight, and along it, are at one place, metres. */
const PLACE = { across: 0.06, along: 0.15 } as const;
/** A place whose picture has not changed is left alone for `first`, and twice as long after every further try, seconds. */
const PAUSE = { first: 0.15, longest: 0.6 } as const;
/** Of peaks with a lower score, 0 to 1, one at most is looked at in a frame. */
const FAINT_PEAK = 0.2;
/** Places that are remembered at most, and for how long after their last try, seconds. */
const MOST = 16;
const FORGOTTEN = 2;
/** Pixels along the edge of a block of a summary. */
const BLOCK = 8;
/** A block has changed where its mean depth differs by so much, metres, or so large a share of its pixels has come or gone. */
const CHANGED = { metres: 0.03, share: 0.4 } as const;
/** A picture has changed where so many of its blocks have. */
const CHANGED_BLOCKS = 4;

/** A look at the window around a peak of a first look. */
interface Look {
  readonly first: { readonly root: Vec3; readonly score: number };
  readonly window: Window;
}

/** Depth of a picture by blocks of 8x8 pixels. */
interface Summary {
  /** Metres, of the pixels with depth. */
  readonly mean: Float32Array;
  /** Pixels with depth. */
  readonly count: Uint8Array;
}

/** A place that was looked at closely in vain. */
interface Tried {
  readonly root: Vec3;
  readonly window: Window;
  readonly summary: Summary;
  /** Of the last try, nanoseconds. */
  readonly stamp: bigint;
  /** Tries one after the other of the same picture. */
  readonly tries: number;
}

/** What a frame shows in a window of the finer picture; asked several times for one. */
export type Sample = (window: Window) => Pick<Picture, 'width' | 'height' | 'depth'>;

/**
 * Places of a camera that a detector looked at closely and saw no hand: where nothing has changed they need not be looked at again for a
 * while. Time is that of the frames; where it goes back all is forgotten.
 */
export class TriedPlaces {
  #tried: Tried[] = [];
  #stamp = 0n;

  /** A frame begins. */
  pass(stamp: bigint): void {
    if (stamp < this.#stamp) this.#tried = [];
    this.#stamp = stamp;
    this.#tried = this.#tried.filter((one) => this.#since(one) < FORGOTTEN);
  }

  /**
   * Those of a frame's looks that are worth it: not at places whose picture has not changed; and of those at faint peaks one, at a new
   * place, or where the last try was longest ago.
   *
   * @param sample what this frame shows in a window
   */
  worthwhile<L extends Look>(looks: readonly L[], sample: Sample): L[] {
    const due = looks.filter(({ first }) => !this.#rests(first, sample));
    const age = ({ first }: Look) => this.#since(this.#at(first.root));
    const faint = due.filter(({ first }) => first.score < FAINT_PEAK);
    const longest = Math.max(...faint.map(age));
    const next = faint.find((look) => age(look) === longest);
    return due.filter((look) => look === next || !faint.includes(look));
  }

  /**
   * A look at this frame was made.
   *
   * @param sample see {@link worthwhile}
   * @param isVain whether there is no hand
   */
  looked({ first: { root }, window }: Look, sample: Sample, isVain: boolean): void {
    const before = this.#at(root);
    this.#tried = this.#tried.filter((one) => one !== before);
    if (!isVain) return;
    const again = before !== undefined && !hasChanged(before, sample) ? before : undefined;
    const place = again ?? { root, window, summary: summaryOf(sample(window)) };
    this.#tried.push({ ...place, stamp: this.#stamp, tries: 1 + (again?.tries ?? 0) });
    if (this.#tried.length > MOST) this.#tried.shift();
  }

  /** Forget all places. */
  reset(): void {
    this.#tried = [];
  }

  #rests({ root }: Look['first'], sample: Sample): boolean {
    const tried = this.#at(root);
    return tried !== undefined && this.#since(tried) < backOff(tried.tries, PAUSE) && !hasChanged(tried, sample);
  }

  #at([x, y, z]: Vec3): Tried | undefined {
    return this.#tried.find(
      ({ root }) => Math.hypot(root[0] - x, root[1] - y) < PLACE.across && Math.abs(root[2] - z) < PLACE.along,
    );
  }

  /** Seconds since the last try; infinitely many where there was none. */
  #since(tried: Tried | undefined): number {
    return tried === undefined ? Number.POSITIVE_INFINITY : secondsBetween(tried.stamp, this.#stamp);
  }
}

function hasChanged({ window, summary: { mean, count } }: Tried, sample: Sample): boolean {
  const now = summaryOf(sample(window));
  let changed = 0;
  for (let i = 0; i < count.length; i++) {
    const came = Math.abs(now.count[i] - count[i]) > CHANGED.share * BLOCK ** 2;
    const moved = count[i] > 0 && now.count[i] > 0 && Math.abs(now.mean[i] - mean[i]) > CHANGED.metres;
    if (came || moved) changed++;
  }
  return changed >= CHANGED_BLOCKS;
}

function summaryOf({ width, height, depth }: ReturnType<Sample>): Summary {
  const [columns, rows] = [Math.ceil(width / BLOCK), Math.ceil(height / BLOCK)];
  const mean = new Float32Array(columns * rows);
  const count = new Uint8Array(columns * rows);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (!(depth[i] > 0)) continue;
      const block = Math.floor(y / BLOCK) * columns + Math.floor(x / BLOCK);
      mean[block] += depth[i];
      count[block]++;
    }
  }
  for (let i = 0; i < mean.length; i++) if (count[i] > 0) mean[i] /= count[i];
  return { mean, count };
}
