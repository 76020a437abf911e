import type { Vec3 } from '../geometry/index.js';
import { FINGER_ROOTS, INDEX_TIP, MIDDLE_TIP, type PoseGesture, THUMB_TIP } from '../hand/index.js';
import { type GestureHand, jointOf, middle, NOWHERE, towards } from './gesture-hand.js';
import type { PoseSettings } from './gesture-profile.js';
import { type Emit, GestureTrack, type Recogniser } from './gesture-track.js';
import { Hysteresis } from './hysteresis.js';
import { type PoseScore, poseScore } from './pose-scores.js';

/**
 * A pose that is held: BEGIN once its score has been `enter` or more for `hold` seconds, END once it has
 * been below `leave` for `release` seconds. A hand whose side is doubted holds no pose. While a finger is read where its neighbour is, no pose
 * begins, and for `MISREAD` seconds none ends.
 */
export class PoseRecogniser implements Recogniser {
  readonly #track: GestureTrack;
  readonly #score: (hand: GestureHand) => PoseScore;
  readonly #place: (hand: GestureHand) => { position: Vec3; direction: Vec3 };
  readonly #held: Hysteresis;

  constructor(
    gesture: string,
    score: (hand: GestureHand) => PoseScore,
    settings: PoseSettings,
    emit: Emit,
    place: (hand: GestureHand) => { position: Vec3; direction: Vec3 } = atPalm,
  ) {
    this.#track = new GestureTrack(gesture, emit);
    this.#score = score;
    this.#place = place;
    this.#held = new Hysteresis(settings);
  }

  step(hand: GestureHand): void {
    const misread = hand.misreadSince === undefined ? undefined : hand.time - hand.misreadSince;
    const doubt = hand.sideDoubted ? SIDE_DOUBTED : this.#doubtOf(misread);
    const { score, weakest } = doubt ?? this.#score(hand);
    const waits = doubt === undefined && misread !== undefined;
    const state = waits || this.#held.step(score, hand.time);
    if (!state && !this.#track.active) return;
    const place = { confidence: score, ...this.#place(hand) };
    if (!state) this.#track.end(hand, { ...place, reason: `no longer ${weakest()}` });
    else if (this.#track.active) this.#track.update(hand, { ...place, reason: 'held' });
    else
      this.#track.begin(hand, {
        ...place,
        reason: `held for ${this.#held.heldFor(hand.time).toFixed(2)} s; ${weakest()}`,
      });
  }

  #doubtOf(misread: number | undefined): PoseScore | undefined {
    if (misread === undefined || (this.#track.active && misread <= MISREAD)) return undefined;
    return FINGERS_MISREAD;
  }

  cancel(stamp: bigint, reason: string): void {
    this.#track.cancel(stamp, reason);
    this.#held.reset();
  }
}

/** Longest time for which a pose goes on while a finger is read where its neighbour is, seconds: networks are wrong for so long now and then. */
const MISREAD = 0.5;
const SIDE_DOUBTED: PoseScore = { score: 0, weakest: () => 'sure of its side' };
const FINGERS_MISREAD: PoseScore = {
  score: 0,
  weakest: () => 'sure of its fingers: two of them are read in one place',
};

/** The recogniser of a pose that is known without teaching. */
export function knownPose(pose: PoseGesture, settings: PoseSettings, up: Vec3, emit: Emit): PoseRecogniser {
  return new PoseRecogniser(pose, ({ features }) => poseScore(pose, features, up), settings, emit, PLACES[pose]);
}

function atPalm({ described }: GestureHand) {
  return { position: described.palmPosition, direction: described.palmNormal };
}

const alongThumb = (hand: GestureHand) => ({
  position: hand.described.palmPosition,
  direction: hand.features.thumb,
});

const INDEX_ROOT = FINGER_ROOTS[1];

const alongIndex = (hand: GestureHand) => ({
  position: jointOf(hand, INDEX_TIP),
  direction: towards(jointOf(hand, INDEX_ROOT), jointOf(hand, INDEX_TIP)),
});

const betweenTips = (finger: number) => (hand: GestureHand) => ({
  position: middle(jointOf(hand, THUMB_TIP), jointOf(hand, finger)),
  direction: NOWHERE,
});

/** Where a pose acts, if it is not the palm. */
const PLACES: Partial<Record<PoseGesture, (hand: GestureHand) => { position: Vec3; direction: Vec3 }>> = {
  point: alongIndex,
  one: alongIndex,
  pinch: betweenTips(INDEX_TIP),
  ok: betweenTips(INDEX_TIP),
  pinch_middle: betweenTips(MIDDLE_TIP),
  thumbs_up: alongThumb,
  thumbs_down: alongThumb,
};
