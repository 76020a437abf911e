/**
 * `voxhand/evaluation`: how far joints are from the truth, and from what they were. Errors, curves and pictures; published data sets and
 * their importers; comparison of recordings, and golden ones.
 *
 * @module
 */
export * from './evaluation/evaluate-predictions.js';
export * from './evaluation/evaluate-recording.js';
export { type ImportOptions, type ImportSummary, importFolder } from './evaluation/importers/import-folder.js';
export {
  DATA_SET_NAMES,
  DATA_SETS,
  type DataSet,
  type DataSetJoint,
  type DataSetName,
  type EncodePng,
  type ErrorSummary,
  type FrameCounts,
  formatPerJoint,
  formatPoseLine,
  formatReports,
  type HandOnTile,
  type ImportDataSetOptions,
  type ImportDataSetSummary,
  type Interval,
  importDataSet,
  type JointBars,
  JointErrorMeter,
  type JointErrorReport,
  jointErrorChart,
  jointErrors,
  type LinePlotOptions,
  type LinePoint,
  type LineSeries,
  linePlot,
  type PoseErrorReport,
  type PoseFormat,
  type PoseLine,
  PoseReader,
  type PoseReaderOptions,
  parsePoseLine,
  poseErrorSheet,
  type SkeletonSheetOptions,
  type SkeletonTile,
  SUCCESS_THRESHOLDS_MM,
  type SuccessCurveOptions,
  skeletonSheet,
  successCurvePlot,
  type ThresholdShare,
} from './evaluation/index.js';
export * from './evaluation/load-truth.js';
export { type Blessing, type BlessOptions, type BlessReport, blessRecording } from './regression/bless-recording.js';
export * from './regression/compare-recordings.js';
export {
  type Comparison,
  type Criterion,
  comparisonPage,
  comparisonSummary,
  formatComparison,
  junitReport,
  type ToleranceSettings,
  type Tolerances,
  tolerances,
  type Verdict,
} from './regression/index.js';
export { loadTolerances } from './regression/load-tolerances.js';
