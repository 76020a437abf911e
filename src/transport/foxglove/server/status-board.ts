import type { StatusMessage } from '../protocol/index.js';
import type { ClientConnection } from './client-connection.js';

/** Statuses with an id that hold until they are taken back, for viewers that come later. */
export class StatusBoard {
  readonly #limit: number;
  readonly #statuses = new Map<string, StatusMessage>();

  constructor(limit = 64) {
    this.#limit = limit;
  }

  all(): Iterable<StatusMessage> {
    return this.#statuses.values();
  }

  /** @returns ids of older statuses that had to go */
  add(status: StatusMessage): string[] {
    if (status.id === undefined) return [];
    this.#statuses.delete(status.id);
    this.#statuses.set(status.id, status);
    const [oldest] = this.#statuses.keys();
    return this.#statuses.size > this.#limit ? this.remove([oldest]) : [];
  }

  /** @returns those of the ids that were there */
  remove(ids: readonly string[]): string[] {
    return ids.filter((id) => this.#statuses.delete(id));
  }
}

const STATUS_ID = 'voxhand.slow';

/** Tells clients that lose data because they are too slow, and takes it back when it is over. */
export class SlowClients {
  /** Lost at the last warning, and whether it still stands so in the viewer. */
  readonly #warned = new WeakMap<ClientConnection, { readonly lost: number; readonly shown: boolean }>();

  /** To be called now and then. @returns what to say of the client, where it has lost more since the last call */
  check(client: ClientConnection): string | undefined {
    const lost = client.dropped.total;
    const last = this.#warned.get(client) ?? { lost: 0, shown: false };
    const shown = lost > last.lost;
    this.#warned.set(client, { lost, shown });
    if (!shown) {
      if (last.shown) client.send({ op: 'removeStatus', statusIds: [STATUS_ID] });
      return undefined;
    }
    const [[worst]] = [...client.dropped].sort(([, a], [, b]) => b - a);
    const text = `too slow for ${lost} messages so far, most of them on ${worst}`;
    client.status('warning', `This viewer or its connection is ${text}: they were left out.`, STATUS_ID);
    return `${client.name} is ${text}`;
  }
}
