export type * from './bus.js';
export { inStep, observe } from './in-step.js';
export { publisherOf } from './publisher.js';
export { teeSink } from './tee-sink.js';
