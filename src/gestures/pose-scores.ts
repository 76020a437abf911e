import type { Vec3 } from '../geometry/index.js';
import { FINGER_NAMES } from '../hand/index.js';
import type { PoseFeatures } from './pose-features.js';

/** The poses that are known without teaching. */
export const POSE_GESTURES = [
  'open_palm',
  'fist',
  'point',
  'pinch',
  'pinch_middle',
  'grab',
  'thumbs_up',
  'thumbs_down',
  'victory',
  'ok',
  'one',
  'two',
  'three',
  'four',
  'five',
  'call',
] as const;
export type PoseGesture = (typeof POSE_GESTURES)[number];

/** One condition of a pose. */
interface Condition {
  /** How far it holds, 0 to 1. */
  readonly degree: (features: PoseFeatures, up: Vec3) => number;
  /** In words, with what was measured. */
  readonly words: (features: PoseFeatures, up: Vec3) => string;
}

/** How well a hand fits a pose. */
export interface PoseScore {
  /** 0 to 1: that of the condition that holds least. */
  readonly score: number;
  /** That condition in words. */
  readonly weakest: () => string;
}

/**
 * Scores of a pose: the degree of the condition that holds least (a fuzzy "and"). Each degree is linear between two limits, so that
 * noise moves a score and does not make it jump.
 *
 * @param up unit vector against gravity, in the frame of the joints: which way a thumb is up
 */
export function poseScore(pose: PoseGesture, features: PoseFeatures, up: Vec3): PoseScore {
  let best: PoseScore | undefined;
  for (const conditions of POSES[pose]) {
    let score = Number.POSITIVE_INFINITY;
    let weakest = conditions[0];
    for (const condition of conditions) {
      const degree = condition.degree(features, up);
      if (degree < score) [score, weakest] = [degree, condition];
    }
    if (best === undefined || score > best.score) best = { score, weakest: () => weakest.words(features, up) };
  }
  return best!;
}

/** 0 up to `from`, 1 from `to` on, linear in between; `from` may be the larger one. */
export function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}

/** Curls between which a finger turns from straight to not, and from not bent to bent. */
const STRAIGHT = { from: 0.34, to: 0.2 };
const BENT = { from: 0.38, to: 0.58 };

const mm = (length: number) => `${Math.round(1000 * length)} mm`;

function straight(finger: 1 | 2 | 3 | 4): Condition {
  return {
    degree: ({ curls }) => ramp(curls[finger], STRAIGHT.from, STRAIGHT.to),
    words: ({ curls }) => `${FINGER_NAMES[finger]} finger straight: curl ${curls[finger].toFixed(2)}`,
  };
}

function bent(finger: 1 | 2 | 3 | 4): Condition {
  return {
    degree: ({ curls }) => ramp(curls[finger], BENT.from, BENT.to),
    words: ({ curls }) => `${FINGER_NAMES[finger]} finger bent: curl ${curls[finger].toFixed(2)}`,
  };
}

/** Half by its bend, half by where its tip is: a thumb has few pixels and is measured worse than the fingers. */
const thumbOutDegree = ({ curls, thumbAcross }: PoseFeatures) =>
  (ramp(curls[0], 0.65, 0.35) + ramp(thumbAcross, 0.065, 0.092)) / 2;
const thumbWords = ({ curls, thumbAcross }: PoseFeatures) =>
  `curl ${curls[0].toFixed(2)}, tip ${mm(thumbAcross)} from the little finger's root`;
const thumbOut: Condition = {
  degree: thumbOutDegree,
  words: (features) => `thumb stands off: ${thumbWords(features)}`,
};
const thumbIn: Condition = {
  degree: (features) => 1 - thumbOutDegree(features),
  words: (features) => `thumb across the palm: ${thumbWords(features)}`,
};
const thumbNotFar: Condition = {
  degree: ({ thumbAcross }) => ramp(thumbAcross, 0.128, 0.105),
  words: (features) => `thumb at the hand: ${thumbWords(features)}`,
};
const thumbFar: Condition = {
  degree: ({ curls, thumbAcross }) => Math.min(ramp(curls[0], 0.6, 0.35), ramp(thumbAcross, 0.095, 0.12)),
  words: (features) => `thumb far from the hand: ${thumbWords(features)}`,
};

