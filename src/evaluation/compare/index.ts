export type { ComparedEvent, ComparedHand } from './compared-hand.js';
export {
  type ComparedLoss,
  type ComparedRecording,
  type Comparison,
  type Criterion,
  comparedWithLoss,
  type DrawnComparison,
  type StageTimeDifference,
  type Verdict,
} from './comparison.js';
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
} from './comparison-meter.js';
export { comparisonPage, type DepthPicture } from './comparison-page.js';
export { comparisonSummary, formatComparison } from './comparison-text.js';
export { DistanceSketch, type SketchSummary } from './distance-sketch.js';
export { DistanceTrace, type TraceBucket, type TracePoint } from './distance-trace.js';
export { type EventComparison, type EventDifference, EventMeter } from './event-comparison.js';
export { type Judgement, judge } from './judge.js';
export { junitReport } from './junit-report.js';
export { type MatchedFrames, matchedFrames } from './matched-frames.js';
export { nearestPairs, type Timed } from './nearest-pairs.js';
export {
  FrameOrder,
  type FrameOrderOptions,
  orderedFrames,
  type StampedFrame,
  type StampOrder,
} from './ordered-frames.js';
export { type ProvenanceDifference, provenanceDifferences } from './provenance.js';
export { type DelaySummary, StreamTiming, type TimingReport } from './stream-timing.js';
export { type ToleranceSettings, type Tolerances, tolerances } from './tolerances.js';
export { type WorstFrame, WorstFrames } from './worst-frames.js';
