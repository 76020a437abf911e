import type { BusEvent } from '../../transport/port/index.js';

/** One half of a pipeline that was cut, at work. */
export interface RunningRole<Status> {
  /**
   * Resolves when the bus has no more messages, or after {@link stop}. Rejects with `WRITE_FAILED` where the bus takes no more,
   * with `INFERENCE_FAILED` where the inference has given up, and with what a source of frames throws.
   */
  readonly done: Promise<void>;
  /** Plain data, for diagnostics. */
  status(): Status;
  /** Forget the hand, as at the start. */
  reset(): void;
  /** End all subscriptions and wait for the work in hand. Bus and networks stay open. May be called twice. */
  stop(): Promise<void>;
}

/** Told of what somebody who watches should know, once each until it is over. Must not throw. */
export type OnRoleEvent = (event: BusEvent) => void;

/** Says each thing once, until it is over. Bounded: beyond its room nothing more is said. */
export class SaidOnce {
  readonly #said = new Set<string>();
  readonly #say: OnRoleEvent;

  constructor(say: OnRoleEvent = () => undefined) {
    this.#say = say;
  }

  say(key: string, event: BusEvent): void {
    if (this.#said.has(key) || this.#said.size >= 256) return;
    this.#said.add(key);
    this.#say(event);
  }

  /** What begins with this is over: it is said again when it comes back. */
  over(prefix: string): void {
    for (const key of this.#said) if (key.startsWith(prefix)) this.#said.delete(key);
  }
}
