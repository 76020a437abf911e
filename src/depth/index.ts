// For: any depth image to metres with its camera; pairing of depth and camera info.
// In and out: decoded messages in; `DepthFrame` and `CameraModel` out (optical frame, metres, 0 is missing).
// Must not know: hands, topics, files.

export {
  CameraCache,
  type CameraInfo,
  type CameraInfoOptions,
  cameraFromCalibration,
  cameraFromInfo,
  type RegionOfInterest,
} from './camera-info.js';
export { cameraFit, cameraMismatch, type ImageOrigin, infoSize, namespaceOf, rawTopicOf } from './camera-match.js';
export {
  type CompressedDepthImage,
  type CompressedDepthOptions,
  type CompressedFormat,
  decodeCompressedDepth,
  type EncodeDepthOptions,
  encodeCompressedDepth,
  parseCompressedFormat,
  readCompressedDepth,
} from './compressed-depth.js';
export { type Deflate, type Inflate, pureDeflate, pureInflate } from './deflate.js';
export { type CameraModel, type DepthFrame, project, projectToImage, unproject } from './depth-frame.js';
export { DEFAULT_LIMITS, type DecodeLimits, type DepthImage } from './depth-image.js';
export {
  CAMERA_SCHEMAS,
  canonicalSchema,
  DEPTH_SCHEMAS,
  decodeDepthMessage,
  type FrameContext,
  headerOf,
  type MessageHeader,
} from './depth-message.js';
export {
  DepthPairer,
  PAIR_DROP_CAUSES,
  type PairCounts,
  type PairDropCause,
  type PairOptions,
  type PairOutcome,
  type Stamped,
} from './depth-pairer.js';
export { MILLIMETRE } from './depth-values.js';
export {
  decodePng16,
  decodePngRgb,
  encodePng16,
  type GreyImage,
  type PngDecodeOptions,
  type PngEncodeOptions,
} from './png16.js';
export { CLOUD_SCHEMAS, cameraOfCloud, depthOfCloud, type PointCloud, type PointCloudField } from './point-cloud.js';
export { decodeRawDepth, encodeRawDepth, type RawDepthImage, type RawDepthOptions, readRawDepth } from './raw-depth.js';
export { decodeRvl, encodeRvl } from './rvl.js';
export { depthTone, type ShadedDepth, shadeDepth } from './shade-depth.js';
export { type DepthSamples, samplesOf } from './stored-depth.js';
