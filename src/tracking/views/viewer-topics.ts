import { codecFor, type MessageTypes } from '../../messages/index.js';
import type { BusSink, Publisher } from '../../transport/port/index.js';
import type { TrackerConfig } from '../config.js';

type Topics = TrackerConfig['topics'];
const image = ({ depth }: Topics) => depth.replace(/\/compressed(Depth)?$/, '');
const beside = (topic: string, name: string) => `${topic.slice(0, topic.lastIndexOf('/') + 1)}${name}`;

/** The topics that a `ViewerPublisher` publishes on: pictures beside the depth image, drawings beside the scene. */
const VIEWER_TOPICS = {
  /** 16UC1: without loss, and large. */
  image: { type: 'sensor_msgs/msg/Image', name: image },
  /** compressedDepth with RVL: without loss, for our own page and programs. */
  compressed: { type: 'sensor_msgs/msg/CompressedImage', name: (topics) => `${image(topics)}/compressedDepth` },
  /** PNG: a grey picture that every viewer shows. */
  picture: { type: 'sensor_msgs/msg/CompressedImage', name: (topics) => `${image(topics)}/compressed` },
  cameraInfo: { type: 'sensor_msgs/msg/CameraInfo', name: ({ cameraInfo }) => cameraInfo },
  tfStatic: { type: 'tf2_msgs/msg/TFMessage', name: ({ tfStatic }) => tfStatic },
  /** The whole depth image as points. */
  points: { type: 'sensor_msgs/msg/PointCloud2', name: (topics) => beside(image(topics), 'points') },
  /** Skeletons over the depth image. */
  annotations: { type: 'foxglove.ImageAnnotations', name: ({ scene }) => beside(scene, 'annotations') },
  /** Reference cubes. */
  cube: { type: 'foxglove.SceneUpdate', name: ({ scene }) => beside(scene, 'cube') },
  /** Occupied voxels of the cubes. */
  cells: { type: 'sensor_msgs/msg/PointCloud2', name: ({ scene }) => beside(scene, 'voxel_points') },
} as const satisfies Record<string, { type: keyof MessageTypes; name: (topics: Topics) => string }>;

type ViewerTopic = keyof typeof VIEWER_TOPICS;
const KEYS = Object.keys(VIEWER_TOPICS) as readonly ViewerTopic[];

/** Names of the topics for viewers. */
export type ViewerTopics = Readonly<Record<ViewerTopic, string>>;

/** Names by the configuration's. A recording or graph that has some of these topics already should not be served on them too. */
export function viewerTopics({ topics }: Pick<TrackerConfig, 'topics'>): ViewerTopics {
  return Object.fromEntries(KEYS.map((key) => [key, VIEWER_TOPICS[key].name(topics)])) as ViewerTopics;
}

/** A publisher for each topic that is offered. */
export function advertiseViews(
  sink: BusSink,
  topics: ViewerTopics,
  offers: (view: ViewerTopic) => boolean,
): ViewerPublishers {
  return Object.fromEntries(
    KEYS.filter(offers).map((key) => [key, sink.advertise<unknown>(topics[key], codecFor(VIEWER_TOPICS[key].type))]),
  );
}

export type ViewerPublishers = {
  readonly [Key in ViewerTopic]?: Publisher<MessageTypes[(typeof VIEWER_TOPICS)[Key]['type']]>;
};
