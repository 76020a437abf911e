import type { LiveTimers } from './live-timers.js';

/** The process's own clock and timers: what live work waits by where nothing else is injected. */
export const processTimers: LiveTimers = {
  seconds: () => performance.now() / 1000,
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
};
