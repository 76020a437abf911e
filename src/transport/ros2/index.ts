export { checkRos2Environment } from './environment.js';
export type { TopicQos } from './qos.js';
export type { Ros2BusOptions } from './ros2-bus-options.js';
