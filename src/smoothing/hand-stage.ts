import type { HandJoints } from '../hand/index.js';

/**
 * One step of smoothing over a stream of results: a small state machine without clock and without RxJS.
 *
 * For each result that goes in, exactly one with the same stamp comes out, in order; it may come later.
 */
export interface HandStage {
  /** Take the next result, give those that are ready. */
  push(hand: HandJoints): readonly HandJoints[];
  /** Give those that are still held back, and forget everything. */
  flush(): readonly HandJoints[];
}

/** Hands stay as they are. */
export const UNSMOOTHED: HandStage = { push: (hand) => [hand], flush: () => [] };
