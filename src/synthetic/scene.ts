import type { Handedness } from '../hand/hand-joints.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { type HandCone, type HandGeometry, jointPosition } from './kinematic-hand.js';
import {
  dot,
  mirroredPoint,
  type RigidTransform,
  rotate,
  scaled,
  subtract,
  transformPoint,
  type Vec3,
} from './matrix.js';
import { movedCone, type Primitive } from './primitives.js';

/** A hand in front of a camera: metres, optical frame. */
export interface PlacedHand {
  readonly handedness: Exclude<Handedness, 'unknown'>;
  /** 63 numbers, as in `HandJoints.positions`. */
  readonly joints: Float64Array;
  /** How much of the hand can lie between a joint and its own skin, metres: the flesh around it, not another finger. */
  readonly cover: Float64Array;
  readonly cones: readonly HandCone[];
  /** Where the forearm ends. */
  readonly elbow: Vec3;
}

export interface SceneObject {
  readonly name: string;
  readonly primitives: readonly Primitive[];
}

/** What a depth camera sees: at most one hand with its forearm, and other things. */
export interface Scene {
  readonly hand?: PlacedHand;
  readonly objects: readonly SceneObject[];
}

/** Put a hand from its palm frame into the camera's optical frame; a left hand is mirrored (x negated) before. */
export function placeHand(
  hand: HandGeometry,
  placement: RigidTransform,
  handedness: PlacedHand['handedness'] = 'right',
): PlacedHand {
  const side = (p: Vec3): Vec3 => (handedness === 'left' ? mirroredPoint(p) : p);
  const cones = hand.cones.map((cone) => movedCone({ ...cone, a: side(cone.a), b: side(cone.b) }, placement));
  const joints = new Float64Array(JOINT_COUNT * 3);
  const cover = new Float64Array(JOINT_COUNT);
  for (let j = 0; j < JOINT_COUNT; j++) {
    const joint = transformPoint(placement, side(jointPosition(hand.joints, j)));
    joints.set(joint, 3 * j);
    cover[j] = Math.max(...cones.map((cone) => coverBy(cone, joint)));
  }
  const elbow = scaled(rotate(hand.forearm, [0, -0.25, 0]), hand.scale);
  return { handedness, joints, cover, cones, elbow: transformPoint(placement, side(elbow)) };
}

/** From a point in a cone to the far side of the sphere that is centred nearest to it; 0 for a point outside. */
function coverBy({ a, b, radiusA, radiusB }: HandCone, point: Vec3): number {
  const v = subtract(b, a);
  const q = subtract(point, a);
  const s = Math.min(1, Math.max(0, dot(q, v) / dot(v, v)));
  const radius = radiusA + s * (radiusB - radiusA);
  const distance = Math.hypot(q[0] - s * v[0], q[1] - s * v[1], q[2] - s * v[2]);
  return distance <= radius ? radius + distance : 0;
}
