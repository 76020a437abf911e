import type { TrackerConfig } from '../config.js';

/** The topics that a `ViewerPublisher` publishes on. */
export interface ViewerTopics {
  /** sensor_msgs/Image, 16UC1: without loss, and large. */
  readonly image: string;
  /** sensor_msgs/CompressedImage, compressedDepth with RVL: without loss, for our own page and programs. */
  readonly compressed: string;
  /** sensor_msgs/CompressedImage, PNG: a grey picture that every viewer shows. */
  readonly picture: string;
  readonly cameraInfo: string;
  readonly tfStatic: string;
  /** sensor_msgs/PointCloud2 of the whole depth image. */
  readonly points: string;
  /** foxglove.ImageAnnotations: the skeleton over the depth image. */
  readonly annotations: string;
  /** foxglove.SceneUpdate: the reference cube. */
  readonly cube: string;
  /** sensor_msgs/PointCloud2: the cube's occupied cells. */
  readonly cells: string;
}

/**
 * Names by the configuration's: pictures beside the depth image, drawings beside the scene. A recording or graph that has
 * some of these topics already should not be served on them too.
 */
export function viewerTopics({ topics }: TrackerConfig): ViewerTopics {
  const image = topics.depth.replace(/\/compressed(Depth)?$/, '');
  const beside = (topic: string, name: string) => `${topic.slice(0, topic.lastIndexOf('/') + 1)}${name}`;
  return {
    image,
    compressed: `${image}/compressedDepth`,
    picture: `${image}/compressed`,
    cameraInfo: topics.cameraInfo,
    tfStatic: topics.tfStatic,
    points: beside(image, 'points'),
    annotations: beside(topics.scene, 'annotations'),
    cube: beside(topics.scene, 'cube'),
    cells: beside(topics.scene, 'voxel_points'),
  };
}
