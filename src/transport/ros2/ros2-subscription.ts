import { Counts } from '../../timing/index.js';
import { BoundedQueue } from '../port/bounded-queue.js';
import type { BusMessage } from '../port/index.js';
import { InputTopic, type InputTopicOptions } from './input-topic.js';
import type { Ros2TopicState, TopicContext } from './topic-context.js';

export interface SubscriptionOptions {
  /** undefined for all that the graph has and that we can decode, now and later. */
  readonly topics: readonly string[] | undefined;
  readonly isLatest: (topic: string) => boolean;
  /** Messages that wait on a topic that is not `latest`. */
  readonly capacity: number;
  /** Options of a topic's reader, without `topic` and `onMessage`. */
  readonly input: (topic: string) => Omit<InputTopicOptions, 'topic' | 'onMessage'>;
  readonly onReturn: (subscription: Ros2Subscription) => void;
}

/** One loop over messages: its topics' readers, and the queue in front of the consumer. */
export class Ros2Subscription implements AsyncIterator<BusMessage, undefined> {
  readonly #context: TopicContext;
  readonly #options: SubscriptionOptions;
  readonly #queue: BoundedQueue<BusMessage>;
  readonly #inputs = new Map<string, InputTopic>();
  readonly #dropped = new Counts();

  constructor(context: TopicContext, options: SubscriptionOptions) {
    this.#context = context;
    this.#options = options;
    const { isLatest, capacity } = options;
    this.#queue = new BoundedQueue<BusMessage>(
      (topic) => (isLatest(topic) ? 1 : capacity),
      'drop-oldest',
      ({ topic }) => this.#dropped.add(topic),
      ({ topic }) => topic,
    );
    for (const topic of options.topics ?? []) this.#add(topic);
    this.#addNew();
  }

  states(): readonly Ros2TopicState[] {
    return [...this.#inputs.values()].map(({ topic, state }) => {
      const count = this.#dropped.get(topic);
      if (count === undefined) return state;
      const cause = this.#options.isLatest(topic) ? 'replaced' : 'queue-full';
      return { ...state, dropped: { ...state.dropped, [cause]: count } };
    });
  }

  look(): void {
    this.#addNew();
    for (const input of this.#inputs.values()) input.look();
  }

  next(): Promise<IteratorResult<BusMessage, undefined>> {
    return this.#queue.next();
  }

  return(): Promise<IteratorResult<BusMessage, undefined>> {
    this.#leave();
    return this.#queue.return();
  }

  /** No more messages come; those that wait can still be taken. */
  end(): void {
    this.#leave();
    this.#queue.close();
  }

  #leave(): void {
    for (const input of this.#inputs.values()) input.close();
    this.#options.onReturn(this);
  }

  #addNew(): void {
    if (this.#options.topics !== undefined) return;
    for (const { name } of this.#context.graph.topics()) this.#add(name);
  }

  #add(topic: string): void {
    if (this.#inputs.has(topic)) return;
    const onMessage = (message: BusMessage) => void this.#queue.push(message);
    this.#inputs.set(topic, new InputTopic(this.#context, { topic, onMessage, ...this.#options.input(topic) }));
  }
}
