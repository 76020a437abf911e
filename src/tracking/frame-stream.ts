import { Observable } from 'rxjs';

/**
 * An Observable that can also be pulled.
 *
 * A camera pushes: it does not wait for anybody. A recording can wait, and must, if no frame is to be lost and memory is
 * to stay flat; but an Observable cannot be asked to. So a stream that comes from a recording carries its async iterable
 * along: frame policies pull from it in lock step, and anybody else may subscribe to it as to any Observable
 * (each next value is then asked for as soon as this one was handed out).
 */
export class FrameStream<T> extends Observable<T> {
  /** Whether nothing is lost while nobody asks for the next value: a recording waits, a camera does not. */
  readonly waits: boolean;
  readonly #source: AsyncIterable<T>;

  constructor(source: AsyncIterable<T>, { waits = true }: { readonly waits?: boolean } = {}) {
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
    this.waits = waits;
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.#source[Symbol.asyncIterator]();
  }
}

/** The pull side of a stream, where it has one. */
export function pullSide<T>(stream: Observable<T>): AsyncIterable<T> | undefined {
  return Symbol.asyncIterator in stream ? (stream as unknown as AsyncIterable<T>) : undefined;
}
