export {
  type ComparedRecording,
  type Comparison,
  type ComparisonDrawing,
  type ContentReport,
  type Criterion,
  comparedWithLoss,
  comparisonPage,
  comparisonSummary,
  type DepthPicture,
  type DrawnComparison,
  type EventComparison,
  formatComparison,
  junitReport,
  type TimingReport,
  type ToleranceSettings,
  type Tolerances,
  tolerances,
  type Verdict,
  type WorstFrame,
} from './compare/index.js';
export { ErrorHistogram, type ErrorSummary } from './error-histogram.js';
export { type JointBars, jointErrorChart } from './joint-error-chart.js';
export { type FrameCounts, JointErrorMeter, type JointErrorReport, jointErrors } from './joint-errors.js';
export { type LinePlotOptions, type LinePoint, type LineSeries, linePlot } from './line-plot.js';
export { poseErrorSheet } from './pose-error-sheet.js';
export {
  CURVE_END_MM,
  type PoseErrorReport,
  PoseErrors,
  type PoseTotals,
  SUCCESS_THRESHOLDS_MM,
  type ThresholdShare,
} from './pose-errors.js';
export { formatJointShares, formatPerJoint, formatReports } from './report-text.js';
export {
  type GroupSum,
  type Interval,
  type ResampleOptions,
  resampledDifference,
  resampledInterval,
} from './resampled-interval.js';
export { type SequenceErrorReport, SequenceErrors } from './sequence-errors.js';
export { type EncodePng, type SkeletonSheetOptions, type SkeletonTile, skeletonSheet } from './skeleton-sheet.js';
export { type SuccessCurveOptions, successCurvePlot } from './success-curve-plot.js';
export { TruthByStamp } from './truth-by-stamp.js';
