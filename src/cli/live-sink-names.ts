/** Where a recording can be played to: on a ROS 2 graph, or to viewers by a Foxglove server. */
export const LIVE_SINKS = ['ros2', 'serve'] as const;
export type LiveSinkName = (typeof LIVE_SINKS)[number];
