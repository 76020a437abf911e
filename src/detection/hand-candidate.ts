import type { Vec3 } from '../geometry/index.js';

/** A hand as the detector sees it: rough, and to be looked at more closely. Metres, optical frame. */
export interface HandCandidate {
  /** How sure the detector is that this is a hand, 0 to 1. */
  readonly score: number;
  /** The root of the middle finger. */
  readonly root: Vec3;
  /** Centre of mass of the visible hand, without forearm and object. */
  readonly mass: Vec3;
  /** Direction from the wrist to the middle finger's root in the image plane, a unit vector (x right, y down). */
  readonly direction: readonly [number, number];
  /** How sure the detector is of the direction: about 1 where it is, near 0 where it is not. */
  readonly directionStrength: number;
  /** Distance from the wrist to the middle finger's root over 0.09 m. */
  readonly size: number;
  /** Log-odds of a left hand; weak. */
  readonly left: number;
}
