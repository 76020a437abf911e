import type { HandJoints } from '../hand/index.js';
import type { PoseArrayMessage } from './generated.js';
import { header, IDENTITY, jointPoints } from './parts.js';

/** Joints as `geometry_msgs/msg/PoseArray`, for tools that know no hands: 21 poses without rotation, or none. */
export function toPoseArray(hand: HandJoints): PoseArrayMessage {
  return {
    header: header(hand.stamp, hand.frameId),
    poses: jointPoints(hand).map((position) => ({ position, orientation: IDENTITY })),
  };
}
