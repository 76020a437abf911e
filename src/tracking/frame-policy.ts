import { Observable, type OperatorFunction } from 'rxjs';
import { FrameStream, pullSide } from './frame-stream.js';

/**
 * What to do with frames that come while one is being worked on.
 *
 * - `latest`: one in flight, one waiting; a newer one replaces the one that waits. For live cameras.
 * - `every`: in order, none skipped; queued up to `queueSize` frames, beyond which the newest is dropped, so that memory stays bounded.
 *
 * A stream that waits until it is asked (see `FrameStream`), as of a recording, is read in lock step under both: no frame comes while one
 * is being worked on. Under `every` so is any other stream with a pull side.
 */
export type FramePolicy = 'latest' | 'every';

export interface FramePolicyOptions<T> {
  readonly policy: FramePolicy;
  /** Frames that may wait under `every` in front of a source that cannot be pulled. Default 64. */
  readonly queueSize?: number;
  /** Told of each frame that is not worked on, and why. */
  readonly onDrop: (value: T, cause: 'replaced' | 'queue-full') => void;
}

/**
 * Work on values one at a time, with a frame policy in front. `work` never runs twice at once; its results come out in the
 * order of its calls. An error of `work` or of the source ends the stream. On completion what waits is still worked on.
 */
export function withPolicy<T, R>(
  work: (value: T) => Promise<R>,
  { policy, queueSize = 64, onDrop }: FramePolicyOptions<T>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const pull = policy === 'every' || (source instanceof FrameStream && source.waits) ? pullSide(source) : undefined;
      if (pull !== undefined) {
        const iterator = pull[Symbol.asyncIterator]();
        const run = async () => {
          while (!subscriber.closed) {
            const step = await iterator.next();
            if (step.done === true) return subscriber.complete();
            const result = await work(step.value);
            if (!subscriber.closed) subscriber.next(result);
          }
        };
        run().catch((error: unknown) => subscriber.error(error));
        return () => {
          iterator.return?.().catch(() => undefined);
        };
      }

      const limit = policy === 'latest' ? 1 : queueSize;
      const waiting: T[] = [];
      let busy = false;
      let done = false;
      const drain = async () => {
        busy = true;
        while (waiting.length > 0 && !subscriber.closed) {
          const result = await work(waiting.shift() as T);
          if (!subscriber.closed) subscriber.next(result);
        }
        busy = false;
        if (done) subscriber.complete();
      };
      const subscription = source.subscribe({
        next: (value) => {
          if (waiting.length >= limit && busy) {
            if (policy === 'every') return onDrop(value, 'queue-full');
            onDrop(waiting.shift() as T, 'replaced');
          }
          waiting.push(value);
          if (!busy) drain().catch((error: unknown) => subscriber.error(error));
        },
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          done = true;
          if (!busy) subscriber.complete();
        },
      });
      return subscription;
    });
}
