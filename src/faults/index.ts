// For: what can go wrong with a stream of messages, decided by a seed.
// In and out: a stream in; the same stream with drops, delays, duplicates and damage out, counted.
// Must not know: what streams it.

export { type Delivery, type FaultCounts, FaultLine, type FaultTools } from './fault-line.js';
export { type FaultSpec, parseFaults } from './fault-spec.js';
export {
  corrupting,
  delaying,
  dropping,
  duplicating,
  type FaultOptions,
  jittering,
  jumpingTime,
  reordering,
  stalling,
  withFaults,
} from './operators.js';
