import { fitRotation } from '../geometry/fit-rotation.js';
import { FINGER_ROOTS, PALM_JOINTS } from '../hand/skeleton.js';
import { FIRST_ANGLE } from './hand-kinematics.js';
import { CHAINS, type HandProportions } from './hand-proportions.js';
import { ANGLE_MAX, ANGLE_MIN, ANGLE_REST, type HandState } from './hand-state.js';

/** A bend below this says nothing about the axis it is about, radians. */
const SURE_BEND = 0.25;

/** Work space: the palm of the proportions, the three bones of a chain in the palm frame, and its angles. */
const palm = new Float64Array(3 * (1 + Math.max(...FINGER_ROOTS)));
const bones = new Float64Array(9);
const found = new Float64Array(5);

/**
 * The state of a right hand whose joints are about these, chain by chain: the palm by its five joints (`fitRotation`), then the angles between
 * the bones. A start for the fit; bones of other lengths do not matter. Nothing is allocated.
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
  for (let chain = 1; chain < CHAINS; chain++) {
    for (let k = 0; k < 3; k++) palm[3 * FINGER_ROOTS[chain] + k] = roots[3 * chain + k];
  }
  const { rotation: r, translation, angles } = into;
  fitRotation(palm, joints, PALM_JOINTS, weights, r);
  let total = 0;
  translation.fill(0);
  for (let i = 0; i < PALM_JOINTS.length; i++) {
    const joint = PALM_JOINTS[i];
    const weight = weights[joint] + 1e-6;
    total += weight;
    for (let k = 0; k < 3; k++) {
      const turned =
        r[3 * k] * palm[3 * joint] + r[3 * k + 1] * palm[3 * joint + 1] + r[3 * k + 2] * palm[3 * joint + 2];
      translation[k] += weight * (joints[3 * joint + k] - turned);
    }
  }
  for (let k = 0; k < 3; k++) translation[k] /= total;

  for (let chain = 0; chain < CHAINS; chain++) {
    const at = FIRST_ANGLE[chain];
    for (let bone = 0; bone < 3; bone++) {
      const from = 3 * (FINGER_ROOTS[chain] + bone);
      const x = joints[from + 3] - joints[from];
      const y = joints[from + 4] - joints[from + 1];
      const z = joints[from + 5] - joints[from + 2];
      for (let k = 0; k < 3; k++) bones[3 * bone + k] = r[k] * x + r[3 + k] * y + r[6 + k] * z;
    }
    if (chain === 0) findThumb();
    else findFinger();
    for (let i = 0; i < (chain === 0 ? 5 : 4); i++) {
      angles[at + i] = Math.min(ANGLE_MAX[at + i], Math.max(ANGLE_MIN[at + i], found[i]));
    }
  }
}

function findFinger(): void {
  const x = bones[0];
  const y = bones[1];
  const z = bones[2];
  // a finger that points out of the palm says little of its abduction
  const abduction = Math.atan2(-x, Math.max(y, 0.3 * Math.sqrt(x * x + y * y + z * z)));
  const ax = Math.cos(abduction);
  const ay = Math.sin(abduction);
  found[0] = abduction;
  // from the direction (-ay, ax, 0), about the axis (ax, ay, 0)
  found[1] = Math.atan2(z * (ax * ax + ay * ay), ax * y - ay * x);
  findBends(2, ax, ay, 0);
}

function findThumb(): void {
  const x = bones[0];
  const y = bones[1];
  const z = bones[2];
  const radial = Math.atan2(x, y);
  const ax = Math.cos(radial);
  const ay = -Math.sin(radial);
  const length = Math.sqrt(x * x + y * y + z * z);
  // across the metacarpal, and out of it
  const ux = (ay * z) / length;
  const uy = (-ax * z) / length;
  const uz = (ax * y - ay * x) / length;
  const second = Math.sqrt(bones[3] * bones[3] + bones[4] * bones[4] + bones[5] * bones[5]);
  const bx = y * bones[5] - z * bones[4] + bones[4] * bones[8] - bones[5] * bones[7];
  const by = z * bones[3] - x * bones[5] + bones[5] * bones[6] - bones[3] * bones[8];
  const bz = x * bones[4] - y * bones[3] + bones[3] * bones[7] - bones[4] * bones[6];
  const size = Math.sqrt(bx * bx + by * by + bz * bz) / (length * second);
  const twist = size > SURE_BEND ? Math.atan2(-(bx * ux + by * uy + bz * uz), bx * ax + by * ay) : ANGLE_REST[2];
  found[0] = radial;
  found[1] = Math.atan2(z, Math.sqrt(x * x + y * y));
  found[2] = twist;
  const cos = Math.cos(twist);
  const sin = Math.sin(twist);
  findBends(3, cos * ax - sin * ux, cos * ay - sin * uy, -sin * uz);
}

/** The angles from bone to bone about an axis, from the angle number `first` on. */
function findBends(first: number, ax: number, ay: number, az: number): void {
  for (let a = 0; a < 6; a += 3) {
    const b = a + 3;
    const cx = bones[a + 1] * bones[b + 2] - bones[a + 2] * bones[b + 1];
    const cy = bones[a + 2] * bones[b] - bones[a] * bones[b + 2];
    const cz = bones[a] * bones[b + 1] - bones[a + 1] * bones[b];
    const along = bones[a] * bones[b] + bones[a + 1] * bones[b + 1] + bones[a + 2] * bones[b + 2];
    found[first + a / 3] = Math.atan2(ax * cx + ay * cy + az * cz, along);
  }
}
