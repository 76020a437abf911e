import { VoxhandError } from '../../hand/index.js';
import type { Codec } from '../../messages/index.js';
import type { Bus, BusMessage, Publisher, TopicInfo } from '../port/index.js';
import { publisherOf } from '../port/index.js';
import { BoundedQueue, type FullPolicy } from './bounded-queue.js';

export interface MemoryBusOptions {
  /** Messages that wait for each subscriber, at most; 16 by default. */
  readonly capacity?: number;
  /** What a full queue does: hold up the publisher (the default), or drop its oldest message and count it. */
  readonly policy?: FullPolicy;
}

/**
 * A bus within one program, for tests and for pipelines without a robot. Like a live bus it keeps no history: a
 * subscriber gets what is published from the moment on at which its loop starts.
 */
export class MemoryBus implements Bus {
  readonly #capacity: number;
  readonly #policy: FullPolicy;
  readonly #topics = new Map<string, TopicInfo>();
  readonly #subscriptions = new Set<{ topics: readonly string[] | undefined; queue: BoundedQueue<BusMessage> }>();
  #droppedBefore = 0;
  #closed = false;

  constructor({ capacity = 16, policy = 'wait' }: MemoryBusOptions = {}) {
    this.#capacity = capacity;
    this.#policy = policy;
  }

  /** Messages dropped so far, over all subscriptions. */
  get dropped(): number {
    let dropped = this.#droppedBefore;
    for (const { queue } of this.#subscriptions) dropped += queue.dropped;
    return dropped;
  }

  topics(): readonly TopicInfo[] {
    return [...this.#topics.values()];
  }

  subscribe(topics?: readonly string[]): AsyncIterable<BusMessage> {
    return { [Symbol.asyncIterator]: () => this.#open(topics) };
  }

  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    this.#announce({ topic, ...schemaOf(codec) }, 0);
    return publisherOf(topic, codec, (message) => this.write(message));
  }

  async write(message: BusMessage): Promise<void> {
    if (this.#closed) throw new VoxhandError('WRITE_FAILED', 'the bus is closed', { where: message.topic });
    this.#announce({ topic: message.topic, ...schemaOf(message) }, 1);
    const wanted = [...this.#subscriptions].filter(({ topics }) => topics?.includes(message.topic) ?? true);
    await Promise.all(wanted.map(({ queue }) => queue.push(message)));
  }

  /** Ends every subscription when it has had what waits for it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { queue } of this.#subscriptions) queue.close();
  }

  #open(topics: readonly string[] | undefined): AsyncIterator<BusMessage, undefined> {
    const queue = new BoundedQueue<BusMessage>(this.#capacity, this.#policy);
    const subscription = { topics, queue };
    if (this.#closed) queue.close();
    else this.#subscriptions.add(subscription);
    return {
      next: () => queue.next(),
      return: () => {
        if (this.#subscriptions.delete(subscription)) this.#droppedBefore += queue.dropped;
        return queue.return();
      },
    };
  }

  #announce(info: TopicInfo, messages: number): void {
    const messageCount = (this.#topics.get(info.topic)?.messageCount ?? 0) + messages;
    this.#topics.set(info.topic, { ...info, messageCount });
  }
}

function schemaOf({ schemaName, schemaEncoding, schemaData, messageEncoding }: Codec<unknown> | BusMessage) {
  return { schemaName, schemaEncoding, schemaData, messageEncoding };
}
