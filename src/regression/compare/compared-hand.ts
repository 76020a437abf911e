import type { UncheckedHand } from '../../hand/index.js';

/**
 * One result as a recording holds it, of any skeleton: more lenient than `HandJoints`, because a comparison must be able to
 * report what is wrong with a result instead of refusing it. Without a hand, positions and confidences are empty; with one, there
 * is a confidence for each joint.
 */
export interface ComparedHand extends UncheckedHand {
  /** When it was recorded, nanoseconds; equal to the stamp in a replay. */
  readonly logTime: bigint;
}

/** A gesture event, as far as a comparison looks at it. */
export interface ComparedEvent {
  /** Stamp of the frame that it is about, nanoseconds. */
  readonly stamp: bigint;
  /** Which hand: its id. */
  readonly hand: string;
  readonly gesture: string;
  readonly phase: string;
}
