import { VoxhandError } from '../errors/index.js';
import { apart, nanoseconds } from '../timing/index.js';

/** A value with the stamp of its message, nanoseconds. */
export interface Stamped<T> {
  readonly stamp: bigint;
  readonly value: T;
}

/**
 * Why a depth image stays without camera.
 *
 * - `camera-missing`: no info of its time came (an info of a later time did, or none at all)
 * - `queue-full`: its info did not come while `queueSize` newer images did
 * - `time-jump`: it was waiting when time jumped back
 */
export const PAIR_DROP_CAUSES = ['camera-missing', 'queue-full', 'time-jump'] as const;
export type PairDropCause = (typeof PAIR_DROP_CAUSES)[number];

/** What became of one depth image. */
export type PairOutcome<D, C> =
  | { readonly kind: 'pair'; readonly depth: Stamped<D>; readonly camera: Stamped<C> }
  | { readonly kind: 'drop'; readonly depth: Stamped<D>; readonly cause: PairDropCause };

export interface PairOptions {
  /**
   * `stamp`: the info whose stamp is the image's, or nearest to it within the tolerance.
   * `latest`: the info that came last, whatever its stamp. Default `stamp`.
   */
  readonly mode?: 'stamp' | 'latest';
  /** Seconds. Default 0: stamps must be equal. */
  readonly tolerance?: number;
  /** Depth images that may wait for their info. Default 10. */
  readonly queueSize?: number;
}

/** `depthIn = paired + waiting + the sum of dropped`, always. */
export interface PairCounts {
  readonly depthIn: number;
  readonly paired: number;
  readonly waiting: number;
  readonly dropped: Readonly<Record<PairDropCause, number>>;
  /** How often time jumped back. */
  readonly timeJumps: number;
}

/** A stamp more than this before the newest of its stream is a jump (a looped bag, a clock step), not disorder. */
const TIME_JUMP_NS = 1_000_000_000n;

/** Infos are small: enough of them for depth that comes seconds late. */
const INFOS_KEPT = 100;

/**
 * Gives each depth image its camera info, as a state machine without clock: every image that goes in comes out once,
 * as a pair or as a drop with its cause, in the order in which it came.
 *
 * Stamps within a topic are taken to grow: an info later than an image's time says that the image's own will not come.
 * An info may serve several images. When time jumps back by more than a second, in either stream, what waits is dropped
 * and old infos are forgotten. In mode `latest` nothing depends on time, so nothing is forgotten.
 */
export class DepthPairer<D, C> {
  readonly #mode: 'stamp' | 'latest';
  readonly #toleranceNs: bigint;
  readonly #queueSize: number;
  readonly #dropped: Record<PairDropCause, number> = { 'camera-missing': 0, 'queue-full': 0, 'time-jump': 0 };
  #depthIn = 0;
  #paired = 0;
  #timeJumps = 0;
  #waiting: Stamped<D>[] = [];
  #infos: Stamped<C>[] = [];
  #newestDepth: bigint | undefined;
  #newestInfo: bigint | undefined;

  /** @throws VoxhandError `CONFIG_INVALID` for a negative tolerance or an empty queue. */
  constructor({ mode = 'stamp', tolerance = 0, queueSize = 10 }: PairOptions = {}) {
    if (!(tolerance >= 0 && tolerance < Infinity)) throw invalid('seconds, >= 0', tolerance, 'tolerance');
    if (!Number.isInteger(queueSize) || queueSize < 1) throw invalid('an integer >= 1', queueSize, 'queueSize');
    this.#mode = mode;
    this.#toleranceNs = nanoseconds(tolerance);
    this.#queueSize = queueSize;
  }

