import { VoxhandError } from '../errors/index.js';
import { type HandJoints, JOINT_COUNT, lostHand, SKELETON_NAME } from '../hand/index.js';
import { fromStamp, toStamp } from '../timing/stamp.js';
import {
  HAND_JOINTS_SCHEMA,
  HANDEDNESS,
  type HandArrayMessage,
  type HandJointsMessage,
  type Point,
} from './generated.js';
import { header, jointPoints } from './parts.js';

/**
 * Joints as `voxhand_msgs/msg/HandJoints`.
 *
 * @param publishTime the time on the bus's clock, nanoseconds, of which `age` is said; left out in a replay, where age
 * is zero.
 */
export function toHandJointsMessage(hand: HandJoints, publishTime: bigint = hand.stamp): HandJointsMessage {
  return {
    header: header(hand.stamp, hand.frameId),
    hand_id: hand.handId,
    handedness: HANDEDNESS.indexOf(hand.handedness),
    tracked: hand.tracked,
    skeleton: SKELETON_NAME,
    positions: jointPoints(hand),
    confidences: hand.tracked ? hand.confidences : new Float32Array(0),
    lag_frames: hand.lagFrames,
    age: toStamp(publishTime - hand.stamp),
  };
}

/**
 * Hands of one moment as `voxhand_msgs/msg/HandArray`.
 *
 * @param publishTime as for {@link toHandJointsMessage}
 */
export function toHandArrayMessage(
  stamp: bigint,
  frameId: string,
  hands: readonly HandJoints[],
  publishTime?: bigint,
): HandArrayMessage {
  return { header: header(stamp, frameId), hands: hands.map((hand) => toHandJointsMessage(hand, publishTime)) };
}

/**
 * Joints from a decoded `voxhand_msgs/msg/HandJoints`, as from a bus, or ground truth from a recording. The result owns
 * its arrays.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for a skeleton other than ours, a wrong number of joints, or a position that is
 * not finite.
 */
export function fromHandJointsMessage(message: HandJointsMessage): HandJoints {
  const stamp = fromStamp(message.header.stamp);
  const frameId = message.header.frame_id;
  const handedness = HANDEDNESS[message.handedness];
  if (handedness === undefined) throw invalid('handedness', '0, 1 or 2', String(message.handedness));
  if (!message.tracked) return lostHand(stamp, frameId, handedness, message.hand_id, message.lag_frames);

  const { skeleton, positions, confidences } = message;
  if (skeleton !== SKELETON_NAME) throw invalid('skeleton', SKELETON_NAME, JSON.stringify(skeleton));
  if (positions.length !== JOINT_COUNT) throw invalid('positions', `${JOINT_COUNT} points`, `${positions.length}`);
  if (confidences.length !== JOINT_COUNT) throw invalid('confidences', `${JOINT_COUNT}`, `${confidences.length}`);
  const flat = Float64Array.from(positions.flatMap(({ x, y, z }: Point) => [x, y, z]));
  if (!flat.every(Number.isFinite)) throw invalid('positions', 'finite numbers', 'NaN or infinity');
  return {
    stamp,
    frameId,
    handId: message.hand_id,
    handedness,
    tracked: true,
    positions: flat,
    confidences: Float32Array.from(confidences),
    lagFrames: message.lag_frames,
  };
}

function invalid(field: string, expected: string, found: string): VoxhandError {
  return new VoxhandError('MESSAGE_INVALID', 'HandJoints message refused', {
    expected,
    found,
    where: `${HAND_JOINTS_SCHEMA}.${field}`,
  });
}
