import { JOINT_COUNT, jointIndex } from '../hand/skeleton.js';
import { HAND_DATA } from './hand-data.js';
import type { PointDescription, PrimitiveDescription } from './hand-description.js';
import type { HandPose } from './hand-pose.js';
import { type HandShape, neutralShape } from './hand-shape.js';
import {
  add,
  type Matrix3,
  multiply,
  rotate,
  rotationX,
  rotationY,
  rotationZ,
  scaled,
  subtract,
  type Vec3,
} from './matrix.js';
import type { RoundCone } from './primitives.js';

const FINGERS = ['index', 'middle', 'ring', 'little'] as const;

/** A piece of a hand's surface and the part of the hand that it belongs to. */
export interface HandCone extends RoundCone {
  readonly name: string;
  readonly group: PrimitiveDescription['group'];
}

/** A right hand in its palm frame: origin at the wrist, x to the thumb, y to the fingers, z out of the palm. */
export interface HandGeometry {
  /** 63 numbers: x, y, z of each joint in the order of `JOINT_NAMES`, metres. */
  readonly joints: Float64Array;
  /** Turns the forearm frame into the palm frame; the forearm runs from the wrist along its -y axis. */
  readonly forearm: Matrix3;
  /** Scale of the hand, for what is attached to it (the elbow lies 0.25 m times this from the wrist). */
  readonly scale: number;
  readonly cones: readonly HandCone[];
}

/**
 * Forward kinematics of the hand that `hand.json` describes, the same as in the Python training.
 *
 * Limits are not applied here: see `clampPose`.
 *
 * @example
 * ```ts
 * const { joints } = kinematicHand(namedPose('victory'));
 * ```
 */
export function kinematicHand(pose: HandPose, shape: HandShape = neutralShape()): HandGeometry {
  const joints = new Float64Array(JOINT_COUNT * 3);
  chain(
    joints,
    1,
    product(HAND_DATA.thumb.cmc, shape.thumbRoot),
    product(HAND_DATA.thumb.lengths, shape.thumbLengths),
    multiply(rotationZ(-pose.thumb_radial), rotationX(pose.thumb_palmar), rotationY(pose.thumb_twist)),
    [pose.thumb_mcp, pose.thumb_ip],
  );
  FINGERS.forEach((finger, i) => {
    const { mcp, lengths } = HAND_DATA.fingers[finger];
    chain(
      joints,
      5 + 4 * i,
      product(mcp, shape.roots[i]!),
      product(lengths, shape.fingerLengths[i]!),
      multiply(rotationZ(pose[`${finger}_abduction`]), rotationX(pose[`${finger}_mcp`])),
      [pose[`${finger}_pip`], pose[`${finger}_dip`]],
    );
  });
  for (let i = 0; i < joints.length; i++) joints[i]! *= shape.scale;
  const forearm = multiply(rotationX(-pose.wrist_flexion), rotationZ(pose.wrist_deviation));
  return { joints, forearm, scale: shape.scale, cones: cones(joints, forearm, shape) };
}

/** Write a root and the three joints after it, each a bone along +y of a frame that flexes about x in between. */
function chain(
  joints: Float64Array,
  first: number,
  root: Vec3,
  lengths: Vec3,
  base: Matrix3,
  flexions: number[],
): void {
  let frame = base;
  let point = root;
  joints.set(point, first * 3);
  lengths.forEach((length, i) => {
    if (i > 0) frame = multiply(frame, rotationX(flexions[i - 1]!));
    point = add(point, rotate(frame, [0, length, 0]));
    joints.set(point, (first + 1 + i) * 3);
  });
}

function cones(joints: Float64Array, forearm: Matrix3, shape: HandShape): HandCone[] {
  return HAND_DATA.primitives.map(({ name, group, a, b, radiusA, radiusB }, i) => {
    const thickness = shape.radii[i]! * shape.scale;
    const end = (description: PointDescription, radius: number): Vec3 =>
      resolvePoint(description, radius, joints, forearm, shape.scale);
    return {
      kind: 'cone',
      name,
      group,
      a: end(a, radiusA * thickness),
      b: end(b, radiusB * thickness),
      radiusA: radiusA * thickness,
      radiusB: radiusB * thickness,
    };
  });
}

function resolvePoint(
  description: PointDescription,
  radius: number,
  joints: Float64Array,
  forearm: Matrix3,
  scale: number,
): Vec3 {
  if ('forearm' in description) return scaled(rotate(forearm, description.forearm), scale);
  if ('mix' in description) {
    let point = scaled(description.offset, scale);
    for (const [name, weight] of Object.entries(description.mix)) {
      point = add(point, scaled(jointPosition(joints, jointIndex(name as Parameters<typeof jointIndex>[0])), weight));
    }
    return point;
  }
  const point = jointPosition(joints, jointIndex(description.joint));
  if (description.towards === undefined) return point;
  const way = subtract(jointPosition(joints, jointIndex(description.towards)), point);
  return add(point, scaled(way, ((description.byRadius ?? 1) * radius) / Math.hypot(...way)));
}

/** Joint `index` of 63 joint numbers. */
export function jointPosition(joints: Float64Array, index: number): Vec3 {
  return [joints[index * 3]!, joints[index * 3 + 1]!, joints[index * 3 + 2]!];
}

function product(a: Vec3, b: Vec3): Vec3 {
  return [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
}
