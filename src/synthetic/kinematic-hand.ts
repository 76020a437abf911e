import {
  add,
  IDENTITY,
  type Matrix3,
  multiply,
  rotate,
  rotationX,
  rotationY,
  rotationZ,
  scaled,
  subtract,
  type Vec3,
} from '../geometry/matrix.js';
import { FINGER_ROOTS, JOINT_COUNT, jointIndex } from '../hand/skeleton.js';
import { HAND_DATA } from '../kinematics/hand-data.js';
import type { PointDescription, PrimitiveDescription } from '../kinematics/hand-description.js';
import { BONE_NAMES, type BoneName } from '../kinematics/hand-mesh-data.js';
import type { HandPose } from '../kinematics/hand-pose.js';
import { type HandShape, neutralShape } from '../kinematics/hand-shape.js';
import type { RoundCone } from './primitives.js';

const FINGERS = ['index', 'middle', 'ring', 'little'] as const;

/** A piece of a hand's surface and the part of the hand that it belongs to. */
export interface HandCone extends RoundCone {
  readonly name: string;
  readonly group: PrimitiveDescription['group'];
}

/** A bone that moves the skin: a point p of the neutral bone's frame lies at `origin + rotation (stretch * p)`, times the scale. */
export interface HandBone {
  /** Palm frame, metres of a hand of scale 1. */
  readonly origin: Vec3;
  readonly rotation: Matrix3;
  /** By how much this hand's bone is thicker and longer, axis by axis. */
  readonly stretch: Vec3;
}

/** A right hand in its palm frame: origin at the wrist, x to the thumb, y to the fingers, z out of the palm. */
export interface HandGeometry {
  /** 63 numbers: x, y, z of each joint in the order of `JOINT_NAMES`, metres. */
  readonly joints: Float64Array;
  /** Turns the forearm frame into the palm frame; the forearm runs from the wrist along its -y axis. */
  readonly forearm: Matrix3;
  /** Scale of the hand, for what is attached to it (the elbow lies 0.25 m times this from the wrist). */
  readonly scale: number;
  readonly shape: HandShape;
  /** Solids that lie at or just below the skin: what touches other things. */
  readonly cones: readonly HandCone[];
  /** In the order of `BONE_NAMES`. */
  readonly bones: readonly HandBone[];
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
  const forearm = multiply(rotationX(-pose.wrist_flexion), rotationZ(pose.wrist_deviation));
  const across = (bone: BoneName): number => shape.radii[THICKNESS[bone]]!;
  const inPalm = (bone: BoneName, [x, y, z]: Vec3): HandBone => {
    return { origin: ORIGIN, rotation: IDENTITY, stretch: [x, y, z * across(bone)] };
  };
  const bones: Partial<Record<BoneName, HandBone>> = {
    palm: inPalm('palm', scaled(shape.roots.reduce(add), 1 / shape.roots.length)),
    forearm: { origin: ORIGIN, rotation: forearm, stretch: [across('forearm'), 1, across('forearm')] },
  };

  /** Write a root and the three joints after it, each at the end of a bone along +y of a frame that flexes about x in between. */
  const chain = (names: readonly BoneName[], first: number, digit: Digit, base: Matrix3, flexions: number[]): void => {
    let rotation = base;
    let origin = product(digit.root, digit.rootFactors);
    joints.set(origin, first * 3);
    names.forEach((name, i) => {
      if (i > 0) rotation = multiply(rotation, rotationX(flexions[i - 1]!));
      const along = digit.lengthFactors[i]!;
      bones[name] = { origin, rotation, stretch: [across(name), along, across(name)] };
      origin = add(origin, rotate(rotation, [0, digit.lengths[i]! * along, 0]));
      joints.set(origin, (first + 1 + i) * 3);
    });
  };
  const { cmc, lengths } = HAND_DATA.thumb;
  chain(
    ['thumb_metacarpal', 'thumb_proximal', 'thumb_distal'],
    FINGER_ROOTS[0]!,
    { root: cmc, lengths, rootFactors: shape.thumbRoot, lengthFactors: shape.thumbLengths },
    multiply(rotationZ(-pose.thumb_radial), rotationX(pose.thumb_palmar), rotationY(pose.thumb_twist)),
    [pose.thumb_mcp, pose.thumb_ip],
  );
  FINGERS.forEach((finger, i) => {
    const { mcp, lengths } = HAND_DATA.fingers[finger];
    const rootFactors = shape.roots[i]!;
    bones[`${finger}_metacarpal`] = inPalm(`${finger}_metacarpal`, rootFactors);
    chain(
      [`${finger}_proximal`, `${finger}_middle`, `${finger}_distal`],
      FINGER_ROOTS[1 + i]!,
      { root: mcp, lengths, rootFactors, lengthFactors: shape.fingerLengths[i]! },
      multiply(rotationZ(pose[`${finger}_abduction`]), rotationX(pose[`${finger}_mcp`])),
      [pose[`${finger}_pip`], pose[`${finger}_dip`]],
    );
  });
  for (let i = 0; i < joints.length; i++) joints[i]! *= shape.scale;
  return {
    joints,
    forearm,
    scale: shape.scale,
    shape,
    cones: cones(joints, forearm, shape),
    bones: BONE_NAMES.map((name) => bones[name]!),
  };
}

/** A thumb or finger as it is described, and what a shape makes of it. */
interface Digit {
  readonly root: Vec3;
  readonly lengths: Vec3;
  readonly rootFactors: Vec3;
  readonly lengthFactors: Vec3;
}

const ORIGIN: Vec3 = [0, 0, 0];

/** Of each bone: the primitive whose thickness it has. */
const THICKNESS = Object.fromEntries(
  BONE_NAMES.map((bone) => [bone, HAND_DATA.primitives.findIndex(({ name }) => name === standsFor(bone))]),
) as Record<BoneName, number>;

function standsFor(bone: BoneName): string {
  if (bone === 'palm' || bone === 'forearm') return `${bone}_core`;
  if (bone === 'thumb_metacarpal') return 'thenar';
  return bone.endsWith('_metacarpal') ? `ray_${bone.slice(0, -'_metacarpal'.length)}` : bone;
}

function cones(joints: Float64Array, forearm: Matrix3, shape: HandShape): HandCone[] {
  return HAND_DATA.primitives.map(({ name, group, a, b, radiusA, radiusB }, i) => {
    const thickness = shape.radii[i]! * shape.scale;
    const glove = group === 'forearm' ? 0 : (shape.glove ?? 0);
    const [ra, rb] = [radiusA * thickness + glove, radiusB * thickness + glove];
    const end = (description: PointDescription, radius: number): Vec3 =>
      resolvePoint(description, radius, joints, forearm, shape.scale);
    return { kind: 'cone', name, group, a: end(a, ra), b: end(b, rb), radiusA: ra, radiusB: rb };
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
