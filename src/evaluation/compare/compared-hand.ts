import type { Handedness } from '../../hand/index.js';

/**
 * One result as a recording holds it, of any skeleton: more lenient than `HandJoints`, because a comparison must be able to
 * say what is wrong with a result instead of refusing it.
 */
export interface ComparedHand {
  /** Stamp of the depth frame that the result is about, nanoseconds. */
  readonly stamp: bigint;
  /** When it was recorded, nanoseconds; equal to the stamp in a replay. */
  readonly logTime: bigint;
  /** Publish time minus stamp as the message says, nanoseconds. */
  readonly age: bigint;
  readonly frameId: string;
  readonly handId: number;
  readonly handedness: Handedness;
  readonly tracked: boolean;
  /** Name of the joints' order. */
  readonly skeleton: string;
  /** Three numbers a joint, metres; empty where not tracked. */
  readonly positions: Float64Array;
  /** A number a joint; empty where not tracked. */
  readonly confidences: Float32Array;
  readonly lagFrames: number;
}

/** A gesture event, as far as a comparison looks at it. */
export interface ComparedEvent {
  /** Stamp of the frame that it is about, nanoseconds. */
  readonly stamp: bigint;
  /** Which hand: its id, and which side it is where that is known. */
  readonly hand: string;
  readonly gesture: string;
  readonly phase: string;
}
