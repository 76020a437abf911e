import type { BusMessage, BusSource } from './bus.js';

/**
 * A bus whose subscriptions can be ended from outside.
 *
 * A loop over a subscription that is written as an async generator cannot be left while it waits for a message: its `return()`
 * stands in line behind the pending `next()`, on a silent topic forever. So the bus's own iterators are ended here, upon which
 * the loops end by themselves.
 */
export class EndableSource implements BusSource {
  readonly #bus: BusSource;
  readonly #open = new Set<AsyncIterator<BusMessage>>();
  #ended = false;

  constructor(bus: BusSource) {
    this.#bus = bus;
  }

  topics() {
    return this.#bus.topics();
  }

  subscribe(topics?: readonly string[]): AsyncIterable<BusMessage> {
    return {
      [Symbol.asyncIterator]: (): AsyncIterator<BusMessage> => {
        if (this.#ended) return { next: async () => ({ done: true, value: undefined }) };
        const iterator = this.#bus.subscribe(topics)[Symbol.asyncIterator]();
        this.#open.add(iterator);
        return {
          next: () => iterator.next(),
          return: async () => {
            this.#open.delete(iterator);
            await iterator.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    };
  }

  /** End all subscriptions. The bus itself stays open. */
  async close(): Promise<void> {
    this.#ended = true;
    const open = [...this.#open];
    this.#open.clear();
    await Promise.all(open.map((iterator) => iterator.return?.()));
  }
}
