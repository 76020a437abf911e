/** `voxhand/mcap`: recordings as a bus. */

export { HandsByStamp } from '../hands-by-stamp.js';
export type * from '../port/bus.js';
export { inStep, observe } from '../port/in-step.js';
export { readHands } from '../read-hands.js';
export * from './datasets/index.js';
export * from './depth-codecs.js';
export * from './depth-recorder.js';
export { type ImportOptions, type ImportSummary, importFolder, ONE_SECOND } from './import-folder.js';
export type { Loss, McapInfo, MetadataRecord } from './info.js';
export { withInputTopics } from './input-topics.js';
export { McapBus, type McapBusOptions, mcapBus } from './mcap-bus.js';
export { createMcapSink, McapSink, type McapSinkOptions } from './mcap-sink.js';
export { McapSource, openMcap } from './mcap-source.js';
export { type ReplayOptions, type ReplaySummary, replayRecording } from './replay.js';
