/** What was wrong with messages of one topic, of one kind. */
export interface InputFault {
  readonly topic: string;
  /** An error code or a pairing cause. */
  readonly cause: string;
  /** Of the newest one. */
  readonly text: string;
  readonly count: number;
  /** Of the newest one, seconds of the timers. */
  readonly seconds: number;
}

/** Faults by topic and cause: of each the newest, and how many there were. */
export class InputFaults {
  readonly #faults = new Map<string, InputFault>();

  add(cause: string, text: string, topic: string, seconds: number): void {
    const key = `${topic} ${cause}`;
    const count = (this.#faults.get(key)?.count ?? 0) + 1;
    this.#faults.set(key, { topic, cause, text, count, seconds });
  }

  all(): readonly InputFault[] {
    return [...this.#faults.values()];
  }
}