  get counts(): PairCounts {
    return {
      depthIn: this.#depthIn,
      paired: this.#paired,
      waiting: this.#waiting.length,
      dropped: { ...this.#dropped },
      timeJumps: this.#timeJumps,
    };
  }

  /** A depth image came; the outcomes that follow, perhaps none. */
  depth(depth: Stamped<D>): PairOutcome<D, C>[] {
    this.#depthIn++;
    if (this.#mode === 'latest') return [this.#settle(depth, this.#infos.at(-1))];
    const outcomes = isJump(depth.stamp, this.#newestDepth) ? this.#reset() : [];
    this.#newestDepth = later(depth.stamp, this.#newestDepth);

    const info = this.#nearestInfo(depth.stamp);
    if (info !== undefined || this.#isTooLateFor(depth.stamp)) {
      outcomes.push(this.#settle(depth, info));
      return outcomes;
    }
    this.#waiting.push(depth);
    if (this.#waiting.length > this.#queueSize) {
      const cause = this.#newestInfo === undefined ? 'camera-missing' : 'queue-full';
      outcomes.push(this.#drop(this.#waiting.shift() as Stamped<D>, cause));
    }
    return outcomes;
  }

  /** A camera info came; the outcomes that follow, perhaps none. */
  camera(info: Stamped<C>): PairOutcome<D, C>[] {
    if (this.#mode === 'latest') {
      this.#infos = [info];
      return [];
    }
    const outcomes = isJump(info.stamp, this.#newestInfo) ? this.#reset() : [];
    this.#newestInfo = later(info.stamp, this.#newestInfo);
    this.#infos.push(info);
    if (this.#infos.length > INFOS_KEPT) this.#infos.shift();

    const waiting = this.#waiting;
    this.#waiting = [];
    for (const depth of waiting) {
      if (this.#isWithinTolerance(depth.stamp, info.stamp)) outcomes.push(this.#settle(depth, info));
      else if (this.#isTooLateFor(depth.stamp)) outcomes.push(this.#settle(depth, undefined));
      else this.#waiting.push(depth);
    }
    return outcomes;
  }

  /** No more infos will come: what waits is dropped. */
  end(): PairOutcome<D, C>[] {
    return this.#dropWaiting('camera-missing');
  }

  #settle(depth: Stamped<D>, camera: Stamped<C> | undefined): PairOutcome<D, C> {
    if (camera === undefined) return this.#drop(depth, 'camera-missing');
    this.#paired++;
    return { kind: 'pair', depth, camera };
  }

  #drop(depth: Stamped<D>, cause: PairDropCause): PairOutcome<D, C> {
    this.#dropped[cause]++;
    return { kind: 'drop', depth, cause };
  }

  #dropWaiting(cause: PairDropCause): PairOutcome<D, C>[] {
    const outcomes = this.#waiting.map((depth) => this.#drop(depth, cause));
    this.#waiting = [];
    return outcomes;
  }

  /** Both streams' newest stamps are forgotten, so that the other one's jump does not reset a second time. */
  #reset(): PairOutcome<D, C>[] {
    this.#timeJumps++;
    this.#infos = [];
    this.#newestDepth = undefined;
    this.#newestInfo = undefined;
    return this.#dropWaiting('time-jump');
  }

  #nearestInfo(stamp: bigint): Stamped<C> | undefined {
    let nearest: Stamped<C> | undefined;
    for (const info of this.#infos) {
      if (!this.#isWithinTolerance(stamp, info.stamp)) continue;
      if (nearest === undefined || apart(stamp, info.stamp) < apart(stamp, nearest.stamp)) nearest = info;
    }
    return nearest;
  }

  #isWithinTolerance(a: bigint, b: bigint): boolean {
    return apart(a, b) <= this.#toleranceNs;
  }

  #isTooLateFor(stamp: bigint): boolean {
    return this.#newestInfo !== undefined && this.#newestInfo > stamp + this.#toleranceNs;
  }
}

function later(a: bigint, b: bigint | undefined): bigint {
  return b === undefined || a > b ? a : b;
}

function isJump(stamp: bigint, newest: bigint | undefined): boolean {
  return newest !== undefined && stamp < newest - TIME_JUMP_NS;
}

function invalid(expected: string, found: number, where: string): VoxhandError {
  return new VoxhandError('CONFIG_INVALID', 'pairing cannot be set so', { expected, found: String(found), where });
}
