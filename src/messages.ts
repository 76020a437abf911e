/**
 * `voxhand/messages`: what goes over a bus. Codecs for CDR and JSON; hands to messages and back; what viewers draw; depth images and
 * camera infos of any kind to frames.
 *
 * @example
 * ```ts
 * import { cdrCodec, HAND_JOINTS_SCHEMA, toHandJointsMessage } from 'voxhand/messages';
 *
 * const joints = bus.advertise('/left/joints', cdrCodec(HAND_JOINTS_SCHEMA));
 * await joints.publish(toHandJointsMessage(hand), hand.stamp);
 * ```
 *
 * @module
 */
export {
  CAMERA_SCHEMAS,
  cameraFromCalibration,
  DEPTH_SCHEMAS,
  decodeDepthMessage,
  type FrameContext,
  project,
  unproject,
} from './depth/index.js';
export {
  type AnnotationOptions,
  type CameraInfoMessage,
  type CameraPose,
  type Codec,
  type CompressedImageMessage,
  type CubeDrawing,
  cdrCodec,
  cdrCodecFromText,
  clearMarkers,
  type Diagnostic,
  type DiagnosticArrayMessage,
  type DrawingOptions,
  ENABLING_STATE_SCHEMA,
  type EnablingStateMessage,
  type FoxgloveMessages,
  fromHandJointsMessage,
  fromTfMessage,
  GESTURE_EVENT_SCHEMA,
  type GestureEventMessage,
  HAND_ARRAY_SCHEMA,
  HAND_DESCRIPTION_SCHEMA,
  HAND_JOINTS_SCHEMA,
  HANDEDNESS,
  type HandArrayMessage,
  type HandDescriptionMessage,
  type HandJointsMessage,
  type HandOfDescription,
  type Header,
  type ImageMessage,
  type ImageOrigin,
  jsonCodec,
  jsonCodecFromText,
  type MarkerArrayMessage,
  type MessageSchema,
  type MetricDepth,
  OPTICAL_ROTATION,
  type PinholeCamera,
  POINTER_EVENT_SCHEMA,
  type PointCloud,
  type PointCloud2Message,
  type PointerEventMessage,
  type PointStampedMessage,
  type PoseArrayMessage,
  type ProjectPoint,
  type RawImage,
  type RosMessages,
  recordedCodec,
  type StreamEvent,
  type TfMessage,
  type TfRecord,
  toCameraInfoMessage,
  toCompressedImageMessage,
  toCubeScene,
  toDepthImageMessage,
  toDiagnosticArray,
  toFrameTransform,
  toHandDescriptionMessage,
  toHandJointsMessage,
  toHandTransform,
  toImageAnnotations,
  toImageMessage,
  toJointStateMessage,
  toJointTrajectoryMessage,
  toMarkerArray,
  toPointCloud2,
  toPointStamped,
  toPoseArray,
  toSceneUpdate,
  toTfMessage,
} from './messages/index.js';
export { fromStamp, type Stamp, toStamp } from './timing/index.js';
export { nodeInflate } from './transport/port/node-inflate.js';
export { readHands } from './transport/port/read-hands.js';
