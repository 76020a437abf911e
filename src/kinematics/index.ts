// For: the skeleton of a hand: bones, thickness, angles and their limits.
// In and out: angles and shapes in; joints out; metres, radians.
// Must not know: depth images, networks, messages.

export { DOF_NAMES, type DofName, HAND_DATA, POSE_NAMES, type PoseName } from './hand-data.js';
export type { HandDescription, PointDescription, PrimitiveDescription } from './hand-description.js';
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
export { drawHandShape, type HandShape, neutralShape } from './hand-shape.js';
