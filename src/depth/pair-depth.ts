import { Observable, type OperatorFunction } from 'rxjs';
import { DepthPairer, type PairOptions, type PairOutcome, type Stamped } from './depth-pairer.js';

/**
 * Gives each depth image of the source its camera info from `camera$`; {@link DepthPairer} as an operator.
 *
 * Every image comes out exactly once: as a pair, or as a drop with its cause. Completes when the source has completed
 * and nothing waits, or when both have; an error of either goes through. Images that still wait at the end are drops.
 *
 * @example
 * ```ts
 * import { EMPTY, filter, of } from 'rxjs';
 *
 * of({ stamp: 1n, value: 'image' })
 *   .pipe(pairDepth(EMPTY, { mode: 'latest' }), filter((outcome) => outcome.kind === 'drop'))
 *   .subscribe(({ cause }) => console.warn(cause)); // camera-missing
 * ```
 */
export function pairDepth<D, C>(
  camera$: Observable<Stamped<C>>,
  options: PairOptions = {},
): OperatorFunction<Stamped<D>, PairOutcome<D, C>> {
  return (depth$) =>
    new Observable((subscriber) => {
      const pairer = new DepthPairer<D, C>(options);
      let depthDone = false;
      let cameraDone = false;
      const emit = (outcomes: PairOutcome<D, C>[]) => {
        for (const outcome of outcomes) subscriber.next(outcome);
        if (!depthDone || (!cameraDone && pairer.counts.waiting > 0)) return;
        for (const outcome of pairer.end()) subscriber.next(outcome);
        subscriber.complete();
      };
      // The cameras first: an info that is there already serves the first image.
      subscriber.add(
        camera$.subscribe({
          next: (info) => emit(pairer.camera(info)),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            cameraDone = true;
            emit([]);
          },
        }),
      );
      subscriber.add(
        depth$.subscribe({
          next: (depth) => emit(pairer.depth(depth)),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            depthDone = true;
            emit([]);
          },
        }),
      );
    });
}
