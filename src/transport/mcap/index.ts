export type { DepthCodec, DepthEncoding } from './depth-codecs.js';
export type { McapInfo } from './info.js';
export { createMcapSink } from './mcap-sink.js';
export { openRecording } from './open-recording.js';
export { modelProvenance, PROVENANCE_RECORD, provenanceOf } from './provenance.js';
export type { RecordingSource } from './recording-source.js';
export { RecordingView } from './recording-view.js';
