import { fitRotation } from '../geometry/fit-rotation.js';
import { cross, dot, type Vec3 } from '../geometry/matrix.js';
import { FINGER_ROOTS, PALM_JOINTS } from '../hand/skeleton.js';
import { FIRST_ANGLE } from './hand-kinematics.js';
import { CHAINS, type HandProportions } from './hand-proportions.js';
import { ANGLE_MAX, ANGLE_MIN, ANGLE_REST, type HandState } from './hand-state.js';

/** A bend below this says nothing about the axis it is about, radians. */
const SURE_BEND = 0.25;

/**
 * The state of a right hand whose joints are about these, chain by chain: the palm by its five joints (`fitRotation`), then the angles between
 * the bones. A start for the fit; bones of other lengths do not matter.
 *
 * @param joints 63 numbers, metres; only read
 * @param weights of the joints, 21 numbers
 * @param into takes the state
 */
export function placeHand(
  joints: ArrayLike<number>,
  weights: ArrayLike<number>,
  { roots }: HandProportions,
  into: HandState,
): void {
  const palm = new Float64Array(joints.length);
  for (let chain = 1; chain < CHAINS; chain++) {
    for (let k = 0; k < 3; k++) palm[3 * FINGER_ROOTS[chain] + k] = roots[3 * chain + k];
  }
  const r = fitRotation(palm, joints, PALM_JOINTS, weights);
  into.rotation.set(r);
  let total = 0;
  const offset = [0, 0, 0];
  for (const joint of PALM_JOINTS) {
    const weight = weights[joint] + 1e-6;
    total += weight;
    for (let k = 0; k < 3; k++) {
      const turned =
        r[3 * k] * palm[3 * joint] + r[3 * k + 1] * palm[3 * joint + 1] + r[3 * k + 2] * palm[3 * joint + 2];
      offset[k] += weight * (joints[3 * joint + k] - turned);
    }
  }
  for (let k = 0; k < 3; k++) into.translation[k] = offset[k] / total;

  for (let chain = 0; chain < CHAINS; chain++) {
    const first = 3 * FINGER_ROOTS[chain];
    const bones = [0, 1, 2].map((bone) => inPalm(r, joints, first + 3 * bone));
    const angles = chain === 0 ? thumbAngles(bones) : fingerAngles(bones);
    const at = FIRST_ANGLE[chain];
    angles.forEach((angle, i) => {
      into.angles[at + i] = Math.min(ANGLE_MAX[at + i], Math.max(ANGLE_MIN[at + i], angle));
    });
  }
}

/** The bone from a joint to the next one, in the palm frame. */
function inPalm(r: Float64Array, joints: ArrayLike<number>, at: number): Vec3 {
  const [x, y, z] = [0, 1, 2].map((k) => joints[at + 3 + k] - joints[at + k]);
  return [r[0] * x + r[3] * y + r[6] * z, r[1] * x + r[4] * y + r[7] * z, r[2] * x + r[5] * y + r[8] * z];
}

/** The angle from a to b about an axis. */
const about = (axis: Vec3, a: Vec3, b: Vec3): number => Math.atan2(dot(axis, cross(a, b)), dot(a, b));

function fingerAngles([first, second, third]: readonly Vec3[]): number[] {
  // a finger that points out of the palm says little of its abduction
  const forward = Math.max(first[1], 0.3 * Math.hypot(...first));
  const abduction = Math.atan2(-first[0], forward);
  const axis: Vec3 = [Math.cos(abduction), Math.sin(abduction), 0];
  const along: Vec3 = [-Math.sin(abduction), Math.cos(abduction), 0];
  return [abduction, about(axis, along, first), about(axis, first, second), about(axis, second, third)];
}

function thumbAngles([first, second, third]: readonly Vec3[]): number[] {
  const radial = Math.atan2(first[0], first[1]);
  const palmar = Math.atan2(first[2], Math.hypot(first[0], first[1]));
  const across: Vec3 = [Math.cos(radial), -Math.sin(radial), 0];
  const length = Math.hypot(...first);
  const up = cross(across, [first[0] / length, first[1] / length, first[2] / length]);
  const bend = cross(first, second).map((x, k) => x + cross(second, third)[k]) as unknown as Vec3;
  const size = Math.hypot(...bend) / (length * Math.hypot(...second));
  const found = Math.atan2(-dot(bend, up), dot(bend, across));
  const twist = size > SURE_BEND ? found : ANGLE_REST[2];
  const axis = across.map((x, k) => Math.cos(twist) * x - Math.sin(twist) * up[k]) as unknown as Vec3;
  return [radial, palmar, twist, about(axis, first, second), about(axis, second, third)];
}
