import { z } from 'zod';
import type { HandJoints } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';

/** Option of a stage: longest time between two results of one movement, seconds; after a longer gap it is reset. */
export const maxGap = z.number().min(0).default(0.5);

/**
 * Whether `next` goes on with the movement that `previous` belongs to, so that the two may be compared or averaged:
 * both tracked, the same hand and frame of reference, and later by at most `maxGap` seconds. A clock that jumps
 * backwards or stands still, as when a bag loops, begins a new movement.
 */
export function continues(previous: HandJoints | undefined, next: HandJoints, maxGap: number): previous is HandJoints {
  if (previous === undefined || !previous.tracked || !next.tracked) return false;
  if (previous.handId !== next.handId || previous.frameId !== next.frameId) return false;
  const seconds = secondsBetween(previous.stamp, next.stamp);
  return seconds > 0 && seconds <= maxGap;
}
