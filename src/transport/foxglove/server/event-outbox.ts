import type { StreamEvent } from '../../../messages/index.js';
import { Counts } from '../../../timing/index.js';
import { isOptional } from '../../port/event-maker.js';

/** Events that wait for one client at most: half a minute of two hands. */
const MOST = 2048;

interface Entry {
  readonly text: string;
  readonly type: StreamEvent['type'];
  /** The next one of its kind makes up for it. */
  readonly optional: boolean;
}

/**
 * Events that wait to be sent to one client, in their order. Where there are too many, the oldest goes that only continues something
 * (hover, move, update, a repeated enabling state), and is counted; what begins or ends something is never left out.
 */
export class EventOutbox {
  readonly #entries: Entry[] = [];
  readonly #dropped = new Counts();
  readonly #most: number;

  constructor(most = MOST) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#entries.length;
  }

  /** Events that were left out, by type. */
  get dropped(): Counts {
    return this.#dropped;
  }

  /**
   * @param text the event as JSON
   * @returns false where everything that waits must not be left out: the client is beyond help and must go
   */
  put(event: StreamEvent, text: string): boolean {
    if (this.#entries.length >= this.#most) {
      const at = this.#entries.findIndex(({ optional }) => optional);
      if (at < 0) return false;
      this.#dropped.add(this.#entries.splice(at, 1)[0].type);
    }
    this.#entries.push({ text, type: event.type, optional: isOptional(event) });
    return true;
  }

  next(): string | undefined {
    return this.#entries.shift()?.text;
  }
}
