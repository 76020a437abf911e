/**
 * `voxhand/ros2`: ROS 2 messages, and whether ROS 2 is there.
 *
 * The codec's bytes are CDR as ROS 2 sends it, so they can be published raw. Nothing here needs ROS 2 to be installed.
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
