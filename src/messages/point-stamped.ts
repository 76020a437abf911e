import type { PointStampedMessage } from './generated.js';
import { header, xyz } from './parts.js';

/** A point as `geometry_msgs/msg/PointStamped`: the reference point, metres in the frame named. */
export function toPointStamped(
  stamp: bigint,
  frameId: string,
  position: readonly [number, number, number],
): PointStampedMessage {
  return { header: header(stamp, frameId), point: xyz(position) };
}
