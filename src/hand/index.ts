// For: the 21-joint skeleton and the hand of a result.
// In and out: joints as arrays of metres and confidences; names, bones and colours of joints; names of poses.
// Must not know: where a hand comes from and where it goes.

export { FINGER_COLORS, jointColor, rgbOf, SIDE_COLORS } from './colors.js';
export { HandDescriber } from './hand-describer.js';
export {
  boneOrientations,
  type DescribedHand,
  describeHand,
  type HandToDescribe,
  PALM_LENGTH,
} from './hand-description.js';
export { type Handedness, type HandJoints, lostHand, meanConfidence, type UncheckedHand } from './hand-joints.js';
export { parseJointLines } from './joint-lines.js';
export { matchHands, meanDistance, SAME_HAND } from './match-hands.js';
export { palmAxes } from './palm-axes.js';
export { POSE_GESTURES, type PoseGesture } from './pose-gestures.js';
export {
  BONES,
  FINGER_JOINTS,
  FINGER_NAMES,
  FINGER_OF_JOINT,
  FINGER_ROOTS,
  FINGERTIPS,
  type FingerName,
  INDEX_TIP,
  JOINT_COUNT,
  JOINT_NAMES,
  type JointName,
  jointIndex,
  MIDDLE_TIP,
  PALM_JOINTS,
  POSITION_COUNT,
  ROOT_OF_MIDDLE,
  SKELETON_NAME,
  THUMB_TIP,
  WRIST,
} from './skeleton.js';
export {
  asLost,
  type HandAngles,
  type HandInImage,
  type HandProportions,
  type HandsAtMoment,
  jointsOfHands,
  type LostHand,
  type TrackedHand,
} from './tracked-hand.js';
