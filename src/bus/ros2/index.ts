/**
 * `voxhand/ros2`: a node in a ROS 2 graph, ROS 2 messages, and whether ROS 2 is there.
 *
 * Only {@link ros2Bus} needs ROS 2 and rclnodejs; both are looked for when it is called.
 */

export {
  type CameraPose,
  type Codec,
  cdrCodec,
  clearMarkers,
  type DrawingOptions,
  fromHandJointsMessage,
  fromStamp,
  HAND_JOINTS_DEFINITION,
  HAND_JOINTS_SCHEMA,
  type HandJointsMessage,
  type MessageSchema,
  type RosMessages,
  type Stamp,
  toHandJointsMessage,
  toMarkerArray,
  toPointStamped,
  toPoseArray,
  toStamp,
  toTfMessage,
} from '../../messages/index.js';
export { checkRos2Environment, type Ros2Environment } from './environment.js';
export type * from './host.js';
export { DEFAULT_QOS, type TopicQos } from './qos.js';
export type { RclRuntime } from './rcl.js';
export { type NodeNames, rosNames } from './ros-arguments.js';
export { type Ros2Bus, ros2Bus } from './ros2-bus.js';
export { type Ros2BusOptions, ros2BusOptions } from './ros2-bus-options.js';
export type { Ros2TopicState } from './topic-context.js';
