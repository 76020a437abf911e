import type { FrameTransform } from '@foxglove/schemas';
import { VoxhandError } from '../errors/index.js';
import { axesQuaternion } from '../geometry/index.js';
import { type HandJoints, JOINT_COUNT, palmAxes } from '../hand/index.js';
import { fromStamp, toFoxgloveTime } from '../timing/stamp.js';
import type { Quaternion, TfMessage, TransformStampedMessage } from './generated.js';
import { header, xyz } from './parts.js';

/** Pose of a camera's optical frame in a viewer's world. */
export interface CameraPose {
  readonly stamp: bigint;
  /** The optical frame. */
  readonly frameId: string;
  /** Frame of the world, `world` by default: x forward, y left, z up. */
  readonly parentFrameId?: string;
  /** Metres in the parent frame; its origin by default. */
  readonly position?: readonly [number, number, number];
  /** x, y, z, w; a level camera that looks along the parent's x by default. */
  readonly orientation?: readonly [number, number, number, number];
}

/**
 * The rotation between the axes of a body (x forward, y left, z up) and of an optical frame (x right, y down,
 * z forward), REP 103. It makes an optical scene stand upright.
 */
export const OPTICAL_ROTATION = [-0.5, 0.5, -0.5, 0.5] as const;

/** A camera's place as `tf2_msgs/msg/TFMessage`, for `/tf_static`. */
export function toTfMessage(camera: CameraPose): TfMessage {
  const { parentFrameId = 'world', position = [0, 0, 0], orientation = OPTICAL_ROTATION } = camera;
  return {
    transforms: [
      {
        header: header(camera.stamp, parentFrameId),
        child_frame_id: camera.frameId,
        transform: { translation: xyz(position), rotation: quaternion(orientation) },
      },
    ],
  };
}

/** A camera's place as `foxglove.FrameTransform`, for viewers without ROS. */
export function toFrameTransform(camera: CameraPose): FrameTransform {
  const { parentFrameId = 'world', position = [0, 0, 0], orientation = OPTICAL_ROTATION } = camera;
  return {
    timestamp: toFoxgloveTime(camera.stamp),
    parent_frame_id: parentFrameId,
    child_frame_id: camera.frameId,
    translation: xyz(position),
    rotation: quaternion(orientation),
  };
}

function quaternion([x, y, z, w]: readonly [number, number, number, number]): Quaternion {
  return { x, y, z, w };
}

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

/** A palm that is shorter than this, from the wrist to the middle finger's root, says nothing about directions, metres. */
const SHORTEST_PALM = 0.02;
/** So narrow, by the sine of the angle at the wrist between the roots of index and little finger, is no palm. */
const NARROWEST_PALM = 0.1;

/**
 * A hand as a TF frame, for `/tf`: the pose of its palm in the frame of its joints.
 *
 * ```text
 * origin  the wrist
 * x       towards the root of the middle finger
 * z       out of the back of the hand, square to x
 * y       z x x: of a right hand towards the thumb's side, of a left hand towards the little finger's
 * ```
 *
 * A hand of unknown handedness is taken for a right one.
 *
 * @returns undefined for a hand that is not tracked, or whose palm has no direction (too short, seen edge-on by its own
 * joints, not finite)
 */
export function toHandTransform(hand: HandJoints, childFrameId: string): TransformStampedMessage | undefined {
  const rotation = palmRotation(hand);
  if (rotation === undefined) return undefined;
  const [x, y, z] = hand.positions; // the wrist
  return {
    header: header(hand.stamp, hand.frameId),
    child_frame_id: childFrameId,
    transform: { translation: xyz([x, y, z]), rotation },
  };
}

function palmRotation(hand: HandJoints): Quaternion | undefined {
  if (!hand.tracked || hand.positions.length !== 3 * JOINT_COUNT) return undefined;
  const { axes, length, across, square } = palmAxes(hand.positions, hand.handedness);
  // negated, so that NaN is refused too
  if (!(length >= SHORTEST_PALM && across >= NARROWEST_PALM && square >= NARROWEST_PALM / 2)) return undefined;
  return quaternion(axesQuaternion(...axes));
}
