import { VoxhandError } from '../errors/index.js';
import { shown } from '../errors/shown.js';

/** Stamp (nanoseconds) and frame of a message. */
export interface MessageHeader {
  readonly stamp: bigint;
  readonly frameId: string;
}

/**
 * Stamp and frame id of a ROS message (`header.stamp`, `header.frame_id`) or a Foxglove message (`timestamp`,
 * `frame_id`). Times may be named sec and nsec or sec and nanosec.
 *
 * @throws VoxhandError `MESSAGE_INVALID` where there is no such time.
 */
export function headerOf(message: unknown): MessageHeader {
  const { header, timestamp, frame_id } = fieldsOf(message);
  const { stamp, frame_id: headerFrame } = fieldsOf(header);
  const frameId = headerFrame ?? frame_id;
  return { stamp: nanoseconds(stamp ?? timestamp), frameId: typeof frameId === 'string' ? frameId : '' };
}

function nanoseconds(time: unknown): bigint {
  const { sec, nsec, nanosec = nsec } = fieldsOf(time);
  if (Number.isInteger(sec) && Number.isInteger(nanosec)) {
    return BigInt(sec as number) * 1_000_000_000n + BigInt(nanosec as number);
  }
  throw new VoxhandError('MESSAGE_INVALID', 'message has no stamp', {
    expected: 'sec and nanosec, integers',
    found: `${shown(sec)}, ${shown(nanosec)}`,
    where: 'header.stamp or timestamp',
  });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}
