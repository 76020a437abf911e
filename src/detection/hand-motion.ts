import { dot, subtract, type Vec3 } from '../geometry/index.js';
import { ROOT_OF_MIDDLE, SAME_HAND, WRIST } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';
import type { Place } from './ports.js';

/** Nothing that a hand does is faster, metres per second. */
const MAX_SPEED = 4;
/** A hand that comes, or that is followed alone over frames far apart, is so fast, metres per second. */
const COMING = 2;
/** No depth camera sees anything nearer, metres. */
const MIN_DEPTH = 0.02;
/** The middle roots of two hands that touch palm to palm are about so far apart, metres. */
const TOUCHING = 0.055;
/** A palm that is seen shorter than this in the image plane says nothing about the direction, metres. */
const SHORTEST_PALM = 0.035;

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

/** How far a hand may have moved between two frames, at least so far; metres. */
export function reachOf(least: number, from: bigint, to: bigint): number {
  return Math.min(SAME_HAND.metres, Math.max(least, COMING * secondsBetween(from, to)));
}

/**
 * Two hands do not pass through each other: of two that would come nearer than hands that touch, the movement against each other ends where
 * they do; that of both together goes on.
 *
 * @param from where the hands were, and where they are expected in the same order
 */
export function keptApart(from: readonly Vec3[], expected: readonly Vec3[]): Vec3[] {
  const kept = [...expected];
  for (let b = 1; b < kept.length; b++) {
    for (let a = 0; a < b; a++) {
      const before = subtract(from[b], from[a]);
      const against = subtract(subtract(kept[b], kept[a]), before);
      const back = (1 - shareUntilTouching(before, against)) / 2;
      kept[a] = moved(kept[a], against, back);
      kept[b] = moved(kept[b], against, -back);
    }
  }
  return kept;
}

/** The share of the movement that leads from `before` into the sphere of hands that touch; 1 where it never does, 0 from inside it further in. */
function shareUntilTouching(before: Vec3, movement: Vec3): number {
  const [length, along] = [dot(movement, movement), dot(before, movement)];
  if (!(along < 0)) return 1;
  const outside = dot(before, before) - TOUCHING ** 2;
  if (outside <= 0) return 0;
  const root = along ** 2 - length * outside;
  return root < 0 ? 1 : Math.min(1, (-along - Math.sqrt(root)) / length);
}

function moved([x, y, z]: Vec3, by: Vec3, share: number): Vec3 {
  return [x + share * by[0], y + share * by[1], z + share * by[2]];
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
  const elapsed = before === undefined ? 0 : secondsBetween(before.stamp, stamp);
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
