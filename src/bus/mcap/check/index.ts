export { type CheckOptions, type CheckReport, checkRecording } from './check-recording.js';
export { type Finding, type FindingCode, SEVERITIES, type Severity } from './finding.js';
export type { TopicSummary } from './topic-check.js';
