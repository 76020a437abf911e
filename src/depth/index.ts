// For: any depth image to metres with its camera; pairing of depth and camera info.
// In and out: decoded messages in; `DepthFrame` and `CameraModel` out (optical frame, metres, 0 is missing).
// Must not know: hands, topics, files.

export { CameraCache, type CameraInfo, cameraFromCalibration, cameraFromInfo } from './camera-info.js';
export { cameraFit, cameraMismatch, type ImageOrigin, infoSize, namespaceOf, rawTopicOf } from './camera-match.js';
export { decodeCompressedDepth, encodeCompressedDepth } from './compressed-depth.js';
export { type CameraModel, type DepthFrame, project, projectToImage, unproject } from './depth-frame.js';
export type { DepthImage } from './depth-image.js';
export {
  CAMERA_SCHEMAS,
  canonicalSchema,
  DEPTH_SCHEMAS,
  decodeDepthMessage,
  type FrameContext,
  headerOf,
  type MessageHeader,
} from './depth-message.js';
export { DepthPairer, type PairDropCause, type PairOutcome, type Stamped } from './depth-pairer.js';
export { MILLIMETRE } from './depth-values.js';
export { decodePng16, decodePngRgb } from './png16.js';
export { CLOUD_SCHEMAS, cameraOfCloud, type PointCloud } from './point-cloud.js';
export { encodeRawDepth } from './raw-depth.js';
export { encodeRvl } from './rvl.js';
export { SamplePool } from './sample-pool.js';
export { depthTone, shadeDepth } from './shade-depth.js';
export { samplesOf } from './stored-depth.js';
