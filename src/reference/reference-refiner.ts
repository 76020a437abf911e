import type { DepthFrame } from '../frames/depth-frame.js';
import type { ReferencePoint } from './reference-point.js';

/**
 * What a refined point is: the hand's centre of mass (CoM), or the root of the middle finger (RoM), the two reference
 * points of the HANDS 2019 winners.
 */
export type ReferenceKind = 'com' | 'rom';

/**
 * A port for what moves the reference point to where a learned model says it is.
 *
 * `refine` gets the frame and the point that the tracker found in it, and returns a point in the same frame, in metres.
 * It must not keep the frame. It may reject: the operator's stream then errors, so a refiner that can do without its
 * model returns the point as it came.
 */
export interface ReferenceRefiner {
  readonly kind: ReferenceKind;
  refine(frame: DepthFrame, point: ReferencePoint): ReferencePoint | Promise<ReferencePoint>;
}

/** Leaves the centre of mass as it is. */
export const identityRefiner: ReferenceRefiner = { kind: 'com', refine: (_frame, point) => point };
