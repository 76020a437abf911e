export { fromMetres, toMetres } from './coordinates.js';
export {
  DATA_SET_NAMES,
  type DataSet,
  type DataSetJoint,
  type DataSetName,
  POSE_FORMATS,
  type PoseFormat,
} from './data-set.js';
export { DATA_SETS } from './data-sets.js';
export { NYU_ANNOTATED_JOINTS, NYU_COMPARED_JOINTS } from './nyu.js';
export { formatPoseLine, MAX_LINE_LENGTH, type PoseNumbers, parsePoseLine, separatorOf } from './pose-line.js';
export { type PoseLine, PoseReader, type PoseReaderOptions } from './pose-reader.js';
export {
  fromSkeleton,
  hasWholeSkeleton,
  NEAR_CONFIDENCE,
  type SkeletonPose,
  skeletonGaps,
  toSkeleton,
} from './skeleton-map.js';
