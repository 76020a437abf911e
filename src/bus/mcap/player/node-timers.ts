import type { LiveTimers } from '../../../pipeline/index.js';

/** The process's own clock. */
export const nodeTimers: LiveTimers = {
  seconds: () => performance.now() / 1000,
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};
