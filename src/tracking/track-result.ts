import type { CameraModel } from '../depth/index.js';
import type { ReferenceResult } from '../detection/index.js';
import type { HandJoints, HandsAtMoment } from '../hand/index.js';
import type { Decoder } from '../heatmaps/index.js';
import type { SeenPoints } from '../voxels/index.js';

/** What was found of one hand, before smoothing. */
export interface HandDetail {
  /** In the frame of the result. */
  readonly reference: ReferenceResult;
  /**
   * Joints before smoothing, by decoder: the configured one, or all of them with `output.rawJoints`; of a model that answers
   * joints its own one; of an own decoder under `own`. Empty where the hand is lost.
   */
  readonly raw: ReadonlyMap<Decoder | 'own', HandJoints>;
  /** With `kinematics.enabled`, of a camera of a rig: what the skeleton is fitted to once the cameras are fused. */
  readonly surface?: HandSurfacePoints;
}

/** Seen points about a hand, in the frame of the result. */
export interface HandSurfacePoints extends SeenPoints {
  /** Whether they are points of the depth image; otherwise they are centres of occupied voxels. */
  readonly exact: boolean;
}

/** One result: the smoothed hands of one moment, and what was found of them at that same moment. */
export interface TrackResult extends HandsAtMoment {
  /** By its id, of each hand that was found or looked for; a result that only retracts hands has none. */
  readonly details: ReadonlyMap<number, HandDetail>;
  /** That took the depth image; absent where it is not known. */
  readonly camera?: CameraModel;
}
