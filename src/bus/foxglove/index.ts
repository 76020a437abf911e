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
  type FoxgloveTime,
  jsonCodec,
  type MessageSchema,
  OPTICAL_ROTATION,
  type PointCloud,
  type ProjectPoint,
  toCubeScene,
  toFoxgloveTime,
  toFrameTransform,
  toImageAnnotations,
  toPointCloud2,
  toSceneUpdate,
} from '../../messages/index.js';
export type { PlaybackChange, PlaybackCommand, PlaybackControl, PlaybackState, PlaybackStatus } from '../port/index.js';
export { connectFoxglove, FoxgloveSource, type FoxgloveSourceOptions } from './client/foxglove-source.js';
export * as protocol from './protocol/index.js';
export { DEFAULT_ORIGINS, isLoopback } from './server/access.js';
export { type ClientState, createFoxgloveServer, FoxgloveServer } from './server/foxglove-server.js';
export type {
  ClientPublishOptions,
  FoxgloveServerOptions,
  ParameterOptions,
  ServiceOptions,
} from './server/options.js';
export {
  type DepthViewEncoder,
  inlineEncoder,
  workerEncoder,
} from './viewer/depth-view-encoder.js';
export type { DepthViews, DepthViewsWanted } from './viewer/depth-views.js';
export { type ViewerOptions, ViewerPublisher } from './viewer/viewer-publisher.js';
export { type ViewerTopics, viewerTopics } from './viewer/viewer-topics.js';
