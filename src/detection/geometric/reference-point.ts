import type { DepthFrame } from '../../depth/depth-frame.js';
import type { Vec3 } from '../../geometry/index.js';

/** Where the hand is: the centre of the cube that the network looks at. */
export interface ReferencePoint {
  /** Metres, optical frame. */
  readonly position: Vec3;
  /**
   * Direction from the hand to its forearm in the image plane, a unit vector (x right, y down) in metric camera
   * coordinates; undefined where no forearm is in sight. A cube may be rolled by it so that the forearm points down.
   */
  readonly arm: readonly [number, number] | undefined;
  /** How sure the detection is that this is a hand, 0 to 1. */
  readonly confidence: number;
  /** Found by searching the whole frame, or by following the last pose. */
  readonly source: 'acquired' | 'tracked';
}

/** What was found in a frame: a hand, or explicitly none and why. */
export type ReferenceResult =
  | { readonly state: 'found'; readonly point: ReferencePoint }
  | { readonly state: 'lost'; readonly reason: LostReason };

/**
 * `shed`: the hand was there, and was left out because frames took too long. `other-side`: it was published as the other hand, whose side had
 * changed before.
 */
export type LostReason = 'no-depth' | 'zone-empty' | 'no-candidate' | 'too-small' | 'shed' | 'other-side';

/**
 * What a refined point is: the hand's centre of mass (CoM), or the root of the middle finger (RoM), the two reference
 * points of the HANDS 2019 winners.
 */
export type ReferenceKind = 'com' | 'rom';

/** A point that a refiner has looked at. */
export interface RefinedPoint extends ReferencePoint {
  /**
   * What became of it, to be counted by: `refined`, or why it stayed as it came: `too-far`, or the code of the error that
   * the model failed with. Absent where a refiner has nothing to say about it.
   */
  readonly refinement?: string;
}

/**
 * A port for what moves the reference point to where a learned model says it is.
 *
 * `refine` gets the frame and the point that the tracker found in it, and returns a point in the same frame, in metres.
 * The point's arm direction may be that of an earlier frame where none is in sight. It must not keep the frame. It may
 * reject: the frame is then dropped and counted (in `findReference` the stream errors), so a refiner that can do without
 * its model returns the point as it came.
 */
export interface ReferenceRefiner {
  readonly kind: ReferenceKind;
  refine(frame: DepthFrame, point: ReferencePoint): RefinedPoint | Promise<RefinedPoint>;
}
