import type { DepthFrame } from '../depth/index.js';
import type { Vec3 } from '../geometry/index.js';
import type { TriedPlaces } from './tried-places.js';
import type { HandVerdict } from './verdict.js';

/** What a detector sees in one frame. */
export interface Detection {
  /** The surest first. */
  readonly hands: readonly HandCandidate[];
  /** Whether the frame has any depth at all. */
  readonly depth: boolean;
}

/** First stage: finds the hands in a whole frame, wherever its network runs. */
export interface Detector {
  /**
   * Must not keep the frame. One call at a time.
   *
   * @param scale what depth is multiplied by, where its unit is in doubt; 1 by default
   * @param tried places that may be left alone, which learns of further ones; without it all of the frame is looked at
   */
  detect(frame: DepthFrame, scale?: number, tried?: TriedPlaces): Promise<Detection>;
}

/** Where a hand may be, and how it is turned. Metres, optical frame. */
export interface Place {
  /** The root of the middle finger. */
  readonly root: Vec3;
  /** Direction from the wrist to the middle root in the image plane, a unit vector; undefined where nobody knows. */
  readonly direction: readonly [number, number] | undefined;
}

/** A place, and the detector's score of it at its last look. */
export interface ScoredPlace extends Place {
  /** 0 to 1. */
  readonly score: number;
}

/** Second stage: looks closely at one place. */
export interface Verifier {
  /** Must not keep the frame. One call at a time. */
  verify(frame: DepthFrame, place: ScoredPlace): Promise<HandVerdict>;
}

/** Both stages. */
export interface DetectionStages {
  readonly detector: Detector;
  readonly verifier: Verifier;
}

/** The second stage where there is no network for it: takes the detector's word, and cannot tell a left from a right hand. */
export const TRUST_THE_DETECTOR: Verifier = {
  async verify(_frame, { score, root, direction }) {
    return { hand: score, left: 0, root, direction };
  },
};

/** A hand as the detector sees it: rough, and to be looked at more closely. Metres, optical frame. */
export interface HandCandidate {
  /** How sure the detector is that this is a hand, 0 to 1. */
  readonly score: number;
  /** The root of the middle finger. */
  readonly root: Vec3;
  /** Centre of mass of the visible hand, without forearm and object. */
  readonly mass: Vec3;
  /** Direction from the wrist to the middle finger's root in the image plane, a unit vector (x right, y down). */
  readonly direction: readonly [number, number];
  /** Distance from the wrist to the middle finger's root over 0.09 m. */
  readonly size: number;
  /** Log-odds of a left hand; weak. */
  readonly left: number;
}
