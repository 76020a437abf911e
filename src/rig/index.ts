export {
  type StampedTransform,
  TRANSFORM_FAULTS,
  TransformBuffer,
  type TransformBufferOptions,
  type TransformCounts,
  type TransformFault,
  type TransformLookup,
} from './transform-buffer.js';
