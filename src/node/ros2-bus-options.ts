import { inputTopics, type TrackerConfig } from '../tracking/index.js';
import type { Ros2BusOptions, TopicQos } from '../transport/ros2/index.js';

const TF: TopicQos = { profile: 'reliable', depth: 100, durability: 'volatile' };
const IMAGES = ['sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage', 'sensor_msgs/msg/PointCloud2'];

/**
 * What a tracker's configuration says to a ROS 2 bus.
 *
 * @example
 * ```ts
 * const bus = await ros2Bus({ node: 'hand_tracker', ...ros2BusOptions(config) });
 * ```
 */
export function ros2BusOptions(
  config: TrackerConfig,
): Pick<Ros2BusOptions, 'qos' | 'types' | 'latest' | 'steady' | 'silenceAfter' | 'settings'> {
  const { topics, qos, diagnostics, distribution } = config;
  const named = Object.entries(qos).map(([key, value]) => [topics[key as keyof typeof topics], value] as const);
  const input = inputTopics(config);
  const hears = distribution.role === 'inference' ? [topics.voxels] : [...input.depth, ...input.cameraInfo];
  const ofEach = <T>(names: readonly string[], value: T) => names.map((name) => [name, value] as const);
  return {
    qos: Object.fromEntries([
      ...named,
      ...ofEach(input.depth, qos.depth),
      ...ofEach(input.cameraInfo, qos.cameraInfo),
      [topics.tf, TF],
      [topics.tfStatic, { ...TF, durability: 'transient_local' }],
    ]) as Record<string, TopicQos>,
    types: {
      ...Object.fromEntries(ofEach(input.depth, IMAGES)),
      ...Object.fromEntries(ofEach(input.cameraInfo, ['sensor_msgs/msg/CameraInfo'])),
      [topics.tf]: ['tf2_msgs/msg/TFMessage'],
      [topics.tfStatic]: ['tf2_msgs/msg/TFMessage'],
    },
    latest: input.depth,
    steady: hears,
    silenceAfter: diagnostics.silenceAfter,
    settings: Object.fromEntries(
      Object.entries(topics).map(([key, topic]) => [
        topic,
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      ]),
    ),
  };
}
