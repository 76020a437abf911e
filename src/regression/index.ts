// For: two recordings of results against each other: tolerances, blessed results, reports, matchers for tests.
// In and out: two recordings in; a comparison with its verdict out.
// Must not know: the live node.

export type { ComparedEvent, ComparedHand } from './compare/compared-hand.js';
export {
  type ComparedLoss,
  type ComparedRecording,
  type Comparison,
  type Criterion,
  comparedWithLoss,
  type DrawnComparison,
  type StageTimeDifference,
  type Verdict,
} from './compare/comparison.js';
export {
  type Change,
  type ChangeKind,
  type ComparisonDrawing,
  ComparisonMeter,
  type ConfidenceDifference,
  type ContentReport,
  type DistanceSummary,
  type HandChanges,
  type JointDistances,
  type ResultCounts,
} from './compare/comparison-meter.js';
export { comparisonPage } from './compare/comparison-page.js';
export { comparisonSummary, formatComparison } from './compare/comparison-text.js';
export type { DepthPicture } from './compare/difference-tile.js';
export { DistanceSketch, type SketchSummary } from './compare/distance-sketch.js';
export { DistanceTrace, type TraceBucket, type TracePoint } from './compare/distance-trace.js';
export { type EventComparison, type EventDifference, EventMeter } from './compare/event-comparison.js';
export { type Judgement, judge } from './compare/judge.js';
export { junitReport } from './compare/junit-report.js';
export { type MatchedFrames, matchedFrames, nearestPairs, type Timed } from './compare/matched-frames.js';
export {
  FrameOrder,
  type FrameOrderOptions,
  orderedFrames,
  type StampedFrame,
  type StampOrder,
} from './compare/ordered-frames.js';
export { type ProvenanceDifference, provenanceDifferences } from './compare/provenance.js';
export { type DelaySummary, StreamTiming, type TimingReport } from './compare/stream-timing.js';
export { type ToleranceSettings, type Tolerances, tolerances } from './compare/tolerances.js';
export { type WorstFrame, WorstFrames } from './compare/worst-frames.js';
