/**
 * `voxhand/foxglove`: hands and cameras for viewers without ROS.
 *
 * A server that Foxglove, Lichtblick and the packaged page connect to, and a source that reads from such a server. The messages that viewers
 * show are in `voxhand/messages`.
 *
 * @example
 * ```ts
 * import { createFoxgloveServer } from 'voxhand/foxglove';
 * import { jsonCodec, toSceneUpdate } from 'voxhand/messages';
 *
 * const server = await createFoxgloveServer();
 * const scene = server.advertise('/hand/scene', jsonCodec('foxglove.SceneUpdate'));
 * if (scene.wanted()) await scene.publish(toSceneUpdate(hand), hand.stamp);
 * ```
 *
 * @module
 */
export { type DepthViewEncoder, inlineEncoder, workerEncoder } from './tracking/views/depth-view-encoder.js';
export type { DepthViews, DepthViewsWanted } from './tracking/views/depth-views.js';
export { type ViewerOptions, ViewerPublisher } from './tracking/views/viewer-publisher.js';
export { type ViewerTopics, viewerTopics } from './tracking/views/viewer-topics.js';
export {
  connectFoxglove,
  FoxgloveSource,
  type FoxgloveSourceOptions,
} from './transport/foxglove/client/foxglove-source.js';
export { DEFAULT_ORIGINS } from './transport/foxglove/server/access.js';
export type { EventClientState } from './transport/foxglove/server/event-clients.js';
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
