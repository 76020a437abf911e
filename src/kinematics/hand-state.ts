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
