import { z } from 'zod';
import { VoxhandError } from '../errors/index.js';
import { fixed, live, parseSettings, share } from '../errors/setting.js';
import { choleskyBack, choleskyFactor } from '../geometry/symmetric-eigen.js';
import { type Handedness, POSITION_COUNT } from '../hand/index.js';
import { POSE_LENGTH, type PosePrior, toPriorFrame } from './pose-prior.js';

export const priorSettings = z.strictObject({
  file: fixed(
    'The name of a packaged pose prior, or the path of a file by voxhand fit-prior.',
    z.string().min(1).default('hand'),
  ),
  method: live(
    'project: the nearest pose that the components span, root fixed; weighted: the most likely pose, given how sure each joint is and how common each pose.',
    z.enum(['project', 'weighted']).default('weighted'),
  ),
  blend: live("Share of the prior's pose in the result; 0: the joints as the network found them.", share(0.5)),
  components: live(
    "Use only the first of the prior's components; not set: all of them.",
    z.int().min(1).max(POSITION_COUNT).optional(),
  ),
  noise: live(
    'For weighted: standard deviation of the error of a joint with confidence 1.',
    z.number().min(1e-6).max(1).default(0.003),
    'm',
  ),
});

const priorOptions = priorSettings.omit({ file: true });
export type ApplyPosePriorOptions = z.input<typeof priorOptions>;

/**
 * Options with every default filled in.
 *
 * @throws VoxhandError `CONFIG_INVALID` where one is out of range, or more components are asked for than the prior has
 */
export function fullPriorOptions(options: ApplyPosePriorOptions, { components: { length } }: PosePrior) {
  const full = parseSettings(priorOptions, options, 'smoothing.prior');
  const { components = length } = full;
  if (components <= length) return { ...full, components };
  throw new VoxhandError('CONFIG_INVALID', 'the pose prior has fewer components', {
    expected: `at most ${length}`,
    found: String(components),
    where: 'smoothing.prior.components',
  });
}

/** What the prior is applied to, beside the positions. */
export interface PoseEvidence {
  /** 21 numbers in [0, 1] for `weighted` and for the alignment of the palm. All 1 by default. */
  readonly confidences?: ArrayLike<number>;
  /** A left hand is mirrored for a prior of right hands. Default `unknown`: as it is. */
  readonly handedness?: Handedness;
}

/** How far the weighted fit may move the root, metres: so far that the prior on it hardly counts. */
const TRANSLATION_DEVIATION = 0.1;

/** Turns of aligning a pose with its fit: each helps, the first two by most (12.7 mm of noise: 8.4, 7.8, 7.7). */
const REALIGNMENTS = 2;

/**
 * Replace a pose by one that the prior knows.
 *
 * `weighted` minimises over coefficients c and a translation t
 *
 * ```text
 * sum_j w_j |x_j - (mean + sum_i c_i component_i)_j - t|^2 / noise^2  +  sum_i c_i^2 / deviation_i^2
 * ```
 *
 * with w_j the joint's confidence and deviation_i = singularValue_i / sqrt(poses - 1). With a prior of the `palm` frame
 * the whole is repeated in turn with aligning the pose and its fit.
 *
 * @param positions 63 numbers, metres, any frame; only read
 * @returns 63 new numbers in the same frame
 * @throws VoxhandError `PRIOR_INVALID` for positions that are not 63 finite numbers
 */
export function applyPosePrior(
  positions: ArrayLike<number>,
  prior: PosePrior,
  options: ApplyPosePriorOptions = {},
  evidence: PoseEvidence = {},
): Float64Array {
  const { method, blend, components, noise } = fullPriorOptions(options, prior);
  const { confidences, handedness = 'unknown' } = evidence;
  checkPositions(positions);
  const mirrored = isOtherHand(handedness, prior.handedness);
  const used = prior.components.slice(0, components);
  let local = toPriorFrame(positions, prior, { mirrored, weights: confidences });
  let fitted: Float64Array;
  if (method === 'project') {
    fitted = project(local.positions, prior, used);
  } else {
    const fitTo = weightedFit(prior, used, noise, confidences);
    fitted = fitTo(local.positions);
    // The five joints of the palm gave a first orientation; now all joints have a say in it.
    for (let turn = 0; turn < (prior.frame === 'palm' ? REALIGNMENTS : 0); turn++) {
      local = toPriorFrame(positions, prior, { mirrored, weights: confidences, target: fitted });
      fitted = fitTo(local.positions);
    }
  }
  const result = local.toSource(fitted);
  if (blend < 1) {
    for (let i = 0; i < POSE_LENGTH; i++) result[i] = positions[i] + blend * (result[i] - positions[i]);
  }
  return result;
}

