import { VoxhandError } from '../errors/index.js';
import { type Handedness, JOINT_COUNT, PALM_JOINTS } from '../hand/index.js';

/** A hand as one camera of a rig sees it. */
export interface ViewedHand {
  readonly camera: string;
  /** Among the hands of this camera. */
  readonly id: number;
  readonly handedness: Handedness;
  readonly handednessScore?: number | undefined;
  /** The probability that the joints are right, 0 to 1; 1 where nobody says it. */
  readonly presence?: number | undefined;
  /** 63 numbers, metres, in the rig's frame, at the moment that all cameras are brought to. */
  readonly positions: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: Float32Array;
}

/** Mean distance between the palms of two hands, metres. */
export function palmDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (const j of PALM_JOINTS) {
    sum += Math.hypot(a[3 * j] - b[3 * j], a[3 * j + 1] - b[3 * j + 1], a[3 * j + 2] - b[3 * j + 2]);
  }
  return sum / PALM_JOINTS.length;
}

/** A left and a right hand are taken for one only where they are nearer to each other than two hands can be. */
const OTHER_SIDE = 3;
/** Hands that were one in the moment before stay one a little farther apart. */
const TOGETHER = 0.7;

/**
 * Which hands of several cameras are one hand: the nearest pairs of palms first, never two of one camera, none farther apart than `radius`.
 * Hands of different sides must be three times as near.
 *
 * @param together whether two were one hand in the moment before: they stay so at 1.4 times the distance
 * @returns groups in the order of their first hands; a hand that one camera alone sees is a group of its own
 */
export function associateHands(
  hands: readonly ViewedHand[],
  radius: number,
  together: (a: ViewedHand, b: ViewedHand) => boolean = () => false,
): ViewedHand[][] {
  const pairs: { readonly a: number; readonly b: number; readonly distance: number }[] = [];
  for (let b = 0; b < hands.length; b++) {
    for (let a = 0; a < b; a++) {
      if (hands[a].camera === hands[b].camera) continue;
      const share = (areOpposite(hands[a], hands[b]) ? OTHER_SIDE : 1) * (together(hands[a], hands[b]) ? TOGETHER : 1);
      const distance = share * palmDistance(hands[a].positions, hands[b].positions);
      if (distance <= radius) pairs.push({ a, b, distance });
    }
  }
  pairs.sort((one, other) => one.distance - other.distance || one.a - other.a || one.b - other.b);
  const groupOf = hands.map((_, i) => i);
  for (const { a, b } of pairs) {
    const [to, from] = [groupOf[a], groupOf[b]];
    if (to === from) continue;
    const members = hands.filter((_, i) => groupOf[i] === to || groupOf[i] === from);
    if (new Set(members.map(({ camera }) => camera)).size < members.length) continue;
    const first = Math.min(to, from);
    for (let i = 0; i < groupOf.length; i++) if (groupOf[i] === to || groupOf[i] === from) groupOf[i] = first;
  }
  return [...new Set(groupOf)].map((group) => hands.filter((_, i) => groupOf[i] === group));
}

function areOpposite(a: ViewedHand, b: ViewedHand): boolean {
  return a.handedness !== b.handedness && a.handedness !== 'unknown' && b.handedness !== 'unknown';
}

/** One hand of several views. */
export interface FusedJoints {
  readonly positions: Float64Array;
  readonly confidences: Float32Array;
}

/**
 * What a joint of a confidence is off by, metres: the mean error of the model `compact` on synthetic hands that hold things and are seen from
 * two sides, by its confidence.
 */
const ERROR_OF_CONFIDENCE: readonly (readonly [confidence: number, error: number])[] = [
  [0.2, 0.025],
  [0.3, 0.0225],
  [0.4, 0.02],
  [0.5, 0.0145],
  [0.6, 0.0095],
  [0.7, 0.006],
  [0.8, 0.005],
];
/** However little a view is believed, it counts for this. */
const LEAST_PRESENCE = 0.05;

/** The error that a joint of this confidence is expected to have, metres. */
export function expectedError(confidence: number): number {
  const table = ERROR_OF_CONFIDENCE;
  const at = table.findIndex(([value]) => confidence < value);
  if (at === 0) return table[0][1];
  if (at < 0) return table[table.length - 1][1];
  const [[low, more], [high, less]] = [table[at - 1], table[at]];
  return more + ((confidence - low) / (high - low)) * (less - more);
}

/**
 * The joints of one hand that several cameras see: of each joint the mean, weighted by the inverse square of the error that its confidence lets
 * expect, and by the presence of the view's hand. The confidence is the mean with the same weights.
 *
 * @param views at least one, in one frame; only read
 * @throws VoxhandError `USAGE` for none
 */
export function fuseJoints(views: readonly ViewedHand[]): FusedJoints {
  if (views.length === 0) {
    throw new VoxhandError('USAGE', 'no views of a hand to fuse', { expected: 'one or more', found: 'none' });
  }
  if (views.length === 1) return { positions: views[0].positions.slice(), confidences: views[0].confidences.slice() };
  const positions = new Float64Array(3 * JOINT_COUNT);
  const confidences = new Float32Array(JOINT_COUNT);
  for (let j = 0; j < JOINT_COUNT; j++) {
    const weights = views.map(({ confidences: c, presence = 1 }) => {
      return Math.max(presence, LEAST_PRESENCE) / expectedError(c[j]) ** 2;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [k, view] of views.entries()) {
      const share = weights[k] / total;
      for (let axis = 0; axis < 3; axis++) positions[3 * j + axis] += share * view.positions[3 * j + axis];
      confidences[j] += share * view.confidences[j];
    }
  }
  return { positions, confidences };
}

/** Log-odds of an overconfident score end here. */
const SUREST = 0.999;

/** The side of a hand that several cameras see, and how likely it is: their scores as independent evidence. */
export function fuseSides(views: readonly ViewedHand[]): { handedness: Handedness; handednessScore?: number } {
  let left = 0;
  let scored = false;
  for (const { handedness, handednessScore } of views) {
    if (handedness === 'unknown') continue;
    scored ||= handednessScore !== undefined;
    const score = Math.min(SUREST, Math.max(1 - SUREST, handednessScore ?? 0.6));
    left += (handedness === 'left' ? 1 : -1) * Math.log(score / (1 - score));
  }
  if (left === 0) return { handedness: views[0]?.handedness ?? 'unknown' };
  const handedness = left > 0 ? 'left' : 'right';
  return { handedness, ...(scored && { handednessScore: 1 / (1 + Math.exp(-Math.abs(left))) }) };
}

/** Positions moved on by a velocity, metres per second, for so many seconds; a new array. */
export function movedBy(
  positions: Float64Array,
  velocity: readonly [number, number, number],
  seconds: number,
): Float64Array {
  return positions.map((value, i) => value + velocity[i % 3] * seconds);
}
