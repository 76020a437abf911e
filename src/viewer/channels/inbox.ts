import type { Channel } from '../../transport/foxglove/protocol/index.js';

/** One message that waits. */
export interface Waiting {
  readonly channel: Channel;
  readonly data: Uint8Array;
  readonly time: bigint;
}

/**
 * Messages between the connection and the next picture: the newest of each channel, so that a page that is slower than
 * the server shows the newest state and never queues.
 */
export class Inbox {
  readonly #newest = new Map<number, Waiting>();
  #replaced = 0;

  /** Messages that a newer one replaced before they were shown. */
  get replaced(): number {
    return this.#replaced;
  }

  put(message: Waiting): void {
    if (this.#newest.has(message.channel.id)) this.#replaced++;
    this.#newest.set(message.channel.id, message);
  }

  /** All that waits, which then waits no more. */
  take(): Waiting[] {
    const messages = [...this.#newest.values()];
    this.#newest.clear();
    return messages;
  }

  clear(): void {
    this.#newest.clear();
  }
}
