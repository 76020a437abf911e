// For: recordings in MCAP as a bus: read and written.
// In and out: paths in; messages with their topics, or a file out.
// Must not know: what the messages mean to the tracker.

export type { DepthCodec, DepthEncoding } from './depth-codecs.js';
export { type McapInfo, modelProvenance, PROVENANCE_RECORD, provenanceOf, unlistedText } from './info.js';
export { createMcapSink } from './mcap-sink.js';
export { openRecording } from './open-recording.js';
export type { RecordingSource } from './recording-source.js';
export { RecordingView } from './recording-view.js';
