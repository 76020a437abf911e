import { VoxhandError } from '../errors/index.js';
import type { HandAngles, HandJoints } from '../hand/index.js';
import { toStamp } from '../timing/stamp.js';
import {
  type JointStateMessage,
  type JointTrajectoryMessage,
  POINT_FIELD,
  type PointCloud2Message,
  type PointStampedMessage,
  type PoseArrayMessage,
} from './generated.js';
import { header, IDENTITY, jointPoints, xyz } from './parts.js';

/** A point as `geometry_msgs/msg/PointStamped`: the reference point, metres in the frame named. */
export function toPointStamped(
  stamp: bigint,
  frameId: string,
  position: readonly [number, number, number],
): PointStampedMessage {
  return { header: header(stamp, frameId), point: xyz(position) };
}

/** Joints as `geometry_msgs/msg/PoseArray`, for tools that know no hands: 21 poses without rotation, or none. */
export function toPoseArray(hand: HandJoints): PoseArrayMessage {
  return {
    header: header(hand.stamp, hand.frameId),
    poses: jointPoints(hand).map((position) => ({ position, orientation: IDENTITY })),
  };
}

/**
 * Joint angles as `sensor_msgs/msg/JointState`; effort stays empty.
 *
 * @param angles radians, and radians per second where those are known, in the order of the names
 */
export function toJointStateMessage(
  stamp: bigint,
  frameId: string,
  names: readonly string[],
  { positions, velocities }: Omit<HandAngles, 'proportions'>,
): JointStateMessage {
  const velocity = velocities ?? new Float64Array(0);
  return { header: header(stamp, frameId), name: names, position: positions, velocity, effort: new Float64Array(0) };
}

/**
 * Where joints should be as `trajectory_msgs/msg/JointTrajectory`, as controllers of robots take it: one point, to be reached `seconds` after
 * the stamp. Accelerations and effort stay empty.
 *
 * @param angles radians (metres of joints that slide), and those per second where they are known, in the order of the names
 */
export function toJointTrajectoryMessage(
  stamp: bigint,
  frameId: string,
  names: readonly string[],
  { positions, velocities }: Omit<HandAngles, 'proportions'>,
  seconds: number,
): JointTrajectoryMessage {
  const none = new Float64Array(0);
  const time_from_start = toStamp(BigInt(Math.round(seconds * 1e9)));
  const point = { positions, velocities: velocities ?? none, accelerations: none, effort: none, time_from_start };
  return { header: header(stamp, frameId), joint_names: names, points: [point] };
}

const POINT_BYTES = 12;
const FIELDS = ['x', 'y', 'z'].map((name, i) => ({ name, offset: 4 * i, datatype: POINT_FIELD.FLOAT32, count: 1 }));

export interface PointCloud {
  readonly stamp: bigint;
  readonly frameId: string;
  /** x, y, z of each point, one after the other, metres in the frame named. */
  readonly positions: Float32Array;
}

/**
 * Points as `sensor_msgs/msg/PointCloud2`: three float32 a point, not organised, without holes. `positions` is not copied
 * where this computer counts bytes as the message does.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for numbers that are no triples.
 */
export function toPointCloud2({ stamp, frameId, positions }: PointCloud): PointCloud2Message {
  if (positions.length % 3 !== 0) {
    throw new VoxhandError('MESSAGE_INVALID', 'these numbers are no points', {
      expected: 'x, y, z of each point',
      found: `${positions.length} numbers`,
      where: 'positions',
    });
  }
  const width = positions.length / 3;
  return {
    header: header(stamp, frameId),
    height: 1,
    width,
    fields: FIELDS,
    is_bigendian: false,
    point_step: POINT_BYTES,
    row_step: width * POINT_BYTES,
    data: littleEndian(positions),
    is_dense: true,
  };
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function littleEndian(values: Float32Array): Uint8Array {
  if (IS_LITTLE_ENDIAN) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return bytes;
}
