import { VoxhandError } from '../errors/index.js';
import { type HandJoints, POSITION_COUNT } from '../hand/index.js';
import { apart, nanoseconds } from '../timing/index.js';

/**
 * Ground truth to look up by stamp: results with the true joints in the same frame of reference as the predicted ones,
 * `tracked: false` where there is no hand. Several hands of one stamp have ids of their own.
 */
export class TruthByStamp {
  /** In the order of stamps, and of ids. */
  readonly frames: readonly HandJoints[];
  /** Whether any stamp has several hands. */
  readonly isSeveral: boolean;
  readonly #tolerance: bigint;

  /**
   * @param frames In any order; kept, not copied
   * @param toleranceSeconds How far the stamps of a pair may lie apart. Default 1 ms.
   * @throws VoxhandError `FILE_INVALID` for two frames of the same stamp and hand, or tracked ones that have not 63 positions
   */
  constructor(frames: Iterable<HandJoints>, toleranceSeconds = 0.001) {
    this.frames = [...frames].sort((a, b) => (a.stamp === b.stamp ? a.handId - b.handId : a.stamp < b.stamp ? -1 : 1));
    this.isSeveral = this.frames.some(({ stamp }, index) => index > 0 && this.frames[index - 1].stamp === stamp);
    this.#tolerance = nanoseconds(toleranceSeconds);
    this.frames.forEach(({ stamp, handId, tracked, positions }, index) => {
      const before = this.frames[index - 1];
      const twice = before?.stamp === stamp && before.handId === handId;
      if (!twice && (!tracked || positions.length === POSITION_COUNT)) return;
      throw new VoxhandError('FILE_INVALID', 'ground truth that nothing can be compared with', {
        expected: `stamps or ids that differ, ${POSITION_COUNT} positions`,
        found: twice ? 'the same stamp twice' : `${positions.length} positions`,
        where: `ground truth at ${stamp} ns`,
      });
    });
  }

  /** Index in `frames` of the first frame of the stamp nearest to a stamp, within the tolerance; -1 where there is none. */
  find(stamp: bigint): number {
    let low = 0;
    let high = this.frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.frames[middle].stamp < stamp) low = middle + 1;
      else high = middle;
    }
    const distance = (index: number) => {
      if (index < 0 || index >= this.frames.length) return this.#tolerance + 1n;
      return apart(this.frames[index].stamp, stamp);
    };
    let nearest = distance(low - 1) < distance(low) ? low - 1 : low;
    if (distance(nearest) > this.#tolerance) return -1;
    while (nearest > 0 && this.frames[nearest - 1].stamp === this.frames[nearest].stamp) nearest--;
    return nearest;
  }

  /** Indices of all frames of the stamp nearest to a stamp, within the tolerance. */
  findAll(stamp: bigint): number[] {
    const first = this.find(stamp);
    const all: number[] = [];
    if (first < 0) return all;
    for (let i = first; this.frames[i]?.stamp === this.frames[first].stamp; i++) all.push(i);
    return all;
  }
}
