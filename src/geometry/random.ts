/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna), its state filled by a 32-bit mixing function.
 *
 * The same seed and stream numbers give the same numbers on every machine. Stream numbers name what is drawn (a frame,
 * a key pose), so that each can be drawn alone and in any order.
 *
 * @example
 * ```ts
 * const random = new SeededRandom(7, frameIndex);
 * const sigma = 0.001 * random.normal();
 * ```
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed` and `streams` are integers; a seed may use all 53 bits. */
  constructor(seed: number, ...streams: readonly number[]) {
    let h = mix(mix(seed | 0) ^ Math.floor(seed / 2 ** 32));
    for (const stream of streams) h = mix(h ^ mix(stream + 0x51ed27));
    this.#a = mix(h + 1);
    this.#b = mix(h + 2);
    this.#c = mix(h + 3);
    this.#d = mix(h + 4) | 1; // never all zero
  }

  /** 32 random bits, as an unsigned integer. */
  bits(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** A number in [0, 1). */
  next(): number {
    return this.bits() / 2 ** 32;
  }

  /** A number in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** An integer in [0, count). */
  integer(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** A number of the standard normal distribution (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }
}

/** Avalanche of a 32-bit integer: each bit of the input flips each bit of the output about half of the time. */
function mix(value: number): number {
  let h = (value + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}
