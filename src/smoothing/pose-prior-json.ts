import { z } from 'zod';
import { VoxhandError } from '../errors/index.js';
import { SKELETON_NAME } from '../hand/index.js';
import { POSE_LENGTH, type PosePrior, PRIOR_FRAMES, PRIOR_ROOTS } from './pose-prior.js';

/** Longest file that is read: 64 MiB would be no prior of ours, and 4 MiB hold a hundred. */
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Components in a file may deviate by this from being orthonormal: rounding does, another mistake does more. */
const ORTHONORMAL_TOLERANCE = 1e-3;

const pose = z.array(z.number()).length(POSE_LENGTH);

const priorSchema = z
  .strictObject({
    frame: z.enum(PRIOR_FRAMES),
    root: z.enum(PRIOR_ROOTS),
    handedness: z.enum(['right', 'left', 'unknown']),
    poses: z.int().min(2),
    mean: pose,
    components: z.array(pose).min(1).max(POSE_LENGTH),
    singularValues: z.array(z.number().positive()),
    explainedVariance: z.array(z.number().min(0).max(1)),
  })
  .refine(({ components, singularValues }) => singularValues.length === components.length, {
    path: ['singularValues'],
    error: 'one number a component',
  })
  .refine(({ components, explainedVariance }) => explainedVariance.length === components.length, {
    path: ['explainedVariance'],
    error: 'one number a component',
  });

const fileSchema = z.strictObject({
  format: z.literal('voxhand-pose-prior'),
  version: z.literal(1),
  skeleton: z.literal(SKELETON_NAME),
  priors: z.array(priorSchema).min(1).max(16),
});

/**
 * Pose priors as the text of a file. Several may lie in one file, such as one per frame; the first is the one to use
 * unless another is asked for. Numbers are rounded: lengths to a micrometre, directions to 1e-5.
 */
export function posePriorsToJson(priors: readonly PosePrior[]): string {
  const file: z.input<typeof fileSchema> = {
    format: 'voxhand-pose-prior',
    version: 1,
    skeleton: SKELETON_NAME,
    priors: priors.map((prior) => ({
      frame: prior.frame,
      root: prior.root,
      handedness: prior.handedness,
      poses: prior.poses,
      mean: rounded(prior.mean, 6),
      components: prior.components.map((component) => rounded(component, 5)),
      singularValues: Array.from(prior.singularValues, (value) => Number(value.toPrecision(6))),
      explainedVariance: rounded(prior.explainedVariance, 6),
    })),
  };
  // A line for each array of numbers: small, and a change can be read in a diff.
  return `${JSON.stringify(file, null, 1).replace(/\[[\d\s.,e+-]*\]/g, (numbers) => numbers.replace(/\s+/g, ''))}\n`;
}

/**
 * Pose priors from the text of a file, or from its parsed JSON, in the order of the file. Components are made
 * orthonormal again to the last digit.
 *
 * @throws VoxhandError `PRIOR_INVALID` with the place in the file
 */
export function posePriorsFromJson(json: unknown): PosePrior[] {
  const result = fileSchema.safeParse(typeof json === 'string' ? parse(json) : json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new VoxhandError('PRIOR_INVALID', issue.message, { where: `pose prior ${issue.path.join('.')}`.trim() });
  }
  return result.data.priors.map((prior, index) => ({
    ...prior,
    mean: Float64Array.from(prior.mean),
    components: orthonormal(prior.components, `pose prior priors.${index}.components`),
    singularValues: Float64Array.from(prior.singularValues),
    explainedVariance: Float64Array.from(prior.explainedVariance),
  }));
}

function parse(text: string): unknown {
  if (text.length > MAX_CHARACTERS) {
    throw new VoxhandError('PRIOR_INVALID', 'pose prior is too long', {
      expected: `at most ${MAX_CHARACTERS} characters`,
      found: `${text.length}`,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VoxhandError('PRIOR_INVALID', 'pose prior is not JSON', { cause });
  }
}

/** Modified Gram-Schmidt, which also notices components that were never orthonormal. */
function orthonormal(rows: readonly number[][], where: string): Float64Array[] {
  const done: Float64Array[] = [];
  rows.forEach((row, index) => {
    const vector = Float64Array.from(row);
    for (const other of done) subtractMultiple(vector, other, dot(vector, other), `${where}.${index}`);
    const length = Math.sqrt(dot(vector, vector));
    if (Math.abs(length - 1) > ORTHONORMAL_TOLERANCE) throw notOrthonormal(`${where}.${index}`, `length ${length}`);
    done.push(vector.map((value) => value / length));
  });
  return done;
}

function subtractMultiple(vector: Float64Array, other: Float64Array, factor: number, where: string): void {
  if (Math.abs(factor) > ORTHONORMAL_TOLERANCE) throw notOrthonormal(where, `a product of ${factor} with another`);
  for (let i = 0; i < vector.length; i++) vector[i] -= factor * other[i];
}

function notOrthonormal(where: string, found: string): VoxhandError {
  return new VoxhandError('PRIOR_INVALID', 'components are not orthonormal', {
    expected: 'unit vectors at right angles',
    found,
    where,
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function rounded(values: Float64Array, digits: number): number[] {
  return Array.from(values, (value) => Number(value.toFixed(digits)));
}
