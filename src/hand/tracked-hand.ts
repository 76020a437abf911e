import type { Cube } from '../geometry/index.js';
import { type Handedness, type HandJoints, lostHand } from './hand-joints.js';

/** What is known of a hand, whether it is tracked at this moment or not. */
interface KnownHand {
  /** Stays with the hand while it is tracked. */
  readonly id: number;
  readonly handedness: Handedness;
  /** How likely `handedness` is right, 0 to 1; 1 where it is configured. Absent where nobody has judged it. */
  readonly handednessScore?: number;
  /** Whether `handedness` is another one than in the frame before: at most once in the life of an id. Absent where it is not. */
  readonly handednessChanged?: true;
  /**
   * The probability that this is a hand whose joints are right within 20 mm, 0 to 1; absent where no presence score was fitted for the
   * method of detection and the model, or where no joints were read.
   */
  readonly presence?: number;
  /** The cube that the network looked at, always in the optical frame of the camera. */
  readonly cube?: Cube;
}

/** Where the joints of a hand are in the depth image that they were read in. */
export interface HandInImage {
  /** Of the image, pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * 42 numbers: u, v of each joint, integers at pixel centres, of the image as it came (with its lens' distortion); NaN of a joint that
   * the image cannot show.
   */
  readonly pixels: Float64Array;
}

/**
 * How long and thick one person's hand is. Chains are ordered thumb, index, middle, ring, little; the palm frame is that of `hand.json`.
 */
export interface HandProportions {
  /** 15 numbers: x, y, z of the root of each chain in the palm frame, metres. */
  readonly roots: Float64Array;
  /** 15 numbers: the three bones of each chain from the palm outwards, metres. */
  readonly lengths: Float64Array;
  /** Factor on the described radii, and on what else of the surface has a size of its own. */
  readonly thickness: number;
}

/** The angles of a hand that a skeleton was fitted to. */
export interface HandAngles {
  /** 21 numbers, radians, in the order of `ANGLE_NAMES`; of a left hand those of its mirror image. */
  readonly positions: Float64Array;
  /** Radians per second; absent in the first frame. */
  readonly velocities?: Float64Array;
  /** The lengths with which these angles give the hand's joints. */
  readonly proportions: HandProportions;
}

/** A hand that is tracked at one moment. */
export interface TrackedHand extends KnownHand {
  /** 63 numbers: x, y, z of each joint in the order of `JOINT_NAMES`, metres, in the frame of the result. */
  readonly positions: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: Float32Array;
  /** Seconds since the hand of this id was tracked for the first time; a loss of more than a second begins anew. */
  readonly visibleSeconds?: number;
  /** With the fit of a skeleton (`kinematics.enabled`) where it is used. */
  readonly angles?: HandAngles;
  /** With the fit of a skeleton: why the joints are those of the network all the same. Stable, for counting. */
  readonly unfitted?: string;
  /** Absent where the camera is not known: after the cut of a pipeline that runs in two processes. */
  readonly image?: HandInImage;
}

/** A hand that the tracker knows or looks for, and does not have at this moment. */
export interface LostHand extends KnownHand {
  /** Why: `no-candidate`, `low-confidence`... Stable, for counting. */
  readonly reason: string;
}

/** What is still true of a tracked hand that is lost after all: nothing of its joints. */
export function asLost(hand: TrackedHand, reason: string): LostHand {
  const { positions, confidences, visibleSeconds, angles, unfitted, image, ...known } = hand;
  return { ...known, reason };
}

/**
 * All hands of one moment. A hand in neither list is not known to the tracker; a hand that was tracked is in `lost` at least once.
 *
 * The arrays belong to the result: a consumer may keep them, nobody writes to them afterwards.
 */
export interface HandsAtMoment {
  /** Of the depth frames, nanoseconds. */
  readonly stamp: bigint;
  /** Frame of the joints: a camera's optical frame (x right, y down, z forward), unless a target frame is configured. */
  readonly frameId: string;
  readonly hands: readonly TrackedHand[];
  readonly lost: readonly LostHand[];
  /** By how many frames a centred window delays this result; 0 for causal smoothing. */
  readonly lagFrames: number;
}

/** The hands of a moment as messages carry them: one for each tracked and each lost hand, in the order of their ids. */
export function jointsOfHands({ stamp, frameId, hands, lost, lagFrames }: HandsAtMoment): HandJoints[] {
  const tracked = hands.map(({ id, handedness, positions, confidences }): HandJoints => {
    return { stamp, frameId, handId: id, handedness, tracked: true, positions, confidences, lagFrames };
  });
  const others = lost.map(({ id, handedness }) => lostHand(stamp, frameId, handedness, id, lagFrames));
  return [...tracked, ...others].sort((a, b) => a.handId - b.handId);
}
