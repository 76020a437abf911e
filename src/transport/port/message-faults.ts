import type { FaultTools } from '../../faults/fault-line.js';
import type { SeededRandom } from '../../geometry/random.js';
import { recordedCodec } from '../../messages/index.js';
import { toStamp } from '../../timing/index.js';
import type { BusMessage } from './bus.js';

/** Bits that are flipped at most in a message that is damaged. */
const MOST_BITS = 8;

/** A copy with some wrong bits, or of every fourth one with its end missing. */
export function corruptMessage(message: BusMessage, random: SeededRandom): BusMessage {
  const { data } = message;
  if (data.byteLength === 0) return message;
  // whatever kind of array it is: a Buffer's slice() is no copy
  const damaged = new Uint8Array(data);
  if (random.integer(4) === 0) return { ...message, data: damaged.subarray(0, random.integer(data.byteLength)) };
  for (let i = random.integer(MOST_BITS); i >= 0; i--)
    damaged[random.integer(damaged.byteLength)] ^= 1 << random.integer(8);
  return { ...message, data: damaged };
}

/**
 * A copy whose stamps are moved: the time of publishing, and in the content the header's, or those of a list of transforms. A
 * content that cannot be decoded, or that no stamp could hold, stays as it is.
 */
export function shiftMessage(message: BusMessage, nanoseconds: bigint): BusMessage {
  const publishTime = atLeastZero(message.publishTime + nanoseconds);
  try {
    const codec = recordedCodec(message);
    const content = codec.decode(message.data);
    return { ...message, publishTime, data: codec.encode(shifted(content, nanoseconds)) };
  } catch {
    return { ...message, publishTime };
  }
}

/** How messages suffer. */
export const messageFaults: FaultTools<BusMessage> = { corrupt: corruptMessage, shift: shiftMessage };

function shifted(content: unknown, nanoseconds: bigint): unknown {
  if (!isObject(content)) return content;
  const { header, transforms, timestamp } = content;
  return {
    ...content,
    ...(isObject(header) && { header: { ...header, stamp: moved(header.stamp, nanoseconds) } }),
    ...(Array.isArray(transforms) && { transforms: transforms.map((each) => shifted(each, nanoseconds)) }),
    ...(isObject(timestamp) && { timestamp: moved(timestamp, nanoseconds) }),
  };
}

/** A ROS or foxglove time, moved. */
function moved(time: unknown, nanoseconds: bigint): unknown {
  if (!isObject(time) || typeof time.sec !== 'number') return time;
  const fraction = Number(time.nanosec ?? time.nsec ?? 0);
  const { sec, nanosec } = toStamp(atLeastZero(BigInt(time.sec) * 1_000_000_000n + BigInt(fraction) + nanoseconds));
  return 'nsec' in time ? { sec, nsec: nanosec } : { sec, nanosec };
}

function atLeastZero(time: bigint): bigint {
  return time < 0n ? 0n : time;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}
