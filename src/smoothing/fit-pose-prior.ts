import { VoxhandError } from '../errors/index.js';
import { rotatePoints } from '../geometry/fit-rotation.js';
import { symmetricEigen } from '../geometry/symmetric-eigen.js';
import type { Handedness } from '../hand/index.js';
import { POSE_LENGTH, type PosePrior, type PriorFrame, type PriorRoot, toPriorFrame } from './pose-prior.js';

export interface FitPosePriorOptions {
  /** Components to keep; fewer are kept where the poses span less. Default 25. */
  readonly components?: number;
  /** Default `palm`. */
  readonly root?: PriorRoot;
  /** Default `palm`. */
  readonly frame?: PriorFrame;
  /** The hand in all the poses. Default `right`. */
  readonly handedness?: Handedness;
}

/** Components whose singular value is below this share of the first are rounding errors of the covariance. */
const RANK_TOLERANCE = 1e-7;

/** Turns of aligning all palms with their mean and taking the mean again. */
const ALIGNMENTS = 3;

/**
 * Fit a pose prior by truncated SVD: the poses are moved to the prior's frame, centred, and described by the leading
 * right singular vectors of the matrix poses x 63 (found as eigenvectors of its 63 x 63 scatter matrix).
 *
 * A component's sign is chosen so that its largest number is positive: the same poses give the same file.
 *
 * @param poses Poses one after another, 63 numbers each (21 joints, metres); only read
 * @throws VoxhandError `PRIOR_INVALID` for a length that is no multiple of 63, fewer than 2 poses, numbers that are not
 * finite, or components out of range
 *
 * @example
 * ```ts
 * const prior = fitPosePrior(poses, { components: 25, frame: 'palm' });
 * prior.explainedVariance.reduce((sum, share) => sum + share); // 0.99...
 * ```
 */
export function fitPosePrior(poses: Float64Array, options: FitPosePriorOptions = {}): PosePrior {
  const { components: wanted = 25, root = 'palm', frame = 'palm', handedness = 'right' } = options;
  checkInput(poses, wanted);
  const count = poses.length / POSE_LENGTH;
  const local = frame === 'palm' ? alignPalms(poses, root) : relativeToRoot(poses, root);

  const mean = meanPose(local);
  const { values, vectors } = symmetricEigen(scatter(local, mean), POSE_LENGTH);
  const variance = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const singular = Array.from(values, (value) => Math.sqrt(Math.max(value, 0)));
  const rank = singular.filter((value) => value > RANK_TOLERANCE * singular[0]).length;
  const kept = Math.min(wanted, rank);
  if (kept === 0) {
    throw new VoxhandError('PRIOR_INVALID', 'all poses are the same', { expected: 'at least 2 different poses' });
  }
  return {
    root,
    frame,
    handedness,
    poses: count,
    mean,
    components: Array.from({ length: kept }, (_, i) =>
      withPositiveExtreme(vectors.slice(i * POSE_LENGTH, (i + 1) * POSE_LENGTH)),
    ),
    singularValues: Float64Array.from(singular.slice(0, kept)),
    explainedVariance: Float64Array.from(values.slice(0, kept), (value) => value / variance),
  };
}

function relativeToRoot(
  poses: Float64Array,
  root: PriorRoot,
  frame: PriorFrame = 'camera',
  mean: Float64Array = new Float64Array(),
) {
  const local = new Float64Array(poses.length);
  for (let at = 0; at < poses.length; at += POSE_LENGTH) {
    const pose = poses.subarray(at, at + POSE_LENGTH);
    local.set(toPriorFrame(pose, { root, frame, mean }).positions, at);
  }
  return local;
}

/** All poses turned so that their palms lie like the mean palm, which is itself found from them. */
function alignPalms(poses: Float64Array, root: PriorRoot): Float64Array {
  let local = relativeToRoot(poses, root);
  for (let at = 0; at < local.length; at += POSE_LENGTH) {
    const pose = local.subarray(at, at + POSE_LENGTH);
    rotatePoints(palmAxes(pose), pose, pose);
  }
  for (let turn = 0; turn < ALIGNMENTS; turn++) local = relativeToRoot(poses, root, 'palm', meanPose(local));
  return local;
}

/** Rotation whose rows are the palm's axes: x from the little to the index finger, y along the middle one, z normal. */
function palmAxes(pose: Float64Array): Float64Array {
  const along = (from: number, to: number) => [0, 1, 2].map((i) => pose[3 * to + i] - pose[3 * from + i]);
  const y = unit(along(0, 9));
  const across = along(17, 5);
  const shared = across[0] * y[0] + across[1] * y[1] + across[2] * y[2];
  const x = unit(across.map((value, i) => value - shared * y[i]));
  return Float64Array.of(...x, ...y, x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]);
}

function unit(v: number[]): number[] {
  const length = Math.hypot(...v) || 1;
  return v.map((value) => value / length);
}

function meanPose(poses: Float64Array): Float64Array {
  const mean = new Float64Array(POSE_LENGTH);
  for (let i = 0; i < poses.length; i++) mean[i % POSE_LENGTH] += poses[i];
  const count = poses.length / POSE_LENGTH;
  return mean.map((sum) => sum / count);
}

/** Sum over the poses of (pose - mean)(pose - mean)'. */
function scatter(poses: Float64Array, mean: Float64Array): Float64Array {
  const sum = new Float64Array(POSE_LENGTH * POSE_LENGTH);
  const centred = new Float64Array(POSE_LENGTH);
  for (let at = 0; at < poses.length; at += POSE_LENGTH) {
    for (let i = 0; i < POSE_LENGTH; i++) centred[i] = poses[at + i] - mean[i];
    for (let i = 0; i < POSE_LENGTH; i++) {
      const value = centred[i];
      for (let j = i; j < POSE_LENGTH; j++) sum[i * POSE_LENGTH + j] += value * centred[j];
    }
  }
  for (let i = 0; i < POSE_LENGTH; i++) {
    for (let j = 0; j < i; j++) sum[i * POSE_LENGTH + j] = sum[j * POSE_LENGTH + i];
  }
  return sum;
}

function withPositiveExtreme(vector: Float64Array): Float64Array {
  const extreme = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return extreme < 0 ? vector.map((value) => -value) : vector;
}

function checkInput(poses: Float64Array, components: number): void {
  if (poses.length % POSE_LENGTH !== 0 || poses.length < 2 * POSE_LENGTH) {
    throw new VoxhandError('PRIOR_INVALID', 'poses have a wrong length', {
      expected: `at least 2 poses of ${POSE_LENGTH} numbers`,
      found: `${poses.length} numbers`,
    });
  }
  const bad = poses.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new VoxhandError('PRIOR_INVALID', 'a pose holds a number that is not finite', {
      expected: 'metres',
      found: String(poses[bad]),
      where: `pose ${Math.floor(bad / POSE_LENGTH)}, number ${bad % POSE_LENGTH}`,
    });
  }
  if (!Number.isInteger(components) || components < 1 || components > POSE_LENGTH) {
    throw new VoxhandError('PRIOR_INVALID', 'number of components out of range', {
      expected: `an integer from 1 to ${POSE_LENGTH}`,
      found: String(components),
      where: 'FitPosePriorOptions.components',
    });
  }
}
