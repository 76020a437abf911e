// For: stamps, timers that can be injected, durations, counts by key.
// In and out: nanoseconds as bigint, seconds as numbers.
// Must not know: what is timed or counted.

export { backOff } from './back-off.js';
export { Counts } from './counts.js';
export { DurationRing, type DurationSummary } from './duration-ring.js';
export type { LiveTimers } from './live-timers.js';
export { apart, earlier, fromStamp, later, nanoseconds, type Stamp, secondsBetween, toStamp } from './stamp.js';
