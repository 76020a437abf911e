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
