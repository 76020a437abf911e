import { VoxhandError } from '../../../errors/index.js';
import type { MessageSchema } from '../../../messages/index.js';
import type { BusMessage, TopicState } from '../../port/index.js';
import { type ServerInfo, toChannel } from '../protocol/index.js';
import type { Connection } from './connection.js';

/** A connection that has been greeted. */
export interface Greeted {
  readonly connection: Connection;
  readonly server: ServerInfo;
}

/** What we publish on a server that lets clients do so; it is advertised again on each new connection. */
export class Publications {
  readonly #maxWaiting: number;
  readonly #byTopic = new Map<string, { readonly id: number; readonly schema: MessageSchema; messages: number }>();

  /** @param maxWaiting bytes that may wait to be sent */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  offer(topic: string, schema: MessageSchema, to: Greeted | undefined): void {
    if (this.#byTopic.has(topic)) return;
    this.#byTopic.set(topic, { id: this.#byTopic.size + 1, schema, messages: 0 });
    if (to !== undefined) this.#advertise(topic, to);
  }

  /** A new connection: everything once more. */
  greeted(to: Greeted): void {
    for (const topic of this.#byTopic.keys()) this.#advertise(topic, to);
  }

  /** @throws VoxhandError `WRITE_FAILED` where the server lets no client publish, or takes no more. */
  write(message: BusMessage, to: Greeted): void {
    const { topic, data } = message;
    const { connection, server } = to;
    if (!mayPublish(server)) {
      throw refused(topic, 'a server that lets clients publish (clientPublish)', server.capabilities.join(', '));
    }
    const waiting = connection.waiting + data.byteLength;
    if (waiting > this.#maxWaiting) throw refused(topic, `at most ${this.#maxWaiting} bytes that wait`, `${waiting}`);
    this.offer(topic, message, to);
    const published = this.#byTopic.get(topic);
    if (published === undefined) return;
    published.messages++;
    connection.send({ op: 'messageData', channelId: published.id, data });
  }

  states(): TopicState[] {
    return [...this.#byTopic].map(([topic, { messages }]) => ({ topic, messages, dropped: {} }));
  }

  #advertise(topic: string, { connection, server }: Greeted): void {
    const published = this.#byTopic.get(topic);
    if (published === undefined || !mayPublish(server)) return;
    connection.send({ op: 'advertise', channels: [toChannel(published.id, topic, published.schema)] });
  }
}

export function refused(topic: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('WRITE_FAILED', 'the server takes no message', { expected, found, where: topic });
}

function mayPublish({ capabilities }: ServerInfo): boolean {
  return capabilities.includes('clientPublish');
}
