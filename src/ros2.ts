/**
 * `voxhand/ros2`: a node in a ROS 2 graph, and whether ROS 2 is there.
 *
 * Only {@link ros2Bus} needs ROS 2 and rclnodejs; both are looked for when it is called.
 *
 * @module
 */
export {
  type HostedNodeOptions,
  hostedNode,
  type NodeReport,
  TrackerNode,
  type TrackerNodeOptions,
} from './node/index.js';
export { ros2BusOptions } from './node/ros2-bus-options.js';
export type * from './transport/ros2/host.js';
export type { Ros2BusOptions } from './transport/ros2/index.js';
export { checkRos2Environment, type Ros2Environment } from './transport/ros2/load-rcl.js';
export { DEFAULT_QOS, type TopicQos } from './transport/ros2/qos.js';
export type { RclRuntime } from './transport/ros2/rcl.js';
export { type NodeNames, rosNames } from './transport/ros2/ros-arguments.js';
export { type Ros2Bus, ros2Bus } from './transport/ros2/ros2-bus.js';
export type { Ros2TopicState } from './transport/ros2/topic-context.js';
