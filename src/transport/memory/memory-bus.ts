import { VoxhandError } from '../../errors/index.js';
import type { Codec } from '../../messages/index.js';
import { Counts } from '../../timing/index.js';
import { BoundedQueue, type FullPolicy } from '../port/bounded-queue.js';
import type { BusMessage, LiveBus, Publisher, TopicInfo, TopicState } from '../port/index.js';
import { publisherOf } from '../port/index.js';

export interface MemoryBusOptions {
  /** Messages that wait for each subscriber, at most; 16 by default. */
  readonly capacity?: number;
  /** What a full queue does: hold up the publisher (the default), or drop its oldest message and count it. */
  readonly policy?: FullPolicy;
  /** The bus's clock, nanoseconds; by default the newest message's log time, 0 before the first. */
  readonly now?: () => bigint;
}

/**
 * A bus within one program, for tests and for pipelines without a robot. Like a live bus it keeps no history: a
 * subscriber gets what is published from the moment on at which its loop starts, and a publisher's `wanted()` is true
 * from that moment on. Nothing happens on it that an event would tell of.
 */
export class MemoryBus implements LiveBus {
  readonly #capacity: number;
  readonly #policy: FullPolicy;
  readonly #topics = new Map<string, TopicInfo>();
  readonly #subscriptions = new Set<{ topics: readonly string[] | undefined; queue: BoundedQueue<BusMessage> }>();
  readonly #dropped = new Counts();
  readonly #lastMessage = new Map<string, bigint>();
  readonly #now: () => bigint;
  #newest = 0n;
  #closed = false;

  constructor({ capacity = 16, policy = 'wait', now }: MemoryBusOptions = {}) {
    this.#capacity = capacity;
    this.#policy = policy;
    this.#now = now ?? (() => this.#newest);
  }

  /** Messages dropped so far, over all subscriptions. */
  get dropped(): number {
    return this.#dropped.total;
  }

  now(): bigint {
    return this.#now();
  }

  onEvent(): () => void {
    return () => undefined;
  }

  states(): readonly TopicState[] {
    return [...this.#topics.values()].map(({ topic, messageCount = 0 }) => {
      const dropped = this.#dropped.get(topic);
      const lastMessage = this.#lastMessage.get(topic);
      return {
        topic,
        subscribers: this.#subscribersOf(topic).length,
        messages: messageCount,
        dropped: dropped === undefined ? {} : { 'queue-full': dropped },
        ...(lastMessage === undefined ? {} : { lastMessage }),
      };
    });
  }

  topics(): readonly TopicInfo[] {
    return [...this.#topics.values()];
  }

  subscribe(topics?: readonly string[]): AsyncIterable<BusMessage> {
    return { [Symbol.asyncIterator]: () => this.#open(topics) };
  }

  advertise<T>(topic: string, codec: Codec<T>): Publisher<T> {
    this.#announce({ topic, ...schemaOf(codec) }, 0);
    return publisherOf(
      topic,
      codec,
      (message) => this.write(message),
      () => !this.#closed && this.#subscribersOf(topic).length > 0,
    );
  }

  async write(message: BusMessage): Promise<void> {
    if (this.#closed) throw new VoxhandError('WRITE_FAILED', 'the bus is closed', { where: message.topic });
    const { topic, logTime } = message;
    this.#announce({ topic, ...schemaOf(message) }, 1);
    this.#lastMessage.set(topic, logTime);
    if (logTime > this.#newest) this.#newest = logTime;
    await Promise.all(this.#subscribersOf(topic).map(({ queue }) => queue.push(message)));
  }

  /** Ends every subscription when it has had what waits for it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { queue } of this.#subscriptions) queue.close();
  }

  #open(topics: readonly string[] | undefined): AsyncIterator<BusMessage, undefined> {
    const queue = new BoundedQueue<BusMessage>(this.#capacity, this.#policy, ({ topic }) => this.#dropped.add(topic));
    const subscription = { topics, queue };
    if (this.#closed) queue.close();
    else this.#subscriptions.add(subscription);
    return {
      next: () => queue.next(),
      return: () => {
        this.#subscriptions.delete(subscription);
        return queue.return();
      },
    };
  }

  #subscribersOf(topic: string) {
    return [...this.#subscriptions].filter(({ topics }) => topics?.includes(topic) ?? true);
  }

  #announce(info: TopicInfo, messages: number): void {
    const messageCount = (this.#topics.get(info.topic)?.messageCount ?? 0) + messages;
    this.#topics.set(info.topic, { ...info, messageCount });
  }
}

function schemaOf({ schemaName, schemaEncoding, schemaData, messageEncoding }: Codec<unknown> | BusMessage) {
  return { schemaName, schemaEncoding, schemaData, messageEncoding };
}
