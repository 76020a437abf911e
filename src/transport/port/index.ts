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
export { FaultySource } from './faulty-source.js';
export { HandsByStamp } from './hands-by-stamp.js';
export { inStep, observe } from './in-step.js';
export { corruptMessage, messageFaults, shiftMessage } from './message-faults.js';
export type { PlaybackChange, PlaybackCommand, PlaybackControl, PlaybackState, PlaybackStatus } from './playback.js';
export { publisherOf } from './publisher.js';
export { readHands } from './read-hands.js';
export { teeSink } from './tee-sink.js';
export { topicMatcher } from './topic-pattern.js';
