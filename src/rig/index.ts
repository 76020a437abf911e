export { type CameraView, type FrameSet, onlyFrame, type Rig, type RigCamera, toFrameSet } from './frame-set.js';
export {
  type StampedTransform,
  TRANSFORM_FAULTS,
  TransformBuffer,
  type TransformBufferOptions,
  type TransformCounts,
  type TransformFault,
  type TransformLookup,
} from './transform-buffer.js';
