// For: the ROS 2 graph as a bus, and the services of a node.
// In and out: topic names, types and QoS in; messages and events on connections out.
// Must not know: the tracker; MCAP and Foxglove.

export { checkRos2Environment } from './load-rcl.js';
export type { TopicQos } from './qos.js';
export type { Ros2BusOptions } from './ros2-bus-options.js';
