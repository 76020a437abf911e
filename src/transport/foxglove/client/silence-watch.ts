/** Explains once why nothing comes on a topic that somebody waits for. */
export class SilenceWatch {
  readonly #seconds: number;
  readonly #explain: (topic: string) => void;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(seconds: number, explain: (topic: string) => void) {
    this.#seconds = seconds;
    this.#explain = explain;
  }

  /** Somebody waits for the topic. */
  expect(topic: string): void {
    if (this.#timers.has(topic)) return;
    this.#timers.set(topic, setTimeout(() => this.#explain(topic), this.#seconds * 1000).unref());
  }

  heard(topic: string): void {
    clearTimeout(this.#timers.get(topic));
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }
}
