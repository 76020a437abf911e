import { cross, dot, subtract, unit, type Vec3 } from '../geometry/index.js';
import type { Handedness } from './hand-joints.js';
import { jointIndex, ROOT_OF_MIDDLE, WRIST } from './skeleton.js';

const INDEX_ROOT = jointIndex('index_mcp');
const LITTLE_ROOT = jointIndex('little_mcp');

/** How a palm lies, and how well its joints say so. */
export interface PalmAxes {
  /** x, y, z: unit vectors in the frame of the joints; NaN where the palm has no direction. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
  /** From the wrist to the middle finger's root, metres. */
  readonly length: number;
  /** Sine of the angle between the roots of index and little finger as seen from the wrist, and its share at right angles to x. */
  readonly across: number;
  readonly square: number;
}

/**
 * The axes of a hand's palm, those of its TF frame: x from the wrist to the middle finger's root, z out of the back of the hand, square to x,
 * y = z x x. A hand of unknown handedness is taken for a right one.
 *
 * @param joints 63 numbers, metres; only read
 */
export function palmAxes(joints: ArrayLike<number>, handedness: Handedness): PalmAxes {
  const at = (joint: number): Vec3 => [joints[3 * joint], joints[3 * joint + 1], joints[3 * joint + 2]];
  const wrist = at(WRIST);
  const forward = subtract(at(ROOT_OF_MIDDLE), wrist);
  const toIndex = unit(subtract(at(INDEX_ROOT), wrist));
  const toLittle = unit(subtract(at(LITTLE_ROOT), wrist));
  const across = handedness === 'left' ? cross(toIndex, toLittle) : cross(toLittle, toIndex);
  const x = unit(forward);
  const along = dot(across, x);
  const square: Vec3 = [across[0] - along * x[0], across[1] - along * x[1], across[2] - along * x[2]];
  const z = unit(square);
  return {
    axes: [x, cross(z, x), z],
    length: Math.hypot(...forward),
    across: Math.hypot(...across),
    square: Math.hypot(...square),
  };
}
