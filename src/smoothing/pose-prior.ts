import { fitRotation, rotatePoints, transpose } from '../geometry/fit-rotation.js';
import { type Handedness, JOINT_COUNT, jointIndex, PALM_JOINTS, ROOT_OF_MIDDLE } from '../hand/index.js';

/** Numbers of one pose: x, y, z of 21 joints. */
export const POSE_LENGTH = 3 * JOINT_COUNT;

/**
 * What a prior's poses are relative to: the wrist, the middle finger's root, or the mean of the palm's joints (wrist
 * and four roots of fingers), which is the least disturbed by a single joint.
 */
export const PRIOR_ROOTS = ['wrist', 'middle_mcp', 'palm'] as const;
export type PriorRoot = (typeof PRIOR_ROOTS)[number];

/**
 * In which axes a prior's poses lie: as the camera sees them (the HANDS 2019 winners' way, where the components must
 * span every orientation as well), or turned until the palm lies like the mean palm, so that they span poses only.
 */
export const PRIOR_FRAMES = ['camera', 'palm'] as const;
export type PriorFrame = (typeof PRIOR_FRAMES)[number];

/** A linear model of hand poses: mean + sum of coefficients times components, metres. */
export interface PosePrior {
  readonly root: PriorRoot;
  readonly frame: PriorFrame;
  /** The hand that it was fitted on. The other hand is mirrored before use; `unknown` never is. */
  readonly handedness: Handedness;
  /** How many poses it was fitted on. */
  readonly poses: number;
  /** 63 numbers: the mean pose about the root, metres. */
  readonly mean: Float64Array;
  /** k orthonormal rows of 63 numbers, by falling singular value. */
  readonly components: readonly Float64Array[];
  /** k singular values of the centred poses (poses x 63), metres. Over sqrt(poses - 1): a component's deviation. */
  readonly singularValues: Float64Array;
  /** k shares of the total variance, in [0, 1]. */
  readonly explainedVariance: Float64Array;
}

const ALL_JOINTS: readonly number[] = Array.from({ length: JOINT_COUNT }, (_, joint) => joint);

const ROOT_JOINTS: Readonly<Record<PriorRoot, readonly number[]>> = {
  wrist: [jointIndex('wrist')],
  middle_mcp: [ROOT_OF_MIDDLE],
  palm: PALM_JOINTS,
};

/** A pose in a prior's own frame, and the way back. */
export interface LocalPose {
  readonly positions: Float64Array;
  /** Positions in the prior's frame back to where the pose came from. */
  toSource(local: Float64Array): Float64Array;
}

export interface PriorFrameOptions {
  /** Mirror the pose: it is of the other hand than the prior. */
  readonly mirrored?: boolean;
  /** How much each joint counts when a palm is aligned, 21 numbers. All alike by default. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Align all joints with this pose of the prior's frame, instead of the palm with the mean's palm. */
  readonly target?: Float64Array | undefined;
}

/** Move a pose (63 numbers) into the frame of a prior: about its root, mirrored for the other hand, palm aligned. */
export function toPriorFrame(
  pose: ArrayLike<number>,
  prior: Pick<PosePrior, 'root' | 'frame' | 'mean'>,
  options: PriorFrameOptions = {},
): LocalPose {
  const { mirrored = false, weights, target } = options;
  const origin = rootOf(pose, prior.root);
  const side = mirrored ? -1 : 1;
  const positions = new Float64Array(POSE_LENGTH);
  for (let i = 0; i < POSE_LENGTH; i++) positions[i] = (i % 3 === 0 ? side : 1) * (pose[i] - origin[i % 3]);
  const rotation =
    prior.frame === 'palm'
      ? fitRotation(positions, target ?? prior.mean, target ? ALL_JOINTS : PALM_JOINTS, weights)
      : undefined;
  if (rotation !== undefined) rotatePoints(rotation, positions, positions);
  return {
    positions,
    toSource(local) {
      const source = Float64Array.from(local);
      if (rotation !== undefined) rotatePoints(transpose(rotation), source, source);
      for (let i = 0; i < POSE_LENGTH; i++) source[i] = (i % 3 === 0 ? side : 1) * source[i] + origin[i % 3];
      return source;
    },
  };
}

function rootOf(pose: ArrayLike<number>, root: PriorRoot): Float64Array {
  const joints = ROOT_JOINTS[root];
  const origin = new Float64Array(3);
  for (const joint of joints) {
    for (let axis = 0; axis < 3; axis++) origin[axis] += pose[3 * joint + axis] / joints.length;
  }
  return origin;
}
