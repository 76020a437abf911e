// For: record, play, replay, check, recover and cut recordings.
// In and out: a bus or recordings in; recordings and reports out.
// Must not know: how results are judged.

export { type CheckOptions, type CheckReport, checkRecording } from './check/check-recording.js';
export type { Finding, FindingCode, Severity } from './check/finding.js';
export type { TopicSummary } from './check/topic-check.js';
export { type CutReport, cutRecording, plausibleStart, rangeOf } from './cut.js';
export { DepthRecorder, TRUE_GESTURES_TOPIC, TRUTH_TOPIC } from './depth-recorder.js';
export { type PlayIntoOptions, playInto } from './player/play-into.js';
export { PlayedSource, type PlayedSourceOptions } from './player/played-source.js';
export { type PlayableSource, type Played, Player, type PlayerOptions } from './player/player.js';
export { createRecorder, Recorder, type RecorderOptions, type RecorderReport } from './recorder/recorder.js';
export type { RecordedPart, RecordingCompression, RecordingEnd } from './recorder/recorder-protocol.js';
export {
  hasRecordingLoss,
  type RecordedTopic,
  type RecordingReport,
  WANTED_ENDS,
} from './recorder/recording-report.js';
export {
  createRecordingSink,
  RecordingSink,
  type RecordingSinkOptions,
  type SnapshotOutcome,
} from './recorder/recording-sink.js';
export { type SnapshotServiceOptions, snapshotService } from './recorder/snapshot-service.js';
export type { SnapshotTriggerOptions } from './recorder/snapshot-triggers.js';
export { type RecoverReport, recoverRecording } from './recover.js';
export { type ReplayProgress, type ReplaySummary, replayRecording } from './replay.js';
export {
  type DigestSinkOptions,
  digestSink,
  type ResultDigest,
  resultDigest,
  type TopicDigest,
} from './result-digest.js';
export { createRigRecorder } from './rig-recorder.js';
