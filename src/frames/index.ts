export * from './camera-cache.js';
export {
  type CameraInfo,
  type CameraInfoOptions,
  cameraFromCalibration,
  cameraFromInfo,
  type RegionOfInterest,
} from './camera-info.js';
export * from './camera-model.js';
export * from './compressed-depth.js';
export * from './compressed-format.js';
export * from './deflate.js';
export * from './depth-frame.js';
export { DEFAULT_LIMITS, type DecodeLimits, type DepthImage } from './depth-image.js';
export * from './depth-message.js';
export * from './depth-pairer.js';
export { MILLIMETRE } from './depth-values.js';
export * from './message-header.js';
export * from './pair-depth.js';
export * from './png16.js';
export * from './projection.js';
export * from './pure-deflate.js';
export * from './raw-depth.js';
export * from './rvl.js';
export * from './shade-depth.js';
export { type DepthSamples, samplesOf } from './stored-depth.js';
export * from './transform.js';
export * from './transform-buffer.js';
