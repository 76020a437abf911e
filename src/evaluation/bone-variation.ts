import { BONES } from '../hand/index.js';

/** Running mean and sum of squares about it, of each bone (Welford 1962). */
interface Lengths {
  count: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

/** By how much bones change their length within results, hand by hand, in memory that does not grow with their number. */
export class BoneVariation {
  readonly #hands = new Map<number, Lengths>();

  /** @param positions 63 numbers, metres */
  add(handId: number, positions: ArrayLike<number>): void {
    let hand = this.#hands.get(handId);
    if (hand === undefined) {
      hand = { count: 0, mean: new Float64Array(BONES.length), squares: new Float64Array(BONES.length) };
      this.#hands.set(handId, hand);
    }
    hand.count++;
    for (const [i, [from, to]] of BONES.entries()) {
      const way = [0, 1, 2].map((k) => positions[3 * to + k] - positions[3 * from + k]);
      const length = Math.hypot(...way);
      const before = length - hand.mean[i];
      hand.mean[i] += before / hand.count;
      hand.squares[i] += before * (length - hand.mean[i]);
    }
  }

  /** Standard deviation of a bone's length within a hand, millimetres: the mean of all bones, hands by their frames; null without a hand. */
  deviationMm(): number | null {
    let frames = 0;
    let total = 0;
    for (const { count, squares } of this.#hands.values()) {
      const deviations = squares.reduce((sum, square) => sum + Math.sqrt(square / count), 0) / BONES.length;
      frames += count;
      total += count * deviations;
    }
    return frames === 0 ? null : (1000 * total) / frames;
  }
}
