import { type HandJoints, lostHand } from '../../src/hand/hand-joints.js';
import { JOINT_COUNT } from '../../src/hand/skeleton.js';

/** Nanoseconds of a frame at 30 Hz. */
export const FRAME = 33_333_333n;

/** A hand 0.5 m in front of the camera, fingers up: metres. */
export const OPEN_HAND = Float64Array.from({ length: 3 * JOINT_COUNT }, (_, i) => {
  const joint = Math.floor(i / 3);
  const finger = Math.floor((joint - 1) / 4);
  const along = (joint - 1) % 4;
  if (joint === 0) return [0, 0, 0.5][i % 3];
  return [0.02 * (finger - 2), -0.06 - 0.03 * along, 0.5][i % 3];
});

export interface HandAt {
  /** Number of the frame, which gives the stamp. */
  readonly frame: number;
  /** Added to every joint's x, metres. */
  readonly x?: number;
  readonly confidence?: number;
  readonly change?: (positions: Float64Array) => void;
  readonly more?: Partial<HandJoints>;
}

/** The open hand at a frame, moved along x. */
export function handAt({ frame, x = 0, confidence = 1, change = () => {}, more = {} }: HandAt): HandJoints {
  const positions = OPEN_HAND.map((value, i) => (i % 3 === 0 ? value + x : value));
  change(positions);
  return {
    stamp: BigInt(frame) * FRAME,
    frameId: 'camera',
    handId: 0,
    handedness: 'right',
    tracked: true,
    positions,
    confidences: new Float32Array(JOINT_COUNT).fill(confidence),
    lagFrames: 0,
    ...more,
  };
}

/** No hand at a frame. */
export function lostAt(frame: number): HandJoints {
  return lostHand(BigInt(frame) * FRAME, 'camera', 'right');
}

/** By how much a hand is moved along x, metres; undefined for a lost one. */
export function xOf(hand: HandJoints): number | undefined {
  return hand.tracked ? hand.positions[0] - OPEN_HAND[0] : undefined;
}
