import type { MonoTypeOperatorFunction, SchedulerLike, Subscription } from 'rxjs';
import { asyncScheduler, Observable, takeWhile } from 'rxjs';
import { type FaultCounts, FaultLine, type FaultTools } from './fault-line.js';
import type { FaultSpec } from './fault-spec.js';

/** Timers cannot be set for longer, milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

export interface FaultOptions<T> extends FaultTools<T> {
  /** Whose clock and timers are used; RxJS's own by default, a `TestScheduler` or `VirtualTimeScheduler` in tests. */
  readonly scheduler?: SchedulerLike;
  readonly seed?: number;
  /** Called with the counts when the stream ends, whatever its reason. */
  readonly onEnd?: (counts: FaultCounts) => void;
}

/**
 * A stream on which things go wrong, the same every time: see {@link FaultLine} and {@link FaultSpec}.
 *
 * Values that are late still come after the source has completed; an error of the source passes at once, as one that a tool throws,
 * and what waits is lost. Each subscription starts from the beginning.
 *
 * @throws VoxhandError `USAGE` when the operator is made, for faults that cannot be
 * @example
 * ```ts
 * frames.pipe(withFaults({ drop: 0.1, jitter: 0.02, seed: 3 }), trackHands(config)).subscribe(console.log);
 * ```
 */
export function withFaults<T>(faults: FaultSpec, options: FaultOptions<T> = {}): MonoTypeOperatorFunction<T> {
  const { scheduler = asyncScheduler, seed = faults.seed ?? 1, onEnd, ...tools } = options;
  const create = () => new FaultLine<T>({ ...faults, seed }, tools);
  create();
  return (source) =>
    new Observable<T>((subscriber) => {
      const line = create();
      const now = () => BigInt(Math.round(scheduler.now() * 1e6));
      let ended = false;
      let timer: Subscription | undefined;
      const deliver = () => {
        for (const { value } of line.due(now())) subscriber.next(value);
        timer?.unsubscribe();
        // whoever had enough of them wants no timer either
        if (subscriber.closed) return;
        const next = line.next();
        const wait = next === undefined ? 0 : Math.max(0, Number(next - now()) / 1e6);
        if (next !== undefined) timer = scheduler.schedule(deliver, Math.min(wait, LONGEST_TIMER));
        else if (ended) subscriber.complete();
      };
      // a source that gives all at once would go on for ever, for there is no subscription yet to end
      const subscription = source.pipe(takeWhile(() => !subscriber.closed)).subscribe({
        next: (value) => {
          try {
            line.push(value, now());
          } catch (error) {
            subscriber.error(error);
            return;
          }
          deliver();
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          ended = true;
          line.end();
          deliver();
        },
      });
      return () => {
        subscription.unsubscribe();
        timer?.unsubscribe();
        onEnd?.(line.counts);
      };
    });
}

/** Lose a share of the values. */
export function dropping<T>(share: number, options?: FaultOptions<T>): MonoTypeOperatorFunction<T> {
  return withFaults({ drop: share }, options);
}

/** Have all values come late by so many seconds. */
export function delaying<T>(seconds: number, options?: FaultOptions<T>): MonoTypeOperatorFunction<T> {
  return withFaults({ delay: seconds }, options);
}

/** Have each value come late by up to so many seconds, in order. */
export function jittering<T>(seconds: number, options?: FaultOptions<T>): MonoTypeOperatorFunction<T> {
  return withFaults({ jitter: seconds }, options);
}

/** Have a share of the values overtaken by the next one. */
export function reordering<T>(share: number, options?: FaultOptions<T>): MonoTypeOperatorFunction<T> {
  return withFaults({ reorder: share }, options);
}

/** Have a share of the values come twice. */
export function duplicating<T>(share: number, options?: FaultOptions<T>): MonoTypeOperatorFunction<T> {
  return withFaults({ duplicate: share }, options);
}

/** Damage a share of the values. */
export function corrupting<T>(
  share: number,
  corrupt: NonNullable<FaultTools<T>['corrupt']>,
  options?: FaultOptions<T>,
): MonoTypeOperatorFunction<T> {
  return withFaults({ corrupt: share }, { ...options, corrupt });
}

/** Stop at a share of the values for so many seconds; what came meanwhile comes all at once. */
export function stalling<T>(share: number, seconds: number, options?: FaultOptions<T>): MonoTypeOperatorFunction<T> {
  return withFaults({ stall: share, stallFor: seconds }, options);
}

/** Set the clock that stamps the values by so many seconds, back where negative, at a share of them. */
export function jumpingTime<T>(
  share: number,
  seconds: number,
  shift: NonNullable<FaultTools<T>['shift']>,
  options?: FaultOptions<T>,
): MonoTypeOperatorFunction<T> {
  return withFaults({ jump: share, jumpBy: seconds }, { ...options, shift });
}
