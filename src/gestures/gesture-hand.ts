import { subtract, type Vec3 } from '../geometry/index.js';
import {
  type DescribedHand,
  type Handedness,
  type HandToDescribe,
  INDEX_TIP,
  meanConfidence,
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
  const pointedAt = pointing(features) ? time : (previous?.pointedAt ?? Number.NEGATIVE_INFINITY);
  return {
    id,
    handedness,
    positions,
    presence,
    sideDoubted: handednessScore < 0.5,
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
