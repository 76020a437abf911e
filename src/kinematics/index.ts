// For: the skeleton of a hand: bones, thickness, angles and their limits.
// In and out: angles and shapes in; joints out; metres, radians.
// Must not know: depth images, networks, messages.

export { DOF_NAMES, type DofName, HAND_DATA, POSE_NAMES, type PoseName } from './hand-data.js';
export type { HandDescription, PointDescription, PrimitiveDescription } from './hand-description.js';
export { HandKinematics } from './hand-kinematics.js';
export {
  blendPoses,
  clampPose,
  type HandPose,
  handPose,
  mapPose,
  namedPose,
  POSE_LIMITS,
  type PoseViolation,
  poseViolations,
} from './hand-pose.js';
export { describedProportions, type HandProportions, proportionsOf } from './hand-proportions.js';
export { drawHandShape, type HandShape, neutralShape } from './hand-shape.js';
export {
  ANGLE_COUNT,
  ANGLE_MAX,
  ANGLE_MIN,
  ANGLE_NAMES,
  ANGLE_REST,
  type AngleName,
  type HandState,
  restState,
} from './hand-state.js';
