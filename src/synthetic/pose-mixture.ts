import type { SeededRandom } from '../geometry/random.js';
import type { DofName } from '../kinematics/hand-data.js';
import { clampPose, type HandPose, handPose } from '../kinematics/hand-pose.js';
import { POSE_MIXTURE_JSON } from './pose-mixture-data.js';

const DEGREE = Math.PI / 180;

/** Standard deviations with which the wrist bends, degrees; as in training/voxhand_training/poses.py. */
const WRIST_SD = { wrist_flexion: 28, wrist_deviation: 12 } as const;

/** A Gaussian mixture over joint angles in degrees: a pose is `mean` + `factor` z, z standard normal. */
export interface PoseMixture {
  readonly source: string;
  readonly licence: string;
  readonly dofs: readonly DofName[];
  readonly components: readonly {
    readonly weight: number;
    readonly mean: readonly number[];
    /** Lower triangular, row by row: row i has i + 1 numbers. */
    readonly factor: readonly (readonly number[])[];
  }[];
}

/** What training/fit_poses.py fitted on 2,336 tracked poses of thumb and fingers (see LICENSE-pose-mixture). */
export const POSE_MIXTURE: PoseMixture = JSON.parse(POSE_MIXTURE_JSON);

/**
 * A pose as hands take them, within {@link POSE_LIMITS}: thumb and fingers from the fitted mixture, the wrist on its own. Fingers may
 * touch each other and the palm, and now and then overlap.
 *
 * @example
 * ```ts
 * const pose = drawHandPose(new SeededRandom(7));
 * ```
 */
export function drawHandPose(random: SeededRandom): HandPose {
  const angles: Partial<Record<DofName, number>> = {};
  const [dofs, degrees] = [POSE_MIXTURE.dofs, drawAngles(random)];
  for (const [i, dof] of dofs.entries()) angles[dof] = degrees[i]! * DEGREE;
  for (const [dof, sd] of Object.entries(WRIST_SD)) angles[dof as DofName] = random.normal() * sd * DEGREE;
  return clampPose(handPose(angles));
}

/** Angles of one draw from the mixture, degrees, in the order of its `dofs`, not clamped. */
export function drawAngles(random: SeededRandom): number[] {
  const { components } = POSE_MIXTURE;
  let left = random.next() * components.reduce((sum, { weight }) => sum + weight, 0);
  let chosen = 0;
  while (chosen < components.length - 1 && left >= components[chosen]!.weight) left -= components[chosen++]!.weight;
  const { mean, factor } = components[chosen]!;
  const z = mean.map(() => random.normal());
  return mean.map((angle, i) => factor[i]!.reduce((sum, f, k) => sum + f * z[k]!, angle));
}
