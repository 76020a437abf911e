/** A stretch of time of a comparison. */
export interface TraceBucket {
  /** Of its first frame, nanoseconds. */
  readonly stamp: bigint;
  /** Hands that both recordings have. */
  readonly compared: number;
  /** Of those: mean distance of all joints, and the largest of any, millimetres; null where there is none. */
  readonly meanMm: number | null;
  readonly maxMm: number | null;
  readonly missing: number;
  readonly extra: number;
  readonly found: number;
  readonly lost: number;
}

/** What is known of one moment. */
export interface TracePoint {
  readonly stamp: bigint;
  readonly kind: 'compared' | 'missing' | 'extra' | 'found' | 'lost' | 'agreed';
  readonly meanMm?: number;
  readonly maxMm?: number;
}

interface Bucket {
  stamp: bigint;
  /** Of its last moment. */
  last: bigint;
  points: number;
  compared: number;
  sum: number;
  max: number;
  missing: number;
  extra: number;
  found: number;
  lost: number;
}

/**
 * A comparison over time, for plots: moment by moment at first, then in ever longer stretches, so that it never has more
 * than `most` of them. The largest distance and every count survive.
 */
export class DistanceTrace {
  readonly #most: number;
  #buckets: Bucket[] = [];
  /** Moments that go into one bucket. */
  #room = 1;

  /** @param most Even. Default 600. */
  constructor(most = 600) {
    this.#most = most;
  }

  add({ stamp, kind, meanMm = 0, maxMm = 0 }: TracePoint): void {
    let bucket = this.#buckets.at(-1);
    const again = bucket?.last === stamp; // another hand of the same moment
    if (bucket === undefined || (!again && bucket.points >= this.#room)) {
      if (this.#buckets.length === this.#most) this.#halve();
      bucket = { stamp, last: stamp, points: 0, compared: 0, sum: 0, max: 0, missing: 0, extra: 0, found: 0, lost: 0 };
      this.#buckets.push(bucket);
    }
    if (!again) bucket.points++;
    bucket.last = stamp;
    if (kind === 'agreed') return;
    bucket[kind]++;
    if (kind !== 'compared') return;
    bucket.sum += meanMm;
    bucket.max = Math.max(bucket.max, maxMm);
  }

  buckets(): TraceBucket[] {
    return this.#buckets.map(({ points: _, last: _last, sum, max, ...bucket }) => ({
      ...bucket,
      meanMm: bucket.compared === 0 ? null : sum / bucket.compared,
      maxMm: bucket.compared === 0 ? null : max,
    }));
  }

  #halve(): void {
    const pairs: Bucket[] = [];
    for (let i = 0; i < this.#buckets.length; i += 2) {
      const [a, b] = [this.#buckets[i], this.#buckets[i + 1]];
      pairs.push({
        stamp: a.stamp,
        last: b.last,
        points: a.points + b.points,
        compared: a.compared + b.compared,
        sum: a.sum + b.sum,
        max: Math.max(a.max, b.max),
        missing: a.missing + b.missing,
        extra: a.extra + b.extra,
        found: a.found + b.found,
        lost: a.lost + b.lost,
      });
    }
    this.#buckets = pairs;
    this.#room *= 2;
  }
}
