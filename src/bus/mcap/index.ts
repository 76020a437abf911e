/** `voxhand/mcap`: recordings as a bus. */

export { HandsByStamp } from '../hands-by-stamp.js';
export type * from '../port/bus.js';
export { inStep, observe } from '../port/in-step.js';
export { readHands } from '../read-hands.js';
export * from './check/index.js';
export type { TimeRange } from './contents.js';
export { type CutOptions, type CutReport, cutRecording, LATCHED_TOPICS, rangeOf } from './cut.js';
export * from './datasets/index.js';
export * from './depth-codecs.js';
export * from './depth-recorder.js';
export { type ImportOptions, type ImportSummary, importFolder, ONE_SECOND } from './import-folder.js';
export type { Loss, McapInfo, MetadataRecord } from './info.js';
export { withInputTopics } from './input-topics.js';
export { McapBus, type McapBusOptions, mcapBus } from './mcap-bus.js';
export { createMcapSink, McapSink, type McapSinkOptions } from './mcap-sink.js';
export { McapSource, openMcap } from './mcap-source.js';
export { openRecording } from './open-recording.js';
export * from './player/index.js';
export { modelProvenance, PROVENANCE_RECORD, provenanceOf } from './provenance.js';
export * from './recorder/index.js';
export type { RecordingAttachment, RecordingSource } from './recording-source.js';
export { RecordingView, type RecordingViewOptions } from './recording-view.js';
export { type RecoverOptions, type RecoverReport, recoverRecording } from './recover.js';
export { type ReplayOptions, type ReplayProgress, type ReplaySummary, replayRecording } from './replay.js';
export {
  DigestMeter,
  type DigestSinkOptions,
  digestSink,
  type ResultDigest,
  resultDigest,
  type TopicDigest,
} from './result-digest.js';
