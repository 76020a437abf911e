import type { TopicInfo } from '../../port/index.js';
import type { ClientMessage } from '../protocol/index.js';

interface Offer {
  /** Number of the channel. */
  readonly id: number;
  readonly info: TopicInfo;
}

/** The subscriptions of one connection, by topic and by their number on the wire. Numbers are not used twice. */
export class WireSubscriptions {
  readonly #byTopic = new Map<string, { readonly id: number; readonly channelId: number }>();
  readonly #infoOf = new Map<number, TopicInfo>();
  #next = 1;

  /** Of a message on this subscription; undefined of one that has just ended. */
  infoOf(id: number): TopicInfo | undefined {
    return this.#infoOf.get(id);
  }

  /** What to say to the server, so that exactly these channels are subscribed. */
  change(wanted: ReadonlyMap<string, Offer>): ClientMessage[] {
    const gone = [...this.#byTopic].filter(([topic, { channelId }]) => wanted.get(topic)?.id !== channelId);
    for (const [topic, { id }] of gone) {
      this.#byTopic.delete(topic);
      this.#infoOf.delete(id);
    }
    const added = [...wanted].filter(([topic]) => !this.#byTopic.has(topic));
    const subscriptions = added.map(([topic, { id: channelId, info }]) => {
      const id = this.#next++;
      this.#byTopic.set(topic, { id, channelId });
      this.#infoOf.set(id, info);
      return { id, channelId };
    });
    return [
      ...(gone.length === 0 ? [] : [{ op: 'unsubscribe', subscriptionIds: gone.map(([, { id }]) => id) } as const]),
      ...(subscriptions.length === 0 ? [] : [{ op: 'subscribe', subscriptions } as const]),
    ];
  }

  /** The connection has ended. */
  clear(): void {
    this.#byTopic.clear();
    this.#infoOf.clear();
  }
}
