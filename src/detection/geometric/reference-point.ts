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
  /** How sure the reference room is that this is a hand, 0 to 1. */
  readonly confidence: number;
  /** Found by searching the whole frame, or by following the last pose. */
  readonly source: 'acquired' | 'tracked';
}

/** What the reference room says about a frame: a hand, or explicitly none and why. */
export type ReferenceResult =
  | { readonly state: 'found'; readonly point: ReferencePoint }
  | { readonly state: 'lost'; readonly reason: LostReason };

export type LostReason = 'no-depth' | 'zone-empty' | 'no-candidate' | 'too-small';
