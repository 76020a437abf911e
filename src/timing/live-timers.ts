/** A monotonic clock with timers: what a live pipeline waits by. Injected; tests move it by hand. */
export interface LiveTimers {
  /** Seconds since some moment; never goes back. */
  seconds(): number;
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}
