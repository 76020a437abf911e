import type { Handedness } from './hand-joints.js';

/**
 * A result as a message holds it, of any skeleton: nothing in it has been checked. `HandJoints` is what the pipeline makes; this
 * is for whoever must be able to say what is wrong with a result instead of refusing it.
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
  /** Three numbers a joint, metres; as many as the message has. */
  readonly positions: Float64Array;
  /** As many as the message has: a number a joint, if it is sound. */
  readonly confidences: Float32Array;
  readonly lagFrames: number;
  /** Publish time minus stamp as the message says, nanoseconds. */
  readonly age: bigint;
}
