import { VoxhandError } from '../errors/index.js';

const NANOSECONDS = 1_000_000_000n;
const INT32_MAX = 2_147_483_647n;
const INT32_MIN = -2_147_483_648n;

/** `builtin_interfaces/Time` and `Duration`. A negative duration has a negative `sec` and a `nanosec` that adds to it. */
export interface Stamp {
  readonly sec: number;
  readonly nanosec: number;
}

/** Time and duration of foxglove schemas. */
export interface FoxgloveTime {
  readonly sec: number;
  readonly nsec: number;
}

/**
 * Nanoseconds as a ROS time or duration.
 *
 * @throws VoxhandError `MESSAGE_INVALID` where the seconds do not fit into 32 bits.
 * @example
 * ```ts
 * toStamp(1_500_000_000n); // { sec: 1, nanosec: 500_000_000 }
 * ```
 */
export function toStamp(nanoseconds: bigint): Stamp {
  const nanosec = ((nanoseconds % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
  const sec = (nanoseconds - nanosec) / NANOSECONDS;
  if (sec > INT32_MAX || sec < INT32_MIN) {
    throw new VoxhandError('MESSAGE_INVALID', 'time does not fit into a ROS stamp', {
      expected: 'seconds of 32 bits',
      found: `${nanoseconds} ns`,
    });
  }
  return { sec: Number(sec), nanosec: Number(nanosec) };
}

/** A ROS or foxglove time as nanoseconds. */
export function fromStamp(time: Stamp | FoxgloveTime): bigint {
  const fraction = 'nanosec' in time ? time.nanosec : time.nsec;
  return BigInt(time.sec) * NANOSECONDS + BigInt(fraction);
}

/** Nanoseconds as a foxglove time or duration. */
export function toFoxgloveTime(nanoseconds: bigint): FoxgloveTime {
  const { sec, nanosec } = toStamp(nanoseconds);
  return { sec, nsec: nanosec };
}

/** Seconds as nanoseconds, rounded. */
export function nanoseconds(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}

/** Seconds from one stamp to another. */
export function secondsBetween(from: bigint, to: bigint): number {
  return Number(to - from) / 1e9;
}

/** How far two stamps are apart, in either direction. */
export function apart(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b;
}

export function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

export function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
