export { Counts } from './counts.js';
export { DurationRing, type DurationSummary } from './duration-ring.js';
export type { LiveTimers } from './live-timers.js';
export { type FoxgloveTime, fromStamp, type Stamp, toFoxgloveTime, toStamp } from './stamp.js';
