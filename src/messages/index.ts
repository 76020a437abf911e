export { fromBase64, toBase64 } from './base64.js';
export { type CameraPose, OPTICAL_ROTATION, toFrameTransform, toTfMessage } from './camera-pose.js';
export { cdrCodec, cdrCodecFromText } from './cdr-codec.js';
export type { Codec, MessageSchema } from './codec.js';
export { type CubeDrawing, toCubeScene } from './cube-scene.js';
export { DIAGNOSTIC_LEVELS, type Diagnostic, type DiagnosticLevel, toDiagnosticArray } from './diagnostic-array.js';
export { isOwnHandJoints, readFlatHandJoints } from './flat-hand-joints.js';
export { GESTURE_EVENT_DEFINITION, GESTURE_EVENT_SCHEMA } from './gesture-event-definition.js';
export { HAND_ARRAY_DEFINITION, HAND_ARRAY_SCHEMA } from './hand-array-definition.js';
export { DRAWING_DEFAULTS, type DrawingOptions } from './hand-drawing.js';
export { HAND_FEEDBACK_DEFINITION, HAND_FEEDBACK_SCHEMA } from './hand-feedback-definition.js';
export {
  fromHandFeedbackMessage,
  type HandFeedback,
  toHandFeedbackMessage,
  type VoxelsAnswer,
} from './hand-feedback-message.js';
export { HAND_JOINTS_DEFINITION, HAND_JOINTS_SCHEMA, HANDEDNESS } from './hand-joints-definition.js';
export { fromHandJointsMessage, toHandJointsMessage } from './hand-joints-message.js';
export { HAND_VOXELS_DEFINITION, HAND_VOXELS_SCHEMA } from './hand-voxels-definition.js';
export {
  CAMERA_NAME,
  type FoundVoxels,
  fromHandVoxelsMessage,
  type HandVoxels,
  type LostVoxels,
  toHandVoxelsMessage,
  VOXELS_LOST_REASONS,
  type VoxelsOrigin,
  voxelsOrigin,
} from './hand-voxels-message.js';
export { type AnnotationOptions, type ProjectPoint, toImageAnnotations } from './image-annotations.js';
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
export { type PointCloud, toPointCloud2 } from './point-cloud.js';
export { toPointStamped } from './point-stamped.js';
export { toPoseArray } from './pose-array.js';
export { recordedCodec } from './recorded-codec.js';
export type {
  CameraInfoMessage,
  ColorRgba,
  CompressedImageMessage,
  DiagnosticArrayMessage,
  GestureEventMessage,
  HandArrayMessage,
  HandFeedbackMessage,
  HandJointsMessage,
  HandVoxelsMessage,
  Header,
  ImageMessage,
  MarkerArrayMessage,
  MarkerMessage,
  PointCloud2Message,
  PointStampedMessage,
  Pose,
  PoseArrayMessage,
  Quaternion,
  RosMessages,
  TfMessage,
  TransformStampedMessage,
  Xyz,
} from './ros-types.js';
export { toSceneUpdate } from './scene-update.js';
export { toHandTransform } from './tf-hand-frame.js';
export { fromTfMessage, type TfRecord } from './tf-message.js';
