import type { HandJoints } from '../../hand/hand-joints.js';
import { FINGERTIPS } from '../../hand/skeleton.js';

/** How long a trail is, and a gap that ends one, nanoseconds. */
const LENGTH = 1_000_000_000n;
const GAP = 250_000_000n;
/** Moments of a trail, and hands, at most. */
const MOST = 128;
const MAX_HANDS = 8;

interface Moment {
  readonly stamp: bigint;
  /** x, y, z of each tip. */
  readonly tips: Float64Array;
}

/** A piece of a trail. */
export interface TrailPiece {
  /** Number in `FINGERTIPS`. */
  readonly tip: number;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  /** 1 at the newest end, 0 at the oldest. */
  readonly fresh: number;
}

/** Where the tips of the fingers have been during the last second. */
export class FingertipTrails {
  readonly #hands = new Map<number, Moment[]>();

  put({ handId, stamp, tracked, positions }: HandJoints): void {
    if (!tracked) {
      this.#hands.delete(handId);
      return;
    }
    let moments = this.#hands.get(handId) ?? [];
    const last = moments.at(-1)?.stamp;
    if (last !== undefined && (stamp < last || stamp - last > GAP)) moments = [];
    else if (stamp === last) moments.pop();
    const tips = Float64Array.from(FINGERTIPS.flatMap((joint) => [...positions.subarray(3 * joint, 3 * joint + 3)]));
    moments.push({ stamp, tips });
    while (moments.length > MOST || stamp - moments[0].stamp > LENGTH) moments.shift();
    this.#hands.delete(handId); // the latest last
    this.#hands.set(handId, moments);
    if (this.#hands.size > MAX_HANDS) this.#hands.delete(this.#hands.keys().next().value as number);
  }

  /** @param ids hands that are there */
  pieces(ids: Iterable<number>): TrailPiece[] {
    return [...ids].flatMap((id) => {
      const moments = this.#hands.get(id) ?? [];
      const newest = moments.at(-1)?.stamp ?? 0n;
      return moments.slice(1).flatMap(({ stamp, tips }, i) =>
        FINGERTIPS.map((_, tip) => ({
          tip,
          from: moments[i].tips.subarray(3 * tip, 3 * tip + 3),
          to: tips.subarray(3 * tip, 3 * tip + 3),
          fresh: 1 - Number(newest - stamp) / Number(LENGTH),
        })),
      );
    });
  }

  clear(): void {
    this.#hands.clear();
  }
}
