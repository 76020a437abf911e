/** A monotonic clock with timers: what a live pipeline waits by. Injected; tests move it by hand. */
export interface LiveTimers {
  /** Seconds since some moment; never goes back. */
  seconds(): number;
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The process's own clock and timers: what live work waits by where nothing else is injected. */
export const processTimers: LiveTimers = {
  seconds: () => performance.now() / 1000,
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};
