import type { StatusMessage } from '../protocol/index.js';

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
