// For: what a bus is: sources, sinks, publishers, and what works with any of them.
// In and out: messages as bytes with topic, schema and times.
// Must not know: any adapter, the tracker.

export type {
  Bus,
  BusEvent,
  BusMessage,
  BusSink,
  BusSource,
  LiveBus,
  Publisher,
  TopicInfo,
  TopicState,
} from './bus.js';
export { EndableSource } from './endable-source.js';
export { corruptMessage, FaultySource, messageFaults, shiftMessage } from './faulty-source.js';
export { NO_SINK } from './no-sink.js';
export type { PlaybackChange, PlaybackCommand, PlaybackControl, PlaybackState, PlaybackStatus } from './playback.js';
export { publisherOf } from './publisher.js';
export { HandsByStamp, handMoments, readHands, requireHands } from './read-hands.js';
export { teeSink } from './tee-sink.js';
