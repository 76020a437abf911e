import { interpolateTransforms, type Transform } from '../geometry/transform.js';

/** Translation and rotation. */
const NUMBERS = 7;
const FIRST_CAPACITY = 16;

/** What is known of one moving transform at one moment. */
export type Sampled =
  | { readonly state: 'known'; readonly transform: Transform }
  /** `late`: the moment is after the newest sample; `early`: before the oldest one that is kept. */
  | { readonly state: 'late' | 'early'; readonly nanoseconds: bigint };

/** The samples of one moving transform, in the order of their stamps: the newest `maxSamples` within `duration`. */
export class TransformSamples {
  readonly #maxSamples: number;
  readonly #duration: bigint;
  /** Rings of the same capacity: sample i lies at (first + i) mod capacity. */
  #stamps = new BigInt64Array(FIRST_CAPACITY);
  #numbers = new Float64Array(FIRST_CAPACITY * NUMBERS);
  #first = 0;
  #count = 0;

  /** @param duration nanoseconds */
  constructor(maxSamples: number, duration: bigint) {
    this.#maxSamples = maxSamples;
    this.#duration = duration;
  }

  get length(): number {
    return this.#count;
  }

  /** Stamp of the newest sample; there must be one. */
  get newest(): bigint {
    return this.#stampAt(this.#count - 1);
  }

  /** Keep a sample; false where there is one of that stamp already, which stays. */
  add(stamp: bigint, transform: Transform): boolean {
    let at = this.#count;
    while (at > 0 && this.#stampAt(at - 1) > stamp) at--;
    if (at > 0 && this.#stampAt(at - 1) === stamp) return false;
    if (this.#count === this.#maxSamples) {
      if (at === 0) return true; // older than all that there is room for
      this.#dropOldest();
      at--;
    }
    if (this.#count === this.#stamps.length) this.#grow();
    for (let i = this.#count; i > at; i--) this.#copy(i - 1, i);
    this.#count++;
    this.#write(at, stamp, transform);
    while (this.newest - this.#stampAt(0) > this.#duration) this.#dropOldest();
    return true;
  }

  /**
   * The transform at a moment: between two samples, or the nearest one where the moment is outside by at most `tolerance`
   * nanoseconds. It is not extended beyond them in a straight line, which would multiply its noise.
   */
  at(stamp: bigint, tolerance: bigint): Sampled {
    const last = this.#count - 1;
    const [oldest, newest] = [this.#stampAt(0), this.#stampAt(last)];
    if (stamp >= newest) {
      const nanoseconds = stamp - newest;
      return nanoseconds > tolerance
        ? { state: 'late', nanoseconds }
        : { state: 'known', transform: this.#transformAt(last) };
    }
    if (stamp <= oldest) {
      const nanoseconds = oldest - stamp;
      return nanoseconds > tolerance
        ? { state: 'early', nanoseconds }
        : { state: 'known', transform: this.#transformAt(0) };
    }
    let [low, high] = [0, last];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#stampAt(middle) <= stamp) low = middle;
      else high = middle;
    }
    const [from, to] = [this.#stampAt(low), this.#stampAt(high)];
    const share = Number(stamp - from) / Number(to - from);
    return {
      state: 'known',
      transform: interpolateTransforms(this.#transformAt(low), this.#transformAt(high), share),
    };
  }

  #slot(i: number): number {
    return (this.#first + i) % this.#stamps.length;
  }

  #stampAt(i: number): bigint {
    return this.#stamps[this.#slot(i)];
  }

  #transformAt(i: number): Transform {
    const at = this.#slot(i) * NUMBERS;
    const n = this.#numbers;
    return { translation: [n[at], n[at + 1], n[at + 2]], rotation: [n[at + 3], n[at + 4], n[at + 5], n[at + 6]] };
  }

  #write(i: number, stamp: bigint, { translation, rotation }: Transform): void {
    const slot = this.#slot(i);
    this.#stamps[slot] = stamp;
    this.#numbers.set(translation, slot * NUMBERS);
    this.#numbers.set(rotation, slot * NUMBERS + 3);
  }

  #copy(from: number, to: number): void {
    this.#write(to, this.#stampAt(from), this.#transformAt(from));
  }

  #dropOldest(): void {
    this.#first = this.#slot(1);
    this.#count--;
  }

  #grow(): void {
    const capacity = Math.min(2 * this.#count, this.#maxSamples);
    const stamps = new BigInt64Array(capacity);
    const numbers = new Float64Array(capacity * NUMBERS);
    for (let i = 0; i < this.#count; i++) {
      const slot = this.#slot(i);
      stamps[i] = this.#stamps[slot];
      numbers.set(this.#numbers.subarray(slot * NUMBERS, (slot + 1) * NUMBERS), i * NUMBERS);
    }
    this.#stamps = stamps;
    this.#numbers = numbers;
    this.#first = 0;
  }
}
