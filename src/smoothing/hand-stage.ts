import { concat, concatMap, defer, type MonoTypeOperatorFunction } from 'rxjs';
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

/**
 * A stage as an operator. Each subscription has a state of its own; results held back are given on completion, and
 * dropped on an error, which passes at once. Options that `create` refuses are refused when the operator is made.
 */
export function stageOperator(create: () => HandStage): MonoTypeOperatorFunction<HandJoints> {
  create();
  return (source) =>
    defer(() => {
      const stage = create();
      return concat(
        source.pipe(concatMap((hand) => stage.push(hand))),
        defer(() => stage.flush()),
      );
    });
}
