/** Which hand a result is about. */
export type Handedness = 'right' | 'left' | 'unknown';

/**
 * The joints of one hand at one moment.
 *
 * Positions are metres in the frame named `frameId` (a camera's optical frame: x right, y down, z forward, unless a
 * target frame was configured), 21 times x, y, z in the order of `JOINT_NAMES`.
 *
 * The loss of a hand is explicit: `tracked` is false and `positions` and `confidences` are empty. Old joints are
 * never carried along.
 *
 * The arrays belong to the result: a consumer may keep them, nobody writes to them afterwards.
 */
export interface HandJoints {
  /** Stamp of the depth frame that this result is about, nanoseconds. */
  readonly stamp: bigint;
  readonly frameId: string;
  /** Stable while the hand is tracked; a hand that was lost and found again keeps it in a single-hand tracker. */
  readonly handId: number;
  readonly handedness: Handedness;
  readonly tracked: boolean;
  /** 63 numbers (metres), or 0 of them when not tracked. */
  readonly positions: Float64Array;
  /** 21 numbers in [0, 1], or 0 of them when not tracked. */
  readonly confidences: Float32Array;
  /** By how many frames a centred window delays this result; 0 for causal smoothing. */
  readonly lagFrames: number;
}

/** A result without a hand. */
export function lostHand(
  stamp: bigint,
  frameId: string,
  handedness: Handedness = 'unknown',
  handId = 0,
  lagFrames = 0,
): HandJoints {
  return {
    stamp,
    frameId,
    handId,
    handedness,
    tracked: false,
    positions: new Float64Array(0),
    confidences: new Float32Array(0),
    lagFrames,
  };
}

/** Mean of a hand's confidences, in [0, 1]; 0 for a hand that is not tracked. */
export function meanConfidence({ confidences }: Pick<HandJoints, 'confidences'>): number {
  return confidences.reduce((sum, confidence) => sum + confidence, 0) / Math.max(1, confidences.length);
}

/**
 * A result as a message holds it, of any skeleton: nothing in it has been checked. `HandJoints` is what the pipeline makes; this
 * is for code that must be able to report what is wrong with a result instead of refusing it.
 */
export interface UncheckedHand {
  /** Stamp of the depth frame that the result is about, nanoseconds. */
  readonly stamp: bigint;
  readonly frameId: string;
  readonly handId: number;
  readonly handedness: Handedness;
  readonly tracked: boolean;
  /** Name of the joints' order. */
  readonly skeleton: string;
  /** Three numbers per joint, metres; as many as the message has. */
  readonly positions: Float64Array;
  /** As many as the message has: one number per joint, if it is sound. */
  readonly confidences: Float32Array;
  readonly lagFrames: number;
  /** Publish time minus stamp as the message says, nanoseconds. */
  readonly age: bigint;
}
