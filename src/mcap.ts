/**
 * `voxhand/mcap`: recordings. Read and write them, as a bus or message by message; record, play, replay through the tracker, check, cut and
 * recover them.
 *
 * @module
 */
export { type CutOptions, type CutReport, cutRecording, LATCHED_TOPICS } from './recording/cut.js';
export {
  DepthRecorder,
  type DepthRecorderOptions,
  type RecordedGesture,
  TRUE_GESTURES_TOPIC,
  TRUTH_TOPIC,
} from './recording/depth-recorder.js';
export {
  type CheckOptions,
  type CheckReport,
  checkRecording,
  createRecorder,
  createRecordingSink,
  type DigestSinkOptions,
  digestSink,
  type Finding,
  type FindingCode,
  hasRecordingLoss,
  type PlayableSource,
  type Played,
  PlayedSource,
  type PlayedSourceOptions,
  Player,
  type PlayerOptions,
  type PlayIntoOptions,
  playInto,
  type RecordedPart,
  type RecordedTopic,
  Recorder,
  type RecorderOptions,
  type RecorderReport,
  type RecordingCompression,
  type RecordingEnd,
  type RecordingReport,
  RecordingSink,
  type RecordingSinkOptions,
  type ResultDigest,
  resultDigest,
  type Severity,
  type SnapshotOutcome,
  type SnapshotServiceOptions,
  type SnapshotTriggerOptions,
  snapshotService,
  type TopicDigest,
  type TopicSummary,
} from './recording/index.js';
export { type RecoverOptions, type RecoverReport, recoverRecording } from './recording/recover.js';
export { type ReplayOptions, type ReplayProgress, type ReplaySummary, replayRecording } from './recording/replay.js';
export { withInputTopics } from './tracking/input-topics.js';
export type { TimeRange } from './transport/mcap/contents.js';
export { provenanceOf } from './transport/mcap/index.js';
export type { Loss, McapInfo, MetadataRecord } from './transport/mcap/info.js';
export { McapBus, type McapBusOptions, mcapBus } from './transport/mcap/mcap-bus.js';
export { createMcapSink, McapSink, type McapSinkOptions } from './transport/mcap/mcap-sink.js';
export { McapSource, openMcap } from './transport/mcap/mcap-source.js';
export { openRecording } from './transport/mcap/open-recording.js';
export type { RecordingAttachment, RecordingSource } from './transport/mcap/recording-source.js';
export { RecordingView, type RecordingViewOptions } from './transport/mcap/recording-view.js';
export type { PlaybackState, TopicInfo } from './transport/port/index.js';
