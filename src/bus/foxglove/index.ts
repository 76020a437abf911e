/**
 * `voxhand/foxglove`: hands and cameras for viewers without ROS, as foxglove messages in JSON. A message encoded here
 * goes into a recording or over any connection that speaks the Foxglove protocol.
 *
 * @example
 * ```ts
 * import { jsonCodec, toSceneUpdate } from 'voxhand/foxglove';
 *
 * const codec = jsonCodec('foxglove.SceneUpdate');
 * const bytes = codec.encode(toSceneUpdate(hand));
 * ```
 */
export {
  type CameraPose,
  type Codec,
  type DrawingOptions,
  type FoxgloveMessages,
  type FoxgloveTime,
  jsonCodec,
  type MessageSchema,
  OPTICAL_ROTATION,
  toFoxgloveTime,
  toFrameTransform,
  toSceneUpdate,
} from '../../messages/index.js';
