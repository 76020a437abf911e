import {
  add,
  dot,
  type Matrix3,
  mirroredTransform,
  multiply,
  type RigidTransform,
  rotate,
  rotationAbout,
  scaled,
  subtract,
  transformPoint,
  transposed,
  unit,
  type Vec3,
} from '../geometry/matrix.js';
import { blendPoses, type HandPose, POSE_LIMITS } from '../kinematics/hand-pose.js';
import type { HandShape } from '../kinematics/hand-shape.js';
import { kinematicHand } from './kinematic-hand.js';
import { type PlacedHand, placeHand } from './scene.js';

/**
 * Where a hand is to be and how, as if it were a right one: a left hand's target is the mirror image (x negated). Metres, optical frame.
 */
export interface HandTarget {
  readonly pose: HandPose;
  /** The middle of the palm. */
  readonly center: Vec3;
  /** Turns the palm frame (x to the thumb, y to the fingers, z out of the palm) into the optical frame. */
  readonly rotation: Matrix3;
}

/** The middle of the palm in the palm frame of a hand of scale 1. */
export const PALM: Vec3 = [0, 0.05, 0];

/** The attitude of a right hand whose fingers point one way and whose palm faces another; `normal` is made perpendicular. */
export function facing(fingers: Vec3, normal: Vec3): Matrix3 {
  const y = unit(fingers);
  const z = unit(subtract(normal, scaled(y, dot(normal, y))));
  return [
    ...[y[1] * z[2] - y[2] * z[1], y[0], z[0]],
    ...[y[2] * z[0] - y[0] * z[2], y[1], z[1]],
    ...[y[0] * z[1] - y[1] * z[0], y[2], z[2]],
  ] as unknown as Matrix3;
}

/** From one target (share 0) to another (1): straight, along the smallest turn, angle by angle. */
export function blendTargets(from: HandTarget, to: HandTarget, share: number): HandTarget {
  if (share <= 0) return from;
  if (share >= 1) return to;
  return {
    pose: blendPoses(from.pose, to.pose, share),
    center: add(scaled(from.center, 1 - share), scaled(to.center, share)),
    rotation: multiply(from.rotation, partOfTurn(multiply(transposed(from.rotation), to.rotation), share)),
  };
}

/** A share of a rotation about its own axis. */
function partOfTurn(r: Matrix3, share: number): Matrix3 {
  const axis: Vec3 = [r[7] - r[5], r[2] - r[6], r[3] - r[1]]; // 2 sin(angle) times the axis
  const length = Math.hypot(...axis);
  const angle = Math.atan2(length, r[0] + r[4] + r[8] - 1);
  // half a turn has no axis in the skew part: about the greatest column of r + 1
  const columns: Vec3[] = [0, 1, 2].map((c) => [r[c]! + +(c === 0), r[3 + c]! + +(c === 1), r[6 + c]! + +(c === 2)]);
  const about =
    length > 1e-6 || angle < 1
      ? scaled(axis, 1 / (length || 1))
      : unit(columns.reduce((a, b) => (dot(b, b) > dot(a, a) ? b : a)));
  return rotationAbout(about, share * angle);
}

/** Palm frame to optical frame. */
export function placementOf({ center, rotation }: HandTarget, { scale }: HandShape): RigidTransform {
  return { rotation, translation: subtract(center, rotate(rotation, scaled(PALM, scale))) };
}

/** Where the middle of the palm is when its frame is placed like this. */
export function palmAt({ rotation, translation }: RigidTransform, { scale }: HandShape): Vec3 {
  return add(translation, rotate(rotation, scaled(PALM, scale)));
}

/** Metres of an upper arm; a forearm has 0.25 times the hand's scale, see `HandGeometry.scale`. */
const UPPER_ARM = 0.3;
const FOREARM = 0.25;
/** Elbows hang down and a little out. */
const ELBOW_TO: Vec3 = [-0.45, 1, 0.1];

/**
 * The target with a wrist that bends as an arm from the shoulder asks for: the elbow lies where upper arm and forearm meet, and the wrist
 * takes up what lies between forearm and palm, as far as a wrist goes.
 *
 * @param shoulder of the right arm, as the target's
 */
export function reaching(target: HandTarget, shoulder: Vec3, shape: HandShape): HandTarget {
  const wrist = placementOf(target, shape).translation;
  const elbow = elbowBetween(shoulder, wrist, FOREARM * shape.scale);
  const [x, y, z] = rotate(transposed(target.rotation), unit(subtract(elbow, wrist)));
  const within = (dof: 'wrist_flexion' | 'wrist_deviation', angle: number): number => {
    const [low, high] = POSE_LIMITS[dof];
    return Math.min(high, Math.max(low, angle));
  };
  const pose = {
    ...target.pose,
    wrist_flexion: within('wrist_flexion', Math.atan2(z, -y)),
    wrist_deviation: within('wrist_deviation', Math.asin(Math.max(-1, Math.min(1, x)))),
  };
  return { ...target, pose };
}

/** Of the circle of places at both lengths from shoulder and wrist the one that lies most towards {@link ELBOW_TO}. */
function elbowBetween(shoulder: Vec3, wrist: Vec3, forearm: number): Vec3 {
  const way = subtract(shoulder, wrist);
  const apart = Math.hypot(...way);
  const along = scaled(way, 1 / apart);
  const near = Math.max(Math.abs(UPPER_ARM - forearm), Math.min(apart, UPPER_ARM + forearm));
  const share = (near * near + forearm * forearm - UPPER_ARM * UPPER_ARM) / (2 * near);
  const out = Math.sqrt(Math.max(0, forearm * forearm - share * share));
  const across = unit(subtract(ELBOW_TO, scaled(along, dot(ELBOW_TO, along))));
  return add(wrist, add(scaled(along, share), scaled(across, out)));
}

/** The hand itself. */
export function handAt(
  target: HandTarget,
  shape: HandShape,
  handedness: PlacedHand['handedness'],
  id: number,
): PlacedHand {
  const placement = placementOf(target, shape);
  const geometry = kinematicHand(target.pose, shape);
  return { ...placeHand(geometry, handedness === 'left' ? mirroredTransform(placement) : placement, handedness), id };
}

/** Its joints alone, without the skin: 63 numbers, metres. */
export function jointsAt(target: HandTarget, shape: HandShape, handedness: PlacedHand['handedness']): Float64Array {
  const placement = placementOf(target, shape);
  const { joints } = kinematicHand(target.pose, shape);
  const placed = new Float64Array(joints.length);
  for (let i = 0; i < joints.length; i += 3) {
    const [x, y, z] = transformPoint(placement, [joints[i]!, joints[i + 1]!, joints[i + 2]!]);
    placed.set([handedness === 'left' ? -x : x, y, z], i);
  }
  return placed;
}
