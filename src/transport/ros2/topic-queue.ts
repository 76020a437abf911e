import { Counts } from '../../timing/index.js';
import type { BusMessage } from '../port/index.js';

type Step = IteratorResult<BusMessage, undefined>;

const END = { done: true, value: undefined } as const;

/**
 * Messages of several topics in the order in which they came, each topic with a bound of its own: where a topic has
 * `capacity` messages waiting, its oldest makes room. A flood on one topic costs the others nothing.
 */
export class TopicQueue implements AsyncIterator<BusMessage, undefined> {
  readonly #capacityOf: (topic: string) => number;
  readonly #onDrop: (message: BusMessage) => void;
  readonly #waiting: BusMessage[] = [];
  readonly #counts = new Counts();
  readonly #consumers: ((step: Step) => void)[] = [];
  #closed = false;

  constructor(capacityOf: (topic: string) => number, onDrop: (message: BusMessage) => void) {
    this.#capacityOf = capacityOf;
    this.#onDrop = onDrop;
  }

  push(message: BusMessage): void {
    if (this.#closed) return;
    const consumer = this.#consumers.shift();
    if (consumer !== undefined) {
      consumer({ done: false, value: message });
      return;
    }
    const { topic } = message;
    if (this.#counts.of(topic) < this.#capacityOf(topic)) {
      this.#counts.add(topic);
    } else {
      const oldest = this.#waiting.findIndex((other) => other.topic === topic);
      this.#onDrop(this.#waiting.splice(oldest, 1)[0]);
    }
    this.#waiting.push(message);
  }

  next(): Promise<Step> {
    const value = this.#waiting.shift();
    if (value !== undefined) {
      this.#counts.add(value.topic, -1);
      return Promise.resolve({ done: false, value });
    }
    return this.#closed ? Promise.resolve(END) : new Promise((resolve) => this.#consumers.push(resolve));
  }

  /** No more messages come; those that wait can still be taken. */
  close(): void {
    this.#closed = true;
    for (const consumer of this.#consumers.splice(0)) consumer(END);
  }

  /** The consumer is gone. */
  return(): Promise<Step> {
    this.close();
    this.#waiting.length = 0;
    return Promise.resolve(END);
  }
}