function project(pose: Float64Array, prior: PosePrior, components: readonly Float64Array[]): Float64Array {
  const fitted = Float64Array.from(prior.mean);
  for (const component of components) {
    let coefficient = 0;
    for (let i = 0; i < POSE_LENGTH; i++) coefficient += component[i] * (pose[i] - prior.mean[i]);
    for (let i = 0; i < POSE_LENGTH; i++) fitted[i] += coefficient * component[i];
  }
  return fitted;
}

/**
 * The weighted fit for poses in the prior's frame. Its matrix depends on the weights only, so it is made once for all turns of a pose.
 *
 * Unknowns: one coefficient a component, in its deviations, then the translation, in TRANSLATION_DEVIATION.
 */
function weightedFit(
  prior: PosePrior,
  components: readonly Float64Array[],
  noise: number,
  confidences: ArrayLike<number> | undefined,
): (pose: Float64Array) => Float64Array {
  const k = components.length;
  const n = k + 3;
  const rows = new Float64Array(POSE_LENGTH * n);
  const weighted = new Float64Array(POSE_LENGTH * n);
  const normal = new Float64Array(n * n);
  const deviations = Float64Array.from(components, (_, i) => prior.singularValues[i] / Math.sqrt(prior.poses - 1));
  for (let i = 0; i < POSE_LENGTH; i++) {
    const row = rows.subarray(n * i, n * (i + 1));
    for (let c = 0; c < k; c++) row[c] = deviations[c] * components[c][i];
    row[k + (i % 3)] = TRANSLATION_DEVIATION;
    const weight = (confidences === undefined ? 1 : confidences[Math.floor(i / 3)]) / (noise * noise);
    if (!(weight > 0)) continue;
    for (let a = 0; a < n; a++) {
      const product = weight * row[a];
      if (product === 0) continue;
      weighted[n * i + a] = product;
      for (let b = 0; b <= a; b++) normal[a * n + b] += product * row[b];
    }
  }
  for (let a = 0; a < n; a++) normal[a * n + a] += 1; // the prior: every unknown is 0 give or take 1
  choleskyFactor(normal, n); // positive definite by that 1

  return (pose) => {
    const unknowns = new Float64Array(n);
    for (let i = 0; i < POSE_LENGTH; i++) {
      const residual = pose[i] - prior.mean[i];
      for (let a = 0; a < n; a++) unknowns[a] += weighted[n * i + a] * residual;
    }
    choleskyBack(normal, unknowns, n);
    const fitted = Float64Array.from(prior.mean);
    for (let i = 0; i < POSE_LENGTH; i++) {
      fitted[i] += TRANSLATION_DEVIATION * unknowns[k + (i % 3)];
      for (let c = 0; c < k; c++) fitted[i] += unknowns[c] * deviations[c] * components[c][i];
    }
    return fitted;
  };
}

function isOtherHand(hand: Handedness, prior: Handedness): boolean {
  return hand !== 'unknown' && prior !== 'unknown' && hand !== prior;
}

function checkPositions(positions: ArrayLike<number>): void {
  let found: string | undefined;
  if (positions.length !== POSE_LENGTH) found = `${positions.length} numbers`;
  for (let i = 0; found === undefined && i < POSE_LENGTH; i++) {
    if (!Number.isFinite(positions[i])) found = `${positions[i]} at ${i}`;
  }
  if (found === undefined) return;
  throw new VoxhandError('PRIOR_INVALID', 'not a pose', { expected: `${POSE_LENGTH} finite numbers`, found });
}
