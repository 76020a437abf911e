import { subtract, type Vec3 } from '../geometry/index.js';
import {
  type DescribedHand,
  FINGER_ROOTS,
  type Handedness,
  type HandToDescribe,
  INDEX_TIP,
  meanConfidence,
  PALM_LENGTH,
  POSITION_COUNT,
  THUMB_TIP,
  type TrackedHand,
} from '../hand/index.js';
import type { GestureProfile } from './gesture-profile.js';
import { type PoseFeatures, poseFeatures } from './pose-features.js';
import { pointing } from './pose-scores.js';

/** A tracked hand at one moment, as recognisers see it. */
export interface GestureHand extends HandToDescribe {
  readonly id: number;
  readonly handedness: Handedness;
  readonly positions: Float64Array;
  /** Mean confidence of the joints, 0 to 1. */
  readonly confidence: number;
  /** 0 to 1; 1 where the tracker has no presence score. */
  readonly presence: number;
  /** Whether the tracker holds it to be of the other side by now: its joints were read as those of the wrong hand. */
  readonly sideDoubted: boolean;
  /** Since when, as `time`, a finger has been read where its neighbour is; undefined where none is, or was within the last `OUTLIER` seconds. */
  readonly misreadSince: number | undefined;
  /** When one last was. */
  readonly misreadAt: number;
  readonly described: DescribedHand;
  /** Low-passed over the last frames, and those of this moment alone. */
  readonly features: PoseFeatures;
  readonly sharpFeatures: PoseFeatures;
  /** Whether the index finger is straight and stands out from the other three; still true for `OUTLIER` seconds after that. */
  readonly points: boolean;
  /** When the finger last did, as `time`. */
  readonly pointedAt: number;
  readonly frameId: string;
  /** Nanoseconds. */
  readonly stamp: bigint;
  /** The stamp as seconds since a moment that the engine has chosen. */
  readonly time: number;
}

/** Why a hand must be treated as lost; undefined where it need not. */
export function whyUnusable(hand: TrackedHand, { minPresence, minConfidence }: GestureProfile): string | undefined {
  if (hand.positions.length !== POSITION_COUNT || !hand.positions.every(Number.isFinite))
    return 'joints that are no numbers';
  if (hand.presence !== undefined && !(hand.presence >= minPresence)) {
    return `presence ${hand.presence.toFixed(2)} is below ${minPresence}`;
  }
  const confidence = meanConfidence(hand);
  return confidence < minConfidence ? `confidence ${confidence.toFixed(2)} is below ${minConfidence}` : undefined;
}

/** What a hand does not show in a frame or two, it has not given up: networks are wrong now and then, seconds. */
export const OUTLIER = 0.07;

/**
 * Joints of two neighbouring fingers that are nearer to each other than this on average, metres of a hand of `PALM_LENGTH`, may lie in one finger: those of
 * fingers side by side are 20 mm apart. And they do where one finger has less than this share of the confidence of the other. Not where
 * both are bent (curls from this on): those come nearer to each other, one often hides the other, and to a pose it is all the same which is which.
 */
const ONE_FINGER = 0.018;
const LESS_SURE = 0.75;
const BOTH_BENT = 0.6;

/** Whether a finger is read where its neighbour is: a network has taken one for the other. */
function misread({ positions: p, confidences }: TrackedHand, { palmLength, curls }: DescribedHand): boolean {
  const [, ...roots] = FINGER_ROOTS;
  const sums = roots.map((root) => confidences[root + 1] + confidences[root + 2] + confidences[root + 3]);
  return roots.slice(1).some((root, i) => {
    const before = roots[i];
    if (Math.min(curls[i + 1], curls[i + 2]) >= BOTH_BENT) return false;
    if (Math.min(sums[i], sums[i + 1]) >= LESS_SURE * Math.max(sums[i], sums[i + 1])) return false;
    let apart = 0;
    for (const k of [1, 2, 3]) {
      const [a, b] = [3 * (before + k), 3 * (root + k)];
      apart += Math.hypot(p[a] - p[b], p[a + 1] - p[b + 1], p[a + 2] - p[b + 2]);
    }
    return apart / 3 < (ONE_FINGER * palmLength) / PALM_LENGTH;
  });
}

/** @param previous the same hand before */
export function gestureHand(
  hand: TrackedHand,
  described: DescribedHand,
  frameId: string,
  time: number,
  previous?: GestureHand,
): GestureHand {
  const { id, handedness, handednessScore = 1, positions, presence = 1 } = hand;
  const features = poseFeatures(hand, described, previous?.features, previous === undefined ? 0 : time - previous.time);
  const misreadAt = misread(hand, described) ? time : (previous?.misreadAt ?? Number.NEGATIVE_INFINITY);
  const pointedAt = pointing(features) ? time : (previous?.pointedAt ?? Number.NEGATIVE_INFINITY);
  return {
    id,
    handedness,
    positions,
    presence,
    sideDoubted: handednessScore < 0.5,
    misreadSince: time - misreadAt < OUTLIER ? (previous?.misreadSince ?? time) : undefined,
    misreadAt,
    confidence: meanConfidence(hand),
    described,
    features,
    sharpFeatures: poseFeatures(hand, described),
    points: time - pointedAt < OUTLIER,
    pointedAt,
    frameId,
    stamp: described.stamp,
    time,
  };
}

/** A joint by its index. */
export function jointOf({ positions: p }: Pick<GestureHand, 'positions'>, joint: number): Vec3 {
  return [p[3 * joint], p[3 * joint + 1], p[3 * joint + 2]];
}

export function middle(a: Vec3, b: Vec3): Vec3 {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}

/** The point between the tips of thumb and index finger. */
export function pinchOf(hand: Pick<GestureHand, 'positions'>): Vec3 {
  return middle(jointOf(hand, THUMB_TIP), jointOf(hand, INDEX_TIP));
}

/** The unit vector from one point to another; zeros where they are the same. */
export function towards(from: Vec3, to: Vec3): Vec3 {
  const way = subtract(to, from);
  const length = Math.hypot(...way);
  return length > 1e-9 ? [way[0] / length, way[1] / length, way[2] / length] : NOWHERE;
}

export const NOWHERE: Vec3 = [0, 0, 0];
