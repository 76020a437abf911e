/**
 * `voxhand/foxglove`: hands and cameras for viewers without ROS.
 *
 * A server that Foxglove, Lichtblick and the packaged page connect to; a source that reads from such a server; the messages
 * that viewers show, and the protocol itself.
 *
 * @example
 * ```ts
 * import { createFoxgloveServer, jsonCodec, toSceneUpdate } from 'voxhand/foxglove';
 *
 * const server = await createFoxgloveServer();
 * const scene = server.advertise('/hand/scene', jsonCodec('foxglove.SceneUpdate'));
 * if (scene.wanted()) await scene.publish(toSceneUpdate(hand), hand.stamp);
 * ```
 */
export {
  type AnnotationOptions,
  type CameraPose,
  type Codec,
  type CubeDrawing,
  type DrawingOptions,
  type FoxgloveMessages,
  jsonCodec,
  type MessageSchema,
  OPTICAL_ROTATION,
  type PointCloud,
  type ProjectPoint,
  toCubeScene,
  toFrameTransform,
  toImageAnnotations,
  toPointCloud2,
  toSceneUpdate,
} from './messages/index.js';
export { type FoxgloveTime, toFoxgloveTime } from './timing/index.js';
export {
  type DepthViewEncoder,
  inlineEncoder,
  workerEncoder,
} from './tracking/views/depth-view-encoder.js';
export type { DepthViews, DepthViewsWanted } from './tracking/views/depth-views.js';
export { type ViewerOptions, ViewerPublisher } from './tracking/views/viewer-publisher.js';
export { type ViewerTopics, viewerTopics } from './tracking/views/viewer-topics.js';
export {
  connectFoxglove,
  FoxgloveSource,
  type FoxgloveSourceOptions,
} from './transport/foxglove/client/foxglove-source.js';
export * as protocol from './transport/foxglove/protocol/index.js';
export { DEFAULT_ORIGINS, isLoopback } from './transport/foxglove/server/access.js';
export { type ClientState, createFoxgloveServer, FoxgloveServer } from './transport/foxglove/server/foxglove-server.js';
export type {
  ClientPublishOptions,
  FoxgloveServerOptions,
  ParameterOptions,
  ServiceOptions,
} from './transport/foxglove/server/options.js';
export type {
  PlaybackChange,
  PlaybackCommand,
  PlaybackControl,
  PlaybackState,
  PlaybackStatus,
} from './transport/port/index.js';
