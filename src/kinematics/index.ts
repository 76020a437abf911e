// For: the skeleton of a hand: bones, thickness, angles and their limits.
// In and out: angles and shapes in; joints out; metres, radians.
// Must not know: depth images, networks, messages.

export { anglesOfJoints } from './angles-of-joints.js';
export { ChiralityFit } from './chirality.js';
export { HandFit } from './fit-hand.js';
export { FIT_OPTIONS, type FitOptions, type HandEvidence, type JointReading } from './fit-options.js';
export { DOF_NAMES, type DofName, HAND_DATA, POSE_NAMES, type PoseName } from './hand-data.js';
export type { HandDescription, PointDescription, PrimitiveDescription } from './hand-description.js';
export { type HandFile, handFromFile, handToFile } from './hand-file.js';
export { type FitRefusal, type FittedHand, HandFitter, type SeenJoints } from './hand-fitter.js';
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
  jointNames,
  restState,
} from './hand-state.js';
export { HandSurface } from './hand-surface.js';
export { handUrdf } from './hand-urdf.js';
export { type KinematicsSettings, kinematicsSettings } from './kinematics-settings.js';
export { type LearnOptions, ProportionLearner } from './learn-proportions.js';
export { nearestHand } from './nearest-hand.js';
export { type HandToRetarget, Retargeter, type RetargetSettings } from './robot/retarget.js';
export { parseUrdf, type Robot } from './robot/robot.js';
export { RobotKinematics } from './robot/robot-kinematics.js';
export { warmUpFit } from './warm-up.js';
