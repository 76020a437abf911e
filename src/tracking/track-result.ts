import type { ReferenceResult } from '../detection/index.js';
import type { Cube } from '../geometry/index.js';
import type { HandJoints } from '../hand/index.js';
import type { Decoder } from '../heatmaps/index.js';

/** What was found in one frame, before smoothing. */
export interface FrameDetail {
  /** Of the frame, nanoseconds. */
  readonly stamp: bigint;
  /** Of the reference point and the raw joints: the camera's optical frame, or the target frame (see `TargetFrame`). */
  readonly frameId: string;
  readonly reference: ReferenceResult;
  /** The cube that the network looked at, always in the camera's optical frame; absent where no hand was found. */
  readonly cube?: Cube;
  /**
   * The probability that this is a hand whose joints are right within 20 mm, 0 to 1; absent where no hand was found, or where no
   * presence score was fitted for the method of detection and the model.
   */
  readonly presence?: number;
  /**
   * Joints before smoothing, by decoder: the configured one, or all of them with `output.rawJoints`; of a model that answers
   * joints its own one.
   */
  readonly raw: ReadonlyMap<Decoder, HandJoints>;
}

/** One result: the smoothed joints of a frame, and what was found in that same frame. */
export interface TrackResult {
  readonly joints: HandJoints;
  readonly detail: FrameDetail;
}
