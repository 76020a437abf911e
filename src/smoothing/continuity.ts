import { VoxhandError } from '../errors/index.js';
import type { HandJoints } from '../hand/index.js';

/** Longest time between two results of one movement, seconds, unless configured. */
export const DEFAULT_MAX_GAP = 0.5;

/** Seconds from one stamp to another. */
export function secondsBetween(from: bigint, to: bigint): number {
  return Number(to - from) / 1e9;
}

/**
 * Whether `next` goes on with the movement that `previous` belongs to, so that the two may be compared or averaged:
 * both tracked, the same hand and frame of reference, and later by at most `maxGap` seconds. A clock that jumps
 * backwards or stands still, as when a bag loops, begins anew.
 */
export function continues(previous: HandJoints | undefined, next: HandJoints, maxGap: number): previous is HandJoints {
  if (previous === undefined || !previous.tracked || !next.tracked) return false;
  if (previous.handId !== next.handId || previous.frameId !== next.frameId) return false;
  const seconds = secondsBetween(previous.stamp, next.stamp);
  return seconds > 0 && seconds <= maxGap;
}

/**
 * Refuse an option out of its range.
 *
 * @throws VoxhandError `CONFIG_INVALID`
 */
export function requireRange(value: number, least: number, most: number, where: string, integer = false): void {
  if (value >= least && value <= most && (!integer || Number.isInteger(value))) return;
  throw new VoxhandError('CONFIG_INVALID', 'smoothing option out of range', {
    expected: `${integer ? 'an integer' : 'a number'} from ${least} to ${most}`,
    found: String(value),
    where,
  });
}
