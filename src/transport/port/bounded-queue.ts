import { Counts } from '../../timing/index.js';

/** What happens to a value that comes when the queue is full. */
export type FullPolicy = 'wait' | 'drop-oldest';

type Step<T> = IteratorResult<T, undefined>;

const END = { done: true, value: undefined } as const;

/**
 * A queue, first in first out, between producers and a consumer, that never holds more than `capacity` values, or never more than that
 * of each key: a flood of one key costs the others nothing.
 *
 * With `wait`, a value that comes when the queue is full stays with its producer, whose push resolves when there is
 * room; with `drop-oldest` the oldest value of its key makes room.
 */
export class BoundedQueue<T> implements AsyncIterator<T, undefined> {
  readonly #capacityOf: (key: string) => number;
  readonly #policy: FullPolicy;
  readonly #keyOf: (value: T) => string;
  readonly #values: T[] = [];
  readonly #counts = new Counts();
  readonly #producers: { readonly value: T; readonly resolve: () => void }[] = [];
  readonly #consumers: ((step: Step<T>) => void)[] = [];
  readonly #onDrop: (value: T) => void;
  #closed = false;

  /**
   * @param onDrop called with each value that is dropped
   * @param keyOf what values have their own capacity by; by default all share one
   */
  constructor(
    capacity: number | ((key: string) => number),
    policy: FullPolicy,
    onDrop: (value: T) => void = () => undefined,
    keyOf: (value: T) => string = () => '',
  ) {
    this.#capacityOf = typeof capacity === 'number' ? () => capacity : capacity;
    this.#policy = policy;
    this.#onDrop = onDrop;
    this.#keyOf = keyOf;
  }

  /** Resolves when the value is in the queue, or when it will never be taken. */
  push(value: T): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const consumer = this.#consumers.shift();
    if (consumer !== undefined) {
      consumer({ done: false, value });
      return Promise.resolve();
    }
    const key = this.#keyOf(value);
    if (this.#counts.of(key) >= this.#capacityOf(key)) {
      if (this.#policy === 'wait') return new Promise((resolve) => this.#producers.push({ value, resolve }));
      const oldest = this.#values.findIndex((other) => this.#keyOf(other) === key);
      this.#onDrop(this.#values.splice(oldest, 1)[0]);
      this.#counts.add(key, -1);
    }
    this.#put(value, key);
    return Promise.resolve();
  }

  next(): Promise<Step<T>> {
    if (this.#values.length === 0) {
      return this.#closed ? Promise.resolve(END) : new Promise((resolve) => this.#consumers.push(resolve));
    }
    const value = this.#values.shift() as T;
    const key = this.#keyOf(value);
    this.#counts.add(key, -1);
    const first = this.#producers.findIndex((producer) => this.#keyOf(producer.value) === key);
    if (first >= 0) {
      const [producer] = this.#producers.splice(first, 1);
      this.#put(producer.value, key);
      producer.resolve();
    }
    return Promise.resolve({ done: false, value });
  }

  /** No more values come; those that were pushed can still be taken. */
  close(): void {
    this.#closed = true;
    for (const consumer of this.#consumers.splice(0)) consumer(END);
  }

  /** The consumer has left: what waits is forgotten, and no producer waits for it. */
  return(): Promise<Step<T>> {
    this.close();
    this.#values.length = 0;
    for (const { resolve } of this.#producers.splice(0)) resolve();
    return Promise.resolve(END);
  }

  #put(value: T, key: string): void {
    this.#values.push(value);
    this.#counts.add(key);
  }
}
