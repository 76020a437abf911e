export { FINGER_COLORS, rgbOf, WRIST_COLOR } from './colors.js';
export { type Handedness, type HandJoints, lostHand, meanConfidence } from './hand-joints.js';
export { parseJointLines } from './joint-lines.js';
export {
  BONES,
  FINGER_NAMES,
  type FingerName,
  JOINT_COUNT,
  JOINT_NAMES,
  type JointName,
  jointIndex,
  ROOT_OF_MIDDLE,
  SKELETON_NAME,
} from './skeleton.js';
export { type HandsAtMoment, jointsOfHands, type LostHand, type TrackedHand } from './tracked-hand.js';
export type { UncheckedHand } from './unchecked-hand.js';
