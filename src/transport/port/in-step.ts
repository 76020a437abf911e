import { from, Observable, type ObservableInput, of } from 'rxjs';

/**
 * Work through an async iterable in step: the next value is pulled when the work on this one has completed.
 *
 * RxJS's own way, `from(source).pipe(concatMap(project))`, pulls as fast as the source gives and queues without bound:
 * a recording would end up in memory. Here at most one value is in hand.
 *
 * Unsubscribing stops the work in hand and closes the source.
 *
 * @example
 * ```ts
 * inStep(bus.subscribe(['depth/image_rect_raw']), (message) => trackOneFrame(message)).subscribe(console.log);
 * ```
 */
export function inStep<T, R>(source: AsyncIterable<T>, project: (value: T) => ObservableInput<R>): Observable<R> {
  return new Observable<R>((subscriber) => {
    const iterator = source[Symbol.asyncIterator]();
    let stopWork = (): void => {};

    const work = (value: T): Promise<void> =>
      new Promise((resolve, reject) => {
        const inner = from(project(value)).subscribe({
          next: (result) => subscriber.next(result),
          error: reject,
          complete: resolve,
        });
        stopWork = () => {
          inner.unsubscribe();
          resolve();
        };
      });

    const pull = async (): Promise<void> => {
      while (!subscriber.closed) {
        const step = await iterator.next();
        if (subscriber.closed) return;
        if (step.done === true) return subscriber.complete();
        await work(step.value);
      }
    };

    pull().catch((error: unknown) => subscriber.error(error));
    return () => {
      stopWork();
      // A source that fails to close has nobody left to tell.
      iterator.return?.().catch(() => undefined);
    };
  });
}

/** An async iterable as an Observable, pulled one by one: the next value is asked for when observers have had this one. */
export function observe<T>(source: AsyncIterable<T>): Observable<T> {
  return inStep(source, (value) => of(value));
}
