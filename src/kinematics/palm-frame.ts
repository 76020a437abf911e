import { cross, dot, subtract, unit, type Vec3 } from '../geometry/matrix.js';
import type { Handedness } from '../hand/hand-joints.js';
import { jointIndex, ROOT_OF_MIDDLE } from '../hand/skeleton.js';

const INDEX_ROOT = jointIndex('index_mcp');
const LITTLE_ROOT = jointIndex('little_mcp');

/**
 * The axes of a hand's palm, the same as those of its TF frame (see `toHandTransform`): x from the wrist to the middle finger's root, z
 * out of the back of the hand, y = z x x. Unit vectors in the frame of the joints; NaN where the palm has no direction.
 *
 * @param joints 63 numbers, metres; only read
 */
export function palmAxes(joints: ArrayLike<number>, handedness: Handedness): readonly [Vec3, Vec3, Vec3] {
  const at = (joint: number): Vec3 => [joints[3 * joint], joints[3 * joint + 1], joints[3 * joint + 2]];
  const wrist = at(0);
  const toIndex = unit(subtract(at(INDEX_ROOT), wrist));
  const toLittle = unit(subtract(at(LITTLE_ROOT), wrist));
  const across = handedness === 'left' ? cross(toIndex, toLittle) : cross(toLittle, toIndex);
  const x = unit(subtract(at(ROOT_OF_MIDDLE), wrist));
  const along = dot(across, x);
  const z = unit([across[0] - along * x[0], across[1] - along * x[1], across[2] - along * x[2]]);
  return [x, cross(z, x), z];
}
