import { z } from 'zod';
import { VoxhandError } from '../errors/index.js';
import { fixed, parseSettings } from '../errors/setting.js';
import { cross, dot, type Vec3 } from '../geometry/index.js';
import { FINGER_JOINTS, FINGERTIPS, type HandToDescribe, ROOT_OF_MIDDLE, THUMB_TIP, WRIST } from '../hand/index.js';
import type { PoseScore } from './pose-scores.js';

/** Numbers that a template is made of, see `poseVector`. */
const FEATURE_COUNT = 19;

/** Names in a profile: of poses, surfaces, zones. */
export const nameSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, _ and -');

const numbers = z.array(z.number()).length(FEATURE_COUNT);

/**
 * A pose that was taught: mean and standard deviation of its features over the samples, and the distance from which on a hand is something else.
 * Plain data, to be kept in a file.
 */
export const taughtPoseSchema = z.strictObject({
  name: fixed('Its name in events.', nameSchema),
  mean: fixed('Of each feature over the samples; 10 angles and 9 distances.', numbers),
  deviation: fixed('Standard deviation of each.', z.array(z.number().positive()).length(FEATURE_COUNT)),
  threshold: fixed('A hand at this distance is rejected.', z.number().positive().max(100)),
  samples: fixed('So many hands it was taught from.', z.int().positive()),
});
export type TaughtPose = z.output<typeof taughtPoseSchema>;

/** Fewer samples than this say nothing about how a pose varies. */
const FEWEST_SAMPLES = 10;
/**
 * No feature is known better than this (radians; hand sizes for places): the same person holds a pose a little differently the next time, and a tracker errs
 * by some millimetres.
 */
const LEAST_DEVIATION = 0.15;
/** A threshold is at least this, in standard deviations of all features together (rms), and `MORE` times the worst of the samples. */
const LEAST_THRESHOLD = 1.6;
const MORE = 1.3;

/**
 * Features of a hand that do not depend on its size, side, place and attitude: how far each finger is bent at its root and beyond it (10 angles,
 * radians), the distance of each tip from the wrist (5) and of the thumb's tip from the others (4), as shares of the palm's length.
 *
 * @returns `FEATURE_COUNT` numbers
 */
function poseVector({ positions: p }: HandToDescribe): Float64Array {
  const into = new Float64Array(FEATURE_COUNT);
  const bone = (from: number, to: number): Vec3 => [
    p[3 * to] - p[3 * from],
    p[3 * to + 1] - p[3 * from + 1],
    p[3 * to + 2] - p[3 * from + 2],
  ];
  const angle = (a: Vec3, b: Vec3) => Math.atan2(Math.hypot(...cross(a, b)), dot(a, b));
  let at = 0;
  // the last bone alone is short, and measured badly: the two beyond the middle joint are taken together
  for (const [finger, [root, next]] of FINGER_JOINTS.entries()) {
    into[at++] = angle(bone(WRIST, root), bone(root, next));
    into[at++] = angle(bone(root, next), bone(next, FINGERTIPS[finger]));
  }
  const size = Math.max(1e-3, Math.hypot(...bone(WRIST, ROOT_OF_MIDDLE)));
  for (const tip of FINGERTIPS) into[at++] = Math.hypot(...bone(tip, WRIST)) / size;
  for (const tip of FINGERTIPS.slice(1)) into[at++] = Math.hypot(...bone(THUMB_TIP, tip)) / size;
  return into;
}

/**
 * Learn a pose from samples of hands that show it, of either side.
 *
 * @throws VoxhandError `CONFIG_INVALID` where there are too few samples, or the name is not one of a pose
 */
export function teachPose(name: string, samples: readonly HandToDescribe[]): TaughtPose {
  if (samples.length < FEWEST_SAMPLES) {
    const expected = `at least ${FEWEST_SAMPLES} samples of a hand`;
    throw new VoxhandError('CONFIG_INVALID', `too little to learn pose ${name} from`, {
      expected,
      found: `${samples.length}`,
    });
  }
  const vectors = samples.map((sample) => poseVector(sample));
  const mean = new Array<number>(FEATURE_COUNT).fill(0);
  for (const vector of vectors) for (let i = 0; i < FEATURE_COUNT; i++) mean[i] += vector[i] / vectors.length;
  const deviation = mean.map((middle, i) =>
    Math.hypot(
      LEAST_DEVIATION,
      Math.sqrt(vectors.reduce((sum, vector) => sum + (vector[i] - middle) ** 2, 0) / vectors.length),
    ),
  );
  const distances = vectors.map((vector) => distanceOf(vector, mean, deviation)).sort((a, b) => a - b);
  const worst = distances[Math.floor(0.95 * (distances.length - 1))];
  const pose = { name, mean, deviation, threshold: Math.max(LEAST_THRESHOLD, MORE * worst), samples: samples.length };
  return parseSettings(taughtPoseSchema, pose, 'the pose that is taught');
}

/** Root mean square of the features' distances from the template, in standard deviations. */
function distanceOf(vector: ArrayLike<number>, mean: readonly number[], deviation: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < FEATURE_COUNT; i++) sum += ((vector[i] - mean[i]) / deviation[i]) ** 2;
  return Math.sqrt(sum / FEATURE_COUNT);
}

/** 1 at the template itself, 0.6 (where a pose begins by default) at the threshold, and on in a straight line. */
export function taughtScore({ mean, deviation, threshold }: TaughtPose, hand: HandToDescribe): PoseScore {
  const away = distanceOf(poseVector(hand), mean, deviation);
  return {
    score: Math.max(0, 1 - (0.4 * away) / threshold),
    weakest: () => `distance ${away.toFixed(2)} from the template, rejected from ${threshold.toFixed(2)}`,
  };
}
