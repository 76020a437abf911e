import type { TopicInfo } from '../../port/index.js';
import { type Channel, schemaOf } from '../protocol/index.js';

/** What a server offers at this moment: one channel a topic, the latest that was advertised. */
export class RemoteChannels {
  readonly #byTopic = new Map<string, { readonly id: number; readonly info: TopicInfo }>();
  readonly #topicOf = new Map<number, string>();

  /** @throws VoxhandError `MESSAGE_INVALID` for a binary schema that cannot be read. */
  add(channel: Channel): void {
    const { id, topic } = channel;
    const info = { topic, ...schemaOf(channel) };
    const before = this.#byTopic.get(topic);
    if (before !== undefined) this.#topicOf.delete(before.id);
    this.#byTopic.set(topic, { id, info });
    this.#topicOf.set(id, topic);
  }

  /** @returns the topic that is gone with the channel, if any */
  remove(id: number): string | undefined {
    const topic = this.#topicOf.get(id);
    if (topic === undefined) return undefined;
    this.#topicOf.delete(id);
    this.#byTopic.delete(topic);
    return topic;
  }

  clear(): void {
    this.#byTopic.clear();
    this.#topicOf.clear();
  }

  get(topic: string): { readonly id: number; readonly info: TopicInfo } | undefined {
    return this.#byTopic.get(topic);
  }

  topics(): TopicInfo[] {
    return [...this.#byTopic.values()].map(({ info }) => info);
  }
}
