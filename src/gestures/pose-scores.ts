import { dot, type Vec3 } from '../geometry/index.js';
import { FINGER_NAMES, type PoseGesture } from '../hand/index.js';
import type { PoseFeatures } from './pose-features.js';

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
 * @param up unit vector against gravity, in the frame of the joints: which way a thumb is up; no other pose depends on it
 */
export function poseScore(pose: PoseGesture, features: PoseFeatures, up: Vec3 = [0, -1, 0]): PoseScore {
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
const BENT = { from: 0.45, to: 0.67 };

/** A length in words. */
export const mm = (length: number) => `${Math.round(1000 * length)} mm`;

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

/** How far all four fingers are straight, 0 to 1: an open or flat hand. */
export function openness({ curls }: PoseFeatures): number {
  return ramp(Math.max(curls[1], curls[2], curls[3], curls[4]), STRAIGHT.from, STRAIGHT.to);
}

/** Whether the index finger is straight and stands out from the other three. */
export function pointing({ curls }: PoseFeatures): boolean {
  return curls[1] < 0.36 && Math.min(curls[2], curls[3], curls[4]) > curls[1] + 0.2;
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
  degree: ({ thumbAcross }) => ramp(thumbAcross, 0.12, 0.095),
  words: (features) => `thumb at the hand: ${thumbWords(features)}`,
};
const thumbFar: Condition = {
  degree: ({ curls, thumbAcross }) => Math.min(ramp(curls[0], 0.6, 0.35), ramp(thumbAcross, 0.095, 0.12)),
  words: (features) => `thumb far from the hand: ${thumbWords(features)}`,
};

const pointsUp = ({ thumb }: PoseFeatures, up: Vec3) => dot(thumb, up);
const degrees = (cosine: number) => `${Math.round((Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI)}`;
const thumbUp: Condition = {
  degree: (features, up) => ramp(pointsUp(features, up), 0.5, 0.8),
  words: (features, up) => `thumb upright: ${degrees(pointsUp(features, up))} degrees from it`,
};
const thumbDown: Condition = {
  degree: (features, up) => ramp(-pointsUp(features, up), 0.5, 0.8),
  words: (features, up) => `thumb points down: ${degrees(-pointsUp(features, up))} degrees from it`,
};

/** Tips that touch are about 11 mm apart, since the joints lie in the middle of the fingers; a network says up to 23 mm. */
function touches(name: 'toIndex' | 'toMiddle', words: string): Condition {
  return {
    degree: (features) => ramp(Math.hypot(...features[name]), 0.036, 0.02),
    words: (features) => `tips of thumb and ${words} finger together: ${mm(Math.hypot(...features[name]))} apart`,
  };
}

/** A half closed hand has all tips together, about 30 and 35 mm from the thumb's; in a pinch the other finger stays away, by 60 mm or more. */
function away(name: 'toIndex' | 'toMiddle', words: string): Condition {
  return {
    degree: (features) => ramp(Math.hypot(...features[name]), 0.04, 0.06),
    words: (features) => `${words} finger away from the thumb: ${mm(Math.hypot(...features[name]))}`,
  };
}

/** In a fist, and where the other fingers are held in the palm by the thumb, tips of thumb and fingers are near each other, too. */
function notInPalm(finger: 1 | 2): Condition {
  return {
    degree: ({ curls }) => ramp(curls[finger], 0.85, 0.72),
    words: ({ curls }) => `${FINGER_NAMES[finger]} tip away from the palm: curl ${curls[finger].toFixed(2)}`,
  };
}

/** While a hand closes to point, the thumb meets the middle finger, too, but the ring finger is bent with it. */
const ringOpen: Condition = {
  degree: ({ curls }) => ramp(curls[3], 0.68, 0.52),
  words: ({ curls }) => `ring finger not bent: curl ${curls[3].toFixed(2)}`,
};

const ALL_STRAIGHT = [straight(1), straight(2), straight(3), straight(4)];
const ALL_BENT = [bent(1), bent(2), bent(3), bent(4)];

/** Of each pose one or more lists of conditions; it is met where all of one list hold. */
const POSES: Readonly<Record<PoseGesture, readonly (readonly Condition[])[]>> = {
  open_palm: [[thumbOut, ...ALL_STRAIGHT]],
  fist: [[...ALL_BENT, thumbNotFar]],
  point: [[straight(1), bent(2), bent(3), bent(4)]],
  pinch: [[touches('toIndex', 'index'), notInPalm(1), away('toMiddle', 'middle')]],
  pinch_middle: [[touches('toMiddle', 'middle'), notInPalm(2), ringOpen, away('toIndex', 'index')]],
  grab: [ALL_BENT],
  thumbs_up: [[thumbUp, thumbFar, ...ALL_BENT]],
  thumbs_down: [[thumbDown, thumbFar, ...ALL_BENT]],
  victory: [[straight(1), straight(2), bent(3), bent(4), thumbIn]],
  ok: [[touches('toIndex', 'index'), notInPalm(1), straight(2), straight(3), straight(4)]],
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
