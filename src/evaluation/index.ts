export { ErrorHistogram, type ErrorSummary } from './error-histogram.js';
export { jointErrorChart } from './joint-error-chart.js';
export {
  CURVE_END_MM,
  type FrameCounts,
  JointErrorMeter,
  type JointErrorReport,
  jointErrors,
  SUCCESS_THRESHOLDS_MM,
  type ThresholdShare,
} from './joint-errors.js';
export { formatPerJoint, formatReports } from './report-text.js';
export { type EncodePng, type SkeletonSheetOptions, type SkeletonTile, skeletonSheet } from './skeleton-sheet.js';
export { successCurvePlot } from './success-curve-plot.js';
export { TruthByStamp } from './truth-by-stamp.js';
