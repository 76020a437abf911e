// For: message types, codecs and builders, from the definitions in msgs/.
// In and out: results and frames in; CDR or JSON bytes out, and back.
// Must not know: topics and transports.

export { fromBase64, toBase64 } from './base64.js';
export { cdrCodec, cdrCodecFromText } from './cdr-codec.js';
export type { Codec, MessageSchema } from './codec.js';
export { type Diagnostic, type DiagnosticLevel, toDiagnosticArray } from './diagnostic-array.js';
export { isOwnHandJoints, readFlatHandJoints } from './flat-hand-joints.js';
export {
  type CameraInfoMessage,
  type CompressedImageMessage,
  type DiagnosticArrayMessage,
  ENABLING_STATE_SCHEMA,
  type EnablingStateMessage,
  GESTURE_EVENT,
  GESTURE_EVENT_PHASE,
  GESTURE_EVENT_SCHEMA,
  type GestureEventMessage,
  HAND_ARRAY_SCHEMA,
  HAND_DESCRIPTION_SCHEMA,
  HAND_FEEDBACK_SCHEMA,
  HAND_JOINTS_SCHEMA,
  HAND_VOXELS_SCHEMA,
  HANDEDNESS,
  type HandArrayMessage,
  type HandDescriptionMessage,
  type HandFeedbackMessage,
  type HandJointsMessage,
  type HandVoxelsMessage,
  type Header,
  type ImageMessage,
  type MarkerArrayMessage,
  POINTER_EVENT,
  POINTER_EVENT_PHASE,
  POINTER_EVENT_SCHEMA,
  type PointCloud2Message,
  type PointerEventMessage,
  type PointStampedMessage,
  type PoseArrayMessage,
  type RosMessages,
  type TfMessage,
} from './generated.js';
export { toEnablingStateMessage, toGestureEventMessage, toPointerEventMessage } from './gesture-messages.js';
export { type HandOfDescription, toHandDescriptionMessage } from './hand-description-message.js';
export type { DrawingOptions } from './hand-drawing.js';
export { fromHandFeedbackMessage, toHandFeedbackMessage, type VoxelsAnswer } from './hand-feedback-message.js';
export { fromHandJointsMessage, toHandArrayMessage, toHandJointsMessage } from './hand-joints-message.js';
export {
  fromHandVoxelsMessage,
  type HandVoxels,
  toHandVoxelsMessage,
  type VoxelsOrigin,
  voxelsOrigin,
} from './hand-voxels-message.js';
export { type AnnotationOptions, emptyAnnotation, type ProjectPoint, toImageAnnotations } from './image-annotations.js';
export {
  type ImageOrigin,
  type MetricDepth,
  type PinholeCamera,
  type RawImage,
  toCameraInfoMessage,
  toCompressedImageMessage,
  toDepthImageMessage,
  toImageMessage,
} from './images.js';
export { type FoxgloveMessages, jsonCodec, jsonCodecFromText } from './json-codec.js';
export { clearMarkers, toMarkerArray } from './marker-array.js';
export {
  type PointCloud,
  toJointStateMessage,
  toJointTrajectoryMessage,
  toPointCloud2,
  toPointStamped,
  toPoseArray,
} from './points.js';
export { codecFor, type MessageTypes, recordedCodec } from './recorded-codec.js';
export { type CubeDrawing, toCubeScene, toSceneUpdate } from './scene-update.js';
export { isStreamed, STREAM_VERSION, type StreamEvent, toStreamEvent } from './stream-events.js';
export {
  type CameraPose,
  fromTfMessage,
  OPTICAL_ROTATION,
  type TfRecord,
  toFrameTransform,
  toHandTransform,
  toTfMessage,
} from './transforms.js';