const pointsUp = ({ thumb }: PoseFeatures, up: Vec3) => thumb[0] * up[0] + thumb[1] * up[1] + thumb[2] * up[2];
const degrees = (cosine: number) => `${Math.round((Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI)}`;
const thumbUp: Condition = {
  degree: (features, up) => ramp(pointsUp(features, up), 0.5, 0.8),
  words: (features, up) => `thumb upright: ${degrees(pointsUp(features, up))} degrees from it`,
};
const thumbDown: Condition = {
  degree: (features, up) => ramp(-pointsUp(features, up), 0.5, 0.8),
  words: (features, up) => `thumb points down: ${degrees(-pointsUp(features, up))} degrees from it`,
};

const indexTouches: Condition = {
  degree: ({ indexPinch }) => ramp(indexPinch, 0.034, 0.018),
  words: ({ indexPinch }) => `tips of thumb and index finger together: ${mm(indexPinch)} apart`,
};
const indexAway: Condition = {
  degree: ({ indexPinch }) => ramp(indexPinch, 0.022, 0.036),
  words: ({ indexPinch }) => `index finger away from the thumb: ${mm(indexPinch)}`,
};
const middleTouches: Condition = {
  degree: ({ middlePinch }) => ramp(middlePinch, 0.034, 0.018),
  words: ({ middlePinch }) => `tips of thumb and middle finger together: ${mm(middlePinch)} apart`,
};
const middleAway: Condition = {
  degree: ({ middlePinch }) => ramp(middlePinch, 0.022, 0.036),
  words: ({ middlePinch }) => `middle finger away from the thumb: ${mm(middlePinch)}`,
};
/** In a fist, too, tips of thumb and fingers are near each other; in a pinch they are away from the palm. */
const indexFromPalm: Condition = {
  degree: ({ indexFromPalm: distance }) => ramp(distance, 0.055, 0.072),
  words: ({ indexFromPalm: distance }) => `index tip away from the palm: ${mm(distance)}`,
};
const middleFromPalm: Condition = {
  degree: ({ middleFromPalm: distance }) => ramp(distance, 0.055, 0.072),
  words: ({ middleFromPalm: distance }) => `middle tip away from the palm: ${mm(distance)}`,
};

const ALL_STRAIGHT = [straight(1), straight(2), straight(3), straight(4)];
const ALL_BENT = [bent(1), bent(2), bent(3), bent(4)];

/** Of each pose one or more lists of conditions; it is met where all of one list hold. */
const POSES: Readonly<Record<PoseGesture, readonly (readonly Condition[])[]>> = {
  open_palm: [[thumbOut, ...ALL_STRAIGHT]],
  fist: [[...ALL_BENT, thumbNotFar]],
  point: [[straight(1), bent(2), bent(3), bent(4)]],
  pinch: [[indexTouches, indexFromPalm, middleAway]],
  pinch_middle: [[middleTouches, middleFromPalm, indexAway]],
  grab: [ALL_BENT],
  thumbs_up: [[thumbUp, thumbFar, ...ALL_BENT]],
  thumbs_down: [[thumbDown, thumbFar, ...ALL_BENT]],
  victory: [[straight(1), straight(2), bent(3), bent(4), thumbIn]],
  ok: [[indexTouches, indexFromPalm, straight(2), straight(3), straight(4)]],
  one: [[straight(1), bent(2), bent(3), bent(4), thumbIn]],
  two: [[straight(1), straight(2), bent(3), bent(4), thumbIn]],
  three: [
    [straight(1), straight(2), straight(3), bent(4), thumbIn],
    [thumbOut, straight(1), straight(2), bent(3), bent(4)],
  ],
  four: [[...ALL_STRAIGHT, thumbIn]],
  five: [[thumbOut, ...ALL_STRAIGHT]],
  call: [[thumbFar, bent(1), bent(2), bent(3), straight(4)]],
};
