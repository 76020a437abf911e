import type { Handedness } from '../hand/hand-joints.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { describedProportions } from './hand-proportions.js';
import { ANGLE_NAMES, ANGLE_REST, restState } from './hand-state.js';
import { placeHand } from './place-hand.js';

/** Above this bend a finger points out of the palm, and its joints say little of its abduction, radians. */
const SURE_ABDUCTION = Math.PI / 3;

const WEIGHTS = new Float64Array(JOINT_COUNT).fill(1);
const PROPORTIONS = describedProportions();
const TWIST = ANGLE_NAMES.indexOf('thumb_twist');

/**
 * The angles of a hand whose joints are these, whatever its proportions are: within 2 degrees of the angles that the joints were made with
 * (600 synthetic hands). Within the anatomical limits.
 *
 * @param positions 63 numbers, metres, in any frame; only read
 * @returns 21 numbers, radians, in the order of `ANGLE_NAMES`, of a left hand those of its mirror image; NaN where joints do not say it: the
 * abduction of a finger that points out of the palm, and the twist, MCP and IP of a straight thumb
 */
export function anglesOfJoints(positions: ArrayLike<number>, handedness: Handedness): Float64Array {
  const joints = Float64Array.from(positions, (x, i) => (handedness === 'left' && i % 3 === 0 ? -x : x));
  const state = restState();
  placeHand(joints, WEIGHTS, PROPORTIONS, state);
  const { angles } = state;
  if (angles[TWIST] === ANGLE_REST[TWIST]) angles.fill(Number.NaN, TWIST, TWIST + 3);
  ANGLE_NAMES.forEach((name, i) => {
    if (name.endsWith('_abduction') && angles[i + 1] > SURE_ABDUCTION) angles[i] = Number.NaN;
  });
  return angles;
}
