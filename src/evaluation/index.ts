// For: errors of joints against ground truth, curves and plots; published data sets and their importers.
// In and out: recordings or files of joints in; figures, SVG and text out.
// Must not know: how two recordings are compared.

export type { AngleErrorReport } from './angle-errors.js';
export {
  DATA_SET_NAMES,
  type DataSet,
  type DataSetJoint,
  type DataSetName,
  type PoseFormat,
} from './datasets/data-set.js';
export { DATA_SETS } from './datasets/data-sets.js';
export { formatPoseLine, parsePoseLine } from './datasets/pose-line.js';
export { type PoseLine, PoseReader, type PoseReaderOptions } from './datasets/pose-reader.js';
export { ErrorHistogram, type ErrorSummary } from './error-histogram.js';
export { formatGestureErrors, gestureErrors } from './gesture-errors.js';
export { HandTracks, type HandTracksReport } from './hand-tracks.js';
export { type ImportDataSetOptions, type ImportDataSetSummary, importDataSet } from './importers/import-data-set.js';
export { importFolder } from './importers/import-folder.js';
export { ONE_SECOND } from './importers/record-frames.js';
export { type JointBars, jointErrorChart } from './joint-error-chart.js';
export { type FrameCounts, JointErrorMeter, type JointErrorReport, jointErrors } from './joint-errors.js';
export { type LinePlotOptions, type LinePoint, type LineSeries, linePlot } from './line-plot.js';
export { poseErrorSheet } from './pose-error-sheet.js';
export { type PoseErrorReport, SUCCESS_THRESHOLDS_MM, type ThresholdShare } from './pose-errors.js';
export { formatHandTracks, formatJointShares, formatPerJoint, formatReports, formatSkeletons } from './report-text.js';
export type { Interval } from './resampled-interval.js';
export type { OverlapReport, SkeletonReport } from './skeleton-errors.js';
export {
  type EncodePng,
  type HandOnTile,
  type SkeletonSheetOptions,
  type SkeletonTile,
  skeletonSheet,
} from './skeleton-sheet.js';
export { type SuccessCurveOptions, successCurvePlot } from './success-curve-plot.js';
export { TruthByStamp } from './truth-by-stamp.js';
