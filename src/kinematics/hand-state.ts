import type { Handedness } from '../hand/hand-joints.js';
import { DOF_NAMES, type DofName } from './hand-data.js';
import { handPose, POSE_LIMITS } from './hand-pose.js';

/** The angles of the 21 joints' skeleton: all of a hand's but those of the wrist, which turn the forearm alone. */
export const ANGLE_NAMES = DOF_NAMES.filter(
  (name): name is Exclude<DofName, 'wrist_flexion' | 'wrist_deviation'> => !name.startsWith('wrist_'),
);
export type AngleName = (typeof ANGLE_NAMES)[number];

/** The names of a hand's joints in messages and in its URDF: `right_index_mcp`. */
export function jointNames(handedness: Handedness): string[] {
  const side = handedness === 'left' ? 'left' : 'right';
  return ANGLE_NAMES.map((name) => `${side}_${name}`);
}

/** Five of the thumb, four of each finger. */
export const ANGLE_COUNT = ANGLE_NAMES.length;
/** Numbers of a step: three of the wrist's rotation, three of its place, then the angles. */
export const STEP_SIZE = 6 + ANGLE_COUNT;

/** Each angle's anatomical range, radians, in the order of {@link ANGLE_NAMES}. */
export const ANGLE_MIN = Float64Array.from(ANGLE_NAMES, (name) => POSE_LIMITS[name][0]);
export const ANGLE_MAX = Float64Array.from(ANGLE_NAMES, (name) => POSE_LIMITS[name][1]);
/** The hand at rest, radians. */
export const ANGLE_REST = Float64Array.from(ANGLE_NAMES, (name) => handPose()[name]);

/** Where a right hand is and how it is bent. */
export interface HandState {
  /** Palm frame to the frame of the joints: 3 x 3, row by row. */
  readonly rotation: Float64Array;
  /** The wrist, metres. */
  readonly translation: Float64Array;
  /** Radians, in the order of {@link ANGLE_NAMES}. */
  readonly angles: Float64Array;
}

/** A hand at rest in its palm frame. */
export function restState(): HandState {
  return {
    rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    translation: new Float64Array(3),
    angles: ANGLE_REST.slice(),
  };
}

/** Write one state over another. */
export function copyState(from: HandState, to: HandState): void {
  to.rotation.set(from.rotation);
  to.translation.set(from.translation);
  to.angles.set(from.angles);
}

/**
 * Write the state that lies a step away from `from` into `to` (another one): the wrist is turned by exp([w]) in the frame of the joints
 * (Rodrigues' formula) and moved, and the angles are changed, all within the anatomical limits.
 *
 * @param step {@link STEP_SIZE} numbers: w (radians), metres, radians
 */
export function moveState(from: HandState, step: Float64Array, to: HandState): void {
  const wx = step[0];
  const wy = step[1];
  const wz = step[2];
  const angle = Math.sqrt(wx * wx + wy * wy + wz * wz);
  // sin(a) / a and (1 - cos(a)) / a^2, by their series where a is small
  const s = angle < 1e-6 ? 1 - (angle * angle) / 6 : Math.sin(angle) / angle;
  const c = angle < 1e-6 ? 0.5 - (angle * angle) / 24 : (1 - Math.cos(angle)) / (angle * angle);
  const m00 = 1 - c * (wy * wy + wz * wz);
  const m01 = c * wx * wy - s * wz;
  const m02 = c * wx * wz + s * wy;
  const m10 = c * wx * wy + s * wz;
  const m11 = 1 - c * (wx * wx + wz * wz);
  const m12 = c * wy * wz - s * wx;
  const m20 = c * wx * wz - s * wy;
  const m21 = c * wy * wz + s * wx;
  const m22 = 1 - c * (wx * wx + wy * wy);
  const r = from.rotation;
  const t = to.rotation;
  for (let k = 0; k < 3; k++) {
    t[k] = m00 * r[k] + m01 * r[3 + k] + m02 * r[6 + k];
    t[3 + k] = m10 * r[k] + m11 * r[3 + k] + m12 * r[6 + k];
    t[6 + k] = m20 * r[k] + m21 * r[3 + k] + m22 * r[6 + k];
    to.translation[k] = from.translation[k] + step[3 + k];
  }
  for (let i = 0; i < ANGLE_COUNT; i++) {
    to.angles[i] = Math.min(ANGLE_MAX[i], Math.max(ANGLE_MIN[i], from.angles[i] + step[6 + i]));
  }
}

/**
 * The step that {@link moveState} takes from one state to another: the logarithm of the rotation between them, and differences.
 *
 * @param step takes {@link STEP_SIZE} numbers
 */
export function stepBetween(from: HandState, to: HandState, step: Float64Array): void {
  const a = from.rotation;
  const b = to.rotation;
  // b a^T
  const m = (i: number, k: number): number =>
    b[3 * i] * a[3 * k] + b[3 * i + 1] * a[3 * k + 1] + b[3 * i + 2] * a[3 * k + 2];
  const x = (m(2, 1) - m(1, 2)) / 2;
  const y = (m(0, 2) - m(2, 0)) / 2;
  const z = (m(1, 0) - m(0, 1)) / 2;
  const sin = Math.sqrt(x * x + y * y + z * z);
  const angle = Math.atan2(sin, (m(0, 0) + m(1, 1) + m(2, 2) - 1) / 2);
  // near half a turn the axis is lost, and with it the way: frames are never that far apart
  const scale = sin > 1e-9 ? angle / sin : 1;
  step[0] = scale * x;
  step[1] = scale * y;
  step[2] = scale * z;
  for (let k = 0; k < 3; k++) step[3 + k] = to.translation[k] - from.translation[k];
  for (let i = 0; i < ANGLE_COUNT; i++) step[6 + i] = to.angles[i] - from.angles[i];
}
