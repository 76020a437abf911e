import { VoxhandError } from '../errors/voxhand-error.js';
import { DOF_NAMES, type DofName, HAND_DATA, POSE_NAMES, type PoseName } from './hand-data.js';

const DEGREE = Math.PI / 180;

/** All angles of a hand, radians. Signs and axes: see the `description` in `hand.json`. */
export type HandPose = Readonly<Record<DofName, number>>;

/** The anatomical range of each degree of freedom, radians. */
export const POSE_LIMITS: Readonly<Record<DofName, readonly [number, number]>> = Object.fromEntries(
  HAND_DATA.dofs.map(({ name, minDeg, maxDeg }) => [name, [minDeg * DEGREE, maxDeg * DEGREE]]),
) as unknown as Record<DofName, readonly [number, number]>;

/**
 * A whole pose: the given angles, and for the others the hand at rest.
 *
 * @example
 * ```ts
 * const pose = handPose({ index_mcp: 0.8, index_pip: 1.2 });
 * ```
 */
export function handPose(angles: Partial<HandPose> = {}): HandPose {
  return { ...REST, ...angles };
}

const REST = mapPose((_, i) => HAND_DATA.dofs[i]!.restDeg * DEGREE);

/** One of the poses of {@link POSE_NAMES}. */
export function namedPose(name: PoseName): HandPose {
  const degrees = HAND_DATA.poses[name];
  if (degrees === undefined) {
    throw new VoxhandError('CONFIG_INVALID', 'unknown pose', { expected: POSE_NAMES.join(', '), found: String(name) });
  }
  return mapPose((dof) => degrees[dof] * DEGREE);
}

/** An angle that a hand cannot take. */
export interface PoseViolation {
  readonly dof: DofName;
  /** Radians. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

/** The angles of a pose that lie outside their limits (or are not numbers), by more than `tolerance` radians. */
export function poseViolations(pose: HandPose, tolerance = 1e-9): PoseViolation[] {
  return DOF_NAMES.flatMap((dof) => {
    const value = pose[dof];
    const [min, max] = POSE_LIMITS[dof];
    return value >= min - tolerance && value <= max + tolerance ? [] : [{ dof, value, min, max }];
  });
}

/** The nearest pose within the limits. */
export function clampPose(pose: HandPose): HandPose {
  return mapPose((dof) => {
    const [min, max] = POSE_LIMITS[dof];
    return Math.min(max, Math.max(min, pose[dof]));
  });
}

/** The pose a share of the way (0 to 1) from one to another, angle by angle. */
export function blendPoses(from: HandPose, to: HandPose, share: number): HandPose {
  return mapPose((dof) => from[dof] + (to[dof] - from[dof]) * share);
}

/** A pose made angle by angle. */
export function mapPose(angle: (dof: DofName, index: number) => number): HandPose {
  return Object.fromEntries(DOF_NAMES.map((dof, i) => [dof, angle(dof, i)])) as HandPose;
}
