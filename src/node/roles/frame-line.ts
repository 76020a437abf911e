import type { LiveTimers } from '../../timing/index.js';
import type { ServedCamera, WaitingFrame } from './served-camera.js';

/** The cameras that have a message waiting, whoever waits longest first: one message each, so that none can crowd out another. */
export class FrameLine {
  readonly #timers: LiveTimers;
  readonly #cameras = new Set<ServedCamera>();
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(timers: LiveTimers) {
    this.#timers = timers;
  }

  /** A camera has a message waiting, its first or a newer one: it keeps its place. */
  add(camera: ServedCamera): void {
    this.#cameras.add(camera);
    this.#wake();
  }

  /** No more messages come; those that wait can still be taken. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Resolves when somebody waits; with false when nobody ever will. */
  async wait(): Promise<boolean> {
    while (this.#cameras.size === 0) {
      if (this.#closed) return false;
      await this.#pause();
    }
    return true;
  }

  /**
   * Resolves when as many cameras wait as are expected, or the longest wait is over the deadline.
   *
   * @param deadline seconds
   * @param expected asked again whenever something changes
   */
  async gather(deadline: number, expected: () => number): Promise<void> {
    const [first] = this.#cameras;
    for (;;) {
      const now = this.#timers.seconds();
      const left = (first?.waiting?.arrival.at ?? now) + deadline - now;
      if (this.#closed || this.#cameras.size >= expected() || left <= 0) return;
      await this.#pause(Math.max(1, 1000 * left));
    }
  }

  /** @param several all that wait, or only the one who waited longest */
  take(several: boolean): WaitingFrame[] {
    const cameras = several ? [...this.#cameras] : [...this.#cameras].slice(0, 1);
    return cameras.flatMap((camera) => {
      this.#cameras.delete(camera);
      return camera.take() ?? [];
    });
  }

  /** Until something changes, or for so long. */
  #pause(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : this.#timers.setTimeout(resolve, milliseconds);
      this.#wake = () => {
        if (timer !== undefined) this.#timers.clearTimeout(timer);
        resolve();
      };
    });
  }
}
