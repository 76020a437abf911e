import type { MessageSchema } from '../../../messages/index.js';
import type { BusMessage, TopicInfo, TopicState } from '../../port/index.js';
import { topicMatcher } from '../../port/topic-pattern.js';
import { type Channel, toChannel } from '../protocol/index.js';

/** Bytes that are kept of a topic for viewers that come later. */
const LATCHED_BYTES = 4_000_000;

/** One topic as it is served at this moment: a channel, its subscribers, and what went over it. */
export class ServedTopic {
  readonly channel: Channel;
  readonly info: TopicInfo;
  /** How many different messages are kept for viewers that come later. */
  readonly latchDepth: number;
  subscribers = 0;
  #messages = 0;
  #lastMessage: bigint | undefined;
  #latched: BusMessage[] = [];
  /** Of clients that are gone; those of connected clients are with them. */
  droppedBefore = 0;
  /** The schema's bytes as they came last: the same ones need not be compared. */
  #recentSchema: Uint8Array;

  constructor(id: number, topic: string, schema: MessageSchema, latchDepth: number) {
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = schema;
    this.channel = toChannel(id, topic, schema);
    this.info = { topic, schemaName, schemaEncoding, schemaData, messageEncoding };
    this.latchDepth = latchDepth;
    this.#recentSchema = schemaData;
  }

  /** Whether a message would be of use: it has subscribers, or it is kept. */
  get wanted(): boolean {
    return this.subscribers > 0 || this.latchDepth > 0;
  }

  get latched(): readonly BusMessage[] {
    return this.#latched;
  }

  fits(schema: MessageSchema): boolean {
    const { schemaName, schemaEncoding, schemaData, messageEncoding } = this.info;
    if (schema.schemaName !== schemaName || schema.messageEncoding !== messageEncoding) return false;
    if (schema.schemaEncoding !== schemaEncoding) return false;
    if (schema.schemaData === this.#recentSchema) return true;
    if (Buffer.compare(schema.schemaData, schemaData) !== 0) return false;
    this.#recentSchema = schema.schemaData;
    return true;
  }

  /** Count a message, and keep it where the topic is latched: the newest ones, each content once. */
  saw(message: BusMessage): void {
    this.#messages++;
    this.#lastMessage = message.logTime;
    if (this.latchDepth === 0) return;
    const others = this.#latched.filter(({ data }) => Buffer.compare(data, message.data) !== 0);
    this.#latched = [...others, message].slice(-this.latchDepth);
    let bytes = this.#latched.reduce((sum, { data }) => sum + data.byteLength, 0);
    while (bytes > LATCHED_BYTES) bytes -= (this.#latched.shift() as BusMessage).data.byteLength;
  }

  /** @param dropped messages that connected clients have lost */
  state(dropped: number): TopicState {
    const lost = this.droppedBefore + dropped;
    return {
      topic: this.info.topic,
      subscribers: this.subscribers,
      messages: this.#messages,
      dropped: lost === 0 ? {} : { 'queue-full': lost },
      ...(this.#lastMessage !== undefined && { lastMessage: this.#lastMessage }),
    };
  }
}

export interface ChannelBookOptions {
  /** Patterns of the topics that are served. */
  readonly topics: readonly string[];
  /** Depth by pattern. */
  readonly latched: Readonly<Record<string, number>>;
}

/** All topics that are served, one channel each: viewers refuse a second channel of the same topic. */
export class ChannelBook {
  readonly #allowed: (topic: string) => boolean;
  readonly #latched: readonly { matches: (topic: string) => boolean; depth: number }[];
  readonly #byTopic = new Map<string, ServedTopic>();
  readonly #byId = new Map<number, ServedTopic>();
  #nextId = 1;

  constructor({ topics, latched }: ChannelBookOptions) {
    this.#allowed = topics.length === 0 ? () => false : topicMatcher(topics);
    this.#latched = Object.entries(latched).map(([pattern, depth]) => ({ matches: topicMatcher([pattern]), depth }));
  }

  all(): IterableIterator<ServedTopic> {
    return this.#byTopic.values();
  }

  byId(id: number): ServedTopic | undefined {
    return this.#byId.get(id);
  }

  byTopic(topic: string): ServedTopic | undefined {
    return this.#byTopic.get(topic);
  }

  /**
   * The channel of a topic, made where there is none. Where its schema has changed, the channel is replaced by another one
   * with a number of its own, for viewers keep decoders by number.
   *
   * @returns undefined for a topic that is not to be served
   */
  open(
    topic: string,
    schema: MessageSchema,
  ): { served: ServedTopic; added: boolean; replaced?: ServedTopic } | undefined {
    const known = this.#byTopic.get(topic);
    if (known?.fits(schema)) return { served: known, added: false };
    if (known === undefined && !this.#allowed(topic)) return undefined;
    if (known !== undefined) this.remove(known);
    const served = new ServedTopic(this.#nextId++, topic, schema, this.#depthOf(topic));
    this.#byTopic.set(topic, served);
    this.#byId.set(served.channel.id, served);
    return { served, added: true, ...(known !== undefined && { replaced: known }) };
  }

  remove({ channel: { id, topic } }: ServedTopic): void {
    this.#byTopic.delete(topic);
    this.#byId.delete(id);
  }

  #depthOf(topic: string): number {
    return Math.max(0, ...this.#latched.filter(({ matches }) => matches(topic)).map(({ depth }) => depth));
  }
}
