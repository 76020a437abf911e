import { BONES, JOINT_COUNT } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';
import { logit, sigmoid } from './logistic.js';

/** What the presence score looks at, in the order of {@link presenceFeatures}. */
export const PRESENCE_FEATURES = [
  /** Mean of the joints' confidences. */
  'meanConfidence',
  /** Mean of the five lowest ones. */
  'lowConfidence',
  /** Log-odds of the camera half's confidence: of the second stage of detection, or of the geometric finder. */
  'evidence',
  /** How far the proportions of the bones are from a hand's: standard deviation of log(length / usual length). */
  'proportions',
  /** How far the hand's size is from an adult's: magnitude of the mean of the same. */
  'size',
  /** Speed of the joints' centre since the last frame, m/s; 0 in a hand's first frame. */
  'speed',
  /** Mean movement of the joints against their centre since the last frame, m/s; 0 in a hand's first frame. */
  'change',
  /** 1 in a hand's first frame, else 0. */
  'first',
] as const;

export type PresenceFeature = (typeof PRESENCE_FEATURES)[number];

/** A fitted presence score: see `scripts/fit-presence.mjs`. */
export interface PresenceWeights {
  readonly bias: number;
  /** Of each feature: its weight once it is brought to mean 0 and scale 1. */
  readonly features: Readonly<
    Record<PresenceFeature, { readonly weight: number; readonly mean: number; readonly scale: number }>
  >;
}

/** Weights of the presence score, and what they were fitted for and on. */
export interface FittedPresence {
  /** Of `detection.method`. */
  readonly method: 'learned' | 'geometric';
  /** Names of the models that see the joints: one network, however it is packaged. */
  readonly models: readonly string[];
  /** On which data, in words. */
  readonly on: string;
  readonly samples: number;
  readonly weights: PresenceWeights;
}

/** One hand as the network saw it, and what is known of it. */
export interface PresenceInput {
  /** Nanoseconds. */
  readonly stamp: bigint;
  /** 63 numbers, metres. */
  readonly positions: ArrayLike<number>;
  /** 21 numbers in [0, 1]. */
  readonly confidences: ArrayLike<number>;
  /** How sure the camera half was that this is a hand, 0 to 1. */
  readonly evidence: number;
}

/** Lengths of an adult's bones in the order of `BONES`, metres: the mean of the synthetic hands. */
const USUAL_LENGTHS = [
  0.0303, 0.0433, 0.0341, 0.0277, 0.0879, 0.0419, 0.0251, 0.023, 0.0878, 0.0468, 0.0299, 0.0239, 0.084, 0.0427, 0.0269,
  0.0233, 0.0797, 0.0341, 0.0196, 0.0207,
];
/** Nothing shorter is measured, metres; nothing faster either, m/s; evidence beyond says no more, log-odds. */
const SHORTEST = 0.001;
const FASTEST = 5;
const SUREST = 6;
const LOWEST = 5;
/** log(2): a child's bones are 0.6 times as long as an adult's, the longest 1.25 times. */
const LARGEST_SIZE = Math.LN2;

/**
 * The features of one frame's hand.
 *
 * @param before the same hand in the frame before, where there was one
 * @returns as many numbers as there are {@link PRESENCE_FEATURES}
 */
export function presenceFeatures(hand: PresenceInput, before: PresenceInput | undefined): Float64Array {
  const confidences = Float64Array.from(hand.confidences).sort();
  const ratios = BONES.map(([from, to], bone) =>
    Math.log(Math.max(SHORTEST, between(hand.positions, from, to)) / USUAL_LENGTHS[bone]),
  );
  const size = mean(ratios);
  const [speed, change] = before === undefined ? [0, 0] : movement(hand, before);
  return Float64Array.of(
    mean(confidences),
    mean(confidences.subarray(0, LOWEST)),
    Math.min(Math.max(logit(hand.evidence), -SUREST), SUREST),
    Math.sqrt(mean(ratios.map((ratio) => (ratio - size) ** 2))),
    Math.abs(size),
    speed,
    change,
    before === undefined ? 1 : 0,
  );
}

/**
 * The probability that this is a hand whose joints are right within 20 mm on average, 0 to 1; 0 for features that are no numbers, and for
 * what is half or twice as large as an adult's hand.
 */
export function presenceOf(features: ArrayLike<number>, { bias, features: fitted }: PresenceWeights): number {
  const sum = PRESENCE_FEATURES.reduce((total, name, k) => {
    const { weight, mean, scale } = fitted[name];
    return total + (weight * (features[k] - mean)) / scale;
  }, bias);
  const size = features[PRESENCE_FEATURES.indexOf('size')];
  return Number.isNaN(sum) || size > LARGEST_SIZE ? 0 : sigmoid(sum);
}

/** Speed of the joints' centre, and mean speed of the joints against it. */
function movement(hand: PresenceInput, before: PresenceInput): [number, number] {
  const elapsed = secondsBetween(before.stamp, hand.stamp);
  if (!(elapsed > 0)) return [0, 0];
  const moved = Float64Array.from(hand.positions, (c, i) => c - before.positions[i]);
  const centre = [0, 1, 2].map((axis) => mean(moved.filter((_, i) => i % 3 === axis)));
  const own = Array.from({ length: JOINT_COUNT }, (_, j) =>
    Math.hypot(moved[3 * j] - centre[0], moved[3 * j + 1] - centre[1], moved[3 * j + 2] - centre[2]),
  );
  const [x, y, z] = centre;
  return [Math.min(Math.hypot(x, y, z) / elapsed, FASTEST), Math.min(mean(own) / elapsed, FASTEST)];
}

function between(positions: ArrayLike<number>, a: number, b: number): number {
  return Math.hypot(...[0, 1, 2].map((axis) => positions[3 * a + axis] - positions[3 * b + axis]));
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
