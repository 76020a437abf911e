export { topicMatcher } from '../../topic-pattern.js';
export { RECORDING_COMPRESSIONS, type RecordingCompression } from './compression.js';
export { createRecorder, Recorder, type RecorderOptions, type RecorderReport } from './recorder.js';
export { RECORDING_ENDS, type RecordedPart, type RecordingEnd } from './recorder-protocol.js';
export { hasRecordingLoss, type RecordedTopic, type RecordingReport, WANTED_ENDS } from './recording-report.js';
export {
  createRecordingSink,
  RecordingSink,
  type RecordingSinkOptions,
  type SnapshotOutcome,
} from './recording-sink.js';
export { type SnapshotServiceOptions, snapshotService } from './snapshot-service.js';
export type { SnapshotTriggerOptions } from './snapshot-triggers.js';
