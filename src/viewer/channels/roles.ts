import type { Channel } from '../../transport/foxglove/protocol/index.js';

/** What the page shows of a server, each from one channel. */
export const ROLES = [
  'joints',
  'truth',
  'descriptions',
  'depth',
  'camera',
  'cube',
  'voxels',
  'gestures',
  'diagnostics',
  'transforms',
  'staticTransforms',
] as const;
export type Role = (typeof ROLES)[number];

export type Roles = ReadonlyMap<Role, Channel>;

interface Rule {
  readonly schemas: readonly string[];
  /** Of the topics with such a schema the one that scores highest; below zero is not taken. */
  score(topic: string): number;
}

const ANY = () => 0;
/** Topics of a kind besides the one that is meant: several decoders' joints, the recording's ground truth. */
const beside = (pattern: RegExp) => (topic: string) => (pattern.test(topic) ? -1 : 0);
const mustName = (pattern: RegExp) => (topic: string) => (pattern.test(topic) ? 0 : -1);

const RULES: Readonly<Record<Role, Rule>> = {
  joints: { schemas: ['voxhand_msgs/HandJoints'], score: beside(/\/raw\/|truth/) },
  truth: { schemas: ['voxhand_msgs/HandJoints'], score: mustName(/truth/) },
  descriptions: { schemas: ['voxhand_msgs/HandDescription'], score: ANY },
  depth: {
    schemas: ['sensor_msgs/Image', 'sensor_msgs/CompressedImage', 'foxglove.RawImage', 'foxglove.CompressedImage'],
    // Without loss in a third of the bytes where it is offered; `compressed` alone is a picture for people.
    score: (topic) =>
      /compressedDepth$/.test(topic) ? 2 : /\/compressed$/.test(topic) ? -1 : /depth/i.test(topic) ? 1 : -1,
  },
  camera: {
    schemas: ['sensor_msgs/CameraInfo', 'foxglove.CameraCalibration'],
    score: (topic) => (/depth/i.test(topic) ? 1 : 0),
  },
  cube: { schemas: ['foxglove.SceneUpdate', 'visualization_msgs/MarkerArray'], score: mustName(/cube|reference/i) },
  voxels: { schemas: ['sensor_msgs/PointCloud2', 'foxglove.PointCloud'], score: mustName(/voxel/i) },
  gestures: { schemas: ['voxhand_msgs/GestureEvent'], score: ANY },
  diagnostics: { schemas: ['diagnostic_msgs/DiagnosticArray'], score: beside(/_agg$/) },
  transforms: {
    schemas: ['tf2_msgs/TFMessage', 'foxglove.FrameTransform', 'foxglove.FrameTransforms'],
    score: beside(/static/),
  },
  staticTransforms: {
    schemas: ['tf2_msgs/TFMessage', 'foxglove.FrameTransform', 'foxglove.FrameTransforms'],
    score: mustName(/static/),
  },
};

/**
 * Which channel plays which role. Channels that play none are not for this page. Of several candidates the one with the
 * telling name is taken, then the one that can be read, then the shorter topic, then the earlier channel.
 */
export function assignRoles(channels: Iterable<Channel>): Roles {
  const all = [...channels];
  const roles = new Map<Role, Channel>();
  for (const role of ROLES) {
    const [best] = candidatesFor(role, all);
    if (best !== undefined) roles.set(role, best);
  }
  return roles;
}

/** All that could play a role, the best first. */
export function candidatesFor(role: Role, channels: readonly Channel[]): Channel[] {
  const { schemas, score } = RULES[role];
  return channels
    .filter((channel) => schemas.includes(plainName(channel.schemaName)) && score(channel.topic) >= 0)
    .sort(
      (a, b) =>
        score(b.topic) - score(a.topic) ||
        Number(isReadable(b)) - Number(isReadable(a)) ||
        a.topic.length - b.topic.length ||
        a.id - b.id,
    );
}

/** Messages that are decoded here: CDR with ros2msg, and JSON. */
export function isReadable({ encoding }: Channel): boolean {
  return encoding === 'cdr' || encoding === 'json';
}

/** `sensor_msgs/msg/Image` without the `msg`. */
export function plainName(schemaName: string): string {
  return schemaName.replace('/msg/', '/');
}
