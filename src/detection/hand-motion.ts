import type { Vec3 } from '../geometry/index.js';
import { ROOT_OF_MIDDLE } from '../hand/index.js';
import type { Place } from './ports.js';

/** Nothing that a hand does is faster, metres per second. */
const MAX_SPEED = 4;
/** No depth camera sees anything nearer, metres. */
const MIN_DEPTH = 0.02;
/** A palm that is seen shorter than this in the image plane says nothing about the direction, metres. */
const SHORTEST_PALM = 0.035;
const WRIST = 0;

/** A hand's place at one moment, and how fast it moves. */
export interface HandMotion extends Place {
  /** Nanoseconds. */
  readonly stamp: bigint;
  /** Metres per second. */
  readonly velocity: Vec3;
}

/** Where the hand is expected: moved on at constant velocity, of which only the share `prediction` is believed. */
export function expectedPlace({ stamp, root, direction, velocity }: HandMotion, at: bigint, prediction: number): Place {
  const ahead = (prediction * Number(at - stamp)) / 1e9;
  const [x, y, z] = root.map((c, axis) => c + ahead * velocity[axis]);
  return { root: [x, y, Math.max(MIN_DEPTH, z)], direction };
}

/** Where the joints of a frame say that the hand is; the direction from before where the palm is seen too short to tell. */
export function placeOfJoints(positions: ArrayLike<number>, before: Place['direction']): Place {
  const [root, wrist] = [ROOT_OF_MIDDLE, WRIST].map(
    (j): Vec3 => [positions[3 * j], positions[3 * j + 1], positions[3 * j + 2]],
  );
  const [dx, dy] = [root[0] - wrist[0], root[1] - wrist[1]];
  const length = Math.hypot(dx, dy);
  return { root, direction: length < SHORTEST_PALM ? before : [dx / length, dy / length] };
}

/** The motion that ends at a place; at rest where nothing is known from before. */
export function motionTo(place: Place, stamp: bigint, before: HandMotion | undefined): HandMotion {
  const elapsed = before === undefined ? 0 : Number(stamp - before.stamp) / 1e9;
  if (before === undefined || elapsed <= 0) return { ...place, stamp, velocity: [0, 0, 0] };
  const [vx, vy, vz] = place.root.map((c, axis) => (c - before.root[axis]) / elapsed);
  return { ...place, stamp, velocity: possibleVelocity([vx, vy, vz]) };
}

/** The same direction, and no faster than a hand can be; metres per second. */
export function possibleVelocity([x, y, z]: Vec3): Vec3 {
  const speed = Math.hypot(x, y, z);
  const share = speed > MAX_SPEED ? MAX_SPEED / speed : 1;
  return [share * x, share * y, share * z];
}
