export { CameraCache } from './camera-cache.js';
export {
  type CameraInfo,
  type CameraInfoOptions,
  cameraFromCalibration,
  cameraFromInfo,
  type RegionOfInterest,
} from './camera-info.js';
export type { CameraModel } from './camera-model.js';
export {
  type CompressedDepthImage,
  type CompressedDepthOptions,
  decodeCompressedDepth,
  type EncodeDepthOptions,
  encodeCompressedDepth,
  readCompressedDepth,
} from './compressed-depth.js';
export { type CompressedFormat, parseCompressedFormat } from './compressed-format.js';
export type { Deflate, Inflate } from './deflate.js';
export type { DepthFrame } from './depth-frame.js';
export { DEFAULT_LIMITS, type DecodeLimits, type DepthImage } from './depth-image.js';
export {
  CAMERA_SCHEMAS,
  canonicalSchema,
  DEPTH_SCHEMAS,
  decodeDepthMessage,
  type FrameContext,
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
export { headerOf, type MessageHeader } from './message-header.js';
export { decodePng16, encodePng16, type GreyImage, type PngDecodeOptions, type PngEncodeOptions } from './png16.js';
export { project, unproject } from './projection.js';
export { pureDeflate, pureInflate } from './pure-deflate.js';
export { decodeRawDepth, encodeRawDepth, type RawDepthImage, type RawDepthOptions, readRawDepth } from './raw-depth.js';
export { decodeRvl, encodeRvl } from './rvl.js';
export { depthTone, type ShadedDepth, shadeDepth } from './shade-depth.js';
export { type DepthSamples, samplesOf } from './stored-depth.js';
