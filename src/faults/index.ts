export { type Delivery, type FaultCounts, FaultLine, type FaultTools } from './fault-line.js';
export { type FaultSpec, parseFaults } from './fault-spec.js';
export { FaultySource } from './faulty-source.js';
export { corruptMessage, messageFaults, shiftMessage } from './message-faults.js';
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
