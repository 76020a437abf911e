import { VoxhandError } from '../errors/index.js';
import { fromStamp } from '../timing/stamp.js';

/** One transform of a message: the child's pose in the parent. */
export interface TfRecord {
  /** Nanoseconds. */
  readonly stamp: bigint;
  readonly parent: string;
  readonly child: string;
  readonly transform: {
    /** Metres. */
    readonly translation: readonly [number, number, number];
    /** Quaternion x, y, z, w, as it came. */
    readonly rotation: readonly [number, number, number, number];
  };
}

/**
 * The transforms of a decoded message: `tf2_msgs/msg/TFMessage`, `geometry_msgs/msg/TransformStamped`,
 * `foxglove.FrameTransforms` or `foxglove.FrameTransform`. Their numbers are not judged here.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for anything else
 */
export function fromTfMessage(message: unknown): TfRecord[] {
  const { transforms } = fieldsOf(message);
  return Array.isArray(transforms) ? transforms.map(record) : [record(message)];
}

function record(given: unknown): TfRecord {
  const fields = fieldsOf(given);
  const header = fieldsOf(fields.header);
  const pose = 'transform' in fields ? fieldsOf(fields.transform) : fields;
  const [time, parent, child] =
    'header' in fields
      ? [header.stamp, header.frame_id, fields.child_frame_id]
      : [fields.timestamp, fields.parent_frame_id, fields.child_frame_id];
  const { sec, nsec, nanosec = nsec } = fieldsOf(time);
  if (!(Number.isSafeInteger(sec) && Number.isSafeInteger(nanosec))) throw invalid('a stamp', time);
  if (typeof parent !== 'string' || typeof child !== 'string') throw invalid('names of two frames', [parent, child]);
  const numbers = (value: unknown, names: string) => {
    const vector = fieldsOf(value);
    return Array.from(names, (name) => {
      const number = vector[name];
      if (typeof number !== 'number') throw invalid(`numbers ${names}`, value);
      return number;
    });
  };
  const [tx, ty, tz] = numbers(pose.translation, 'xyz');
  const [x, y, z, w] = numbers(pose.rotation, 'xyzw');
  const stamp = fromStamp({ sec: sec as number, nanosec: nanosec as number });
  return { stamp, parent, child, transform: { translation: [tx, ty, tz], rotation: [x, y, z, w] } };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

function invalid(expected: string, value: unknown): VoxhandError {
  const found = value === undefined ? 'nothing' : typeof value;
  return new VoxhandError('MESSAGE_INVALID', 'no transform', { expected, found });
}
