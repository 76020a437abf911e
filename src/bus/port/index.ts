export type * from './bus.js';
export { EndableSource } from './endable-source.js';
export { inStep, observe } from './in-step.js';
export type * from './playback.js';
export { publisherOf } from './publisher.js';
export { teeSink } from './tee-sink.js';
