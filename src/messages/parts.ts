import type { HandJoints } from '../hand/index.js';
import { toStamp } from '../timing/stamp.js';
import type { Header, Point, Pose, Quaternion } from './generated.js';

/** The pieces that several messages are made of. */

export const IDENTITY: Quaternion = { x: 0, y: 0, z: 0, w: 1 };
export const ORIGIN: Pose = { position: { x: 0, y: 0, z: 0 }, orientation: IDENTITY };

export function header(stamp: bigint, frameId: string): Header {
  return { stamp: toStamp(stamp), frame_id: frameId };
}

export function xyz([x, y, z]: readonly [number, number, number]): Point {
  return { x, y, z };
}

/** The joints as points, metres; none of a hand that is not tracked. */
export function jointPoints(hand: HandJoints): Point[] {
  if (!hand.tracked) return [];
  const points: Point[] = [];
  for (let i = 0; i + 2 < hand.positions.length; i += 3) {
    points.push({
      x: hand.positions[i],
      y: hand.positions[i + 1],
      z: hand.positions[i + 2],
    });
  }
  return points;
}
