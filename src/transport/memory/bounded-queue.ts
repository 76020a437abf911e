/** What happens to a value that comes when the queue is full. */
export type FullPolicy = 'wait' | 'drop-oldest';

type Step<T> = IteratorResult<T, undefined>;

const END = { done: true, value: undefined } as const;

/**
 * A queue, first in first out, between producers and a consumer, that never holds more than `capacity` values.
 *
 * With `wait`, a value that comes when the queue is full stays with its producer, whose push resolves when there is
 * room; with `drop-oldest` the oldest value makes room and is counted.
 */
export class BoundedQueue<T> implements AsyncIterator<T, undefined> {
  readonly #capacity: number;
  readonly #policy: FullPolicy;
  readonly #values: T[] = [];
  readonly #producers: { readonly value: T; readonly resolve: () => void }[] = [];
  readonly #consumers: ((step: Step<T>) => void)[] = [];
  readonly #onDrop: ((value: T) => void) | undefined;
  #closed = false;
  #dropped = 0;

  /** @param onDrop called with each value that is dropped. */
  constructor(capacity: number, policy: FullPolicy, onDrop?: (value: T) => void) {
    this.#capacity = capacity;
    this.#policy = policy;
    this.#onDrop = onDrop;
  }

  get length(): number {
    return this.#values.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Resolves when the value is in the queue, or when nobody will ever take it. */
  push(value: T): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const consumer = this.#consumers.shift();
    if (consumer !== undefined) {
      consumer({ done: false, value });
      return Promise.resolve();
    }
    if (this.#values.length >= this.#capacity) {
      if (this.#policy === 'wait') return new Promise((resolve) => this.#producers.push({ value, resolve }));
      const oldest = this.#values.shift() as T;
      this.#dropped++;
      this.#onDrop?.(oldest);
    }
    this.#values.push(value);
    return Promise.resolve();
  }

  next(): Promise<Step<T>> {
    if (this.#values.length === 0) {
      return this.#closed ? Promise.resolve(END) : new Promise((resolve) => this.#consumers.push(resolve));
    }
    const value = this.#values.shift() as T;
    const producer = this.#producers.shift();
    if (producer !== undefined) {
      this.#values.push(producer.value);
      producer.resolve();
    }
    return Promise.resolve({ done: false, value });
  }

  /** No more values come; those that were pushed can still be taken. */
  close(): void {
    this.#closed = true;
    for (const consumer of this.#consumers.splice(0)) consumer(END);
  }

  /** The consumer is gone: what waits is forgotten, and no producer waits for it. */
  return(): Promise<Step<T>> {
    this.close();
    this.#values.length = 0;
    for (const { resolve } of this.#producers.splice(0)) resolve();
    return Promise.resolve(END);
  }
}
