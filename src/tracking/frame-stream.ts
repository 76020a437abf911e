import { Observable } from 'rxjs';

/**
 * An Observable that can also be pulled.
 *
 * A camera pushes: it does not wait for anybody. A recording can wait, and must, if no frame is to be lost and memory is
 * to stay flat; but an Observable cannot be asked to. So a stream that comes from a recording carries its async iterable
 * along: the frame policy `every` pulls from it in lock step, and anybody else may subscribe to it as to any Observable
 * (each next value is then asked for as soon as this one was handed out).
 */
export class FrameStream<T> extends Observable<T> {
  readonly #source: AsyncIterable<T>;

  constructor(source: AsyncIterable<T>) {
    super((subscriber) => {
      const iterator = source[Symbol.asyncIterator]();
      const run = async () => {
        while (!subscriber.closed) {
          const step = await iterator.next();
          if (subscriber.closed) return;
          if (step.done === true) return subscriber.complete();
          subscriber.next(step.value);
        }
      };
      run().catch((error: unknown) => subscriber.error(error));
      return () => {
        iterator.return?.().catch(() => undefined);
      };
    });
    this.#source = source;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.#source[Symbol.asyncIterator]();
  }
}

/** The pull side of a stream, where it has one. */
export function pullSide<T>(stream: Observable<T>): AsyncIterable<T> | undefined {
  return Symbol.asyncIterator in stream ? (stream as unknown as AsyncIterable<T>) : undefined;
}
