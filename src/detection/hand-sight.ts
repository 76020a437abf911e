import type { Vec3 } from '../geometry/index.js';
import type { LostReason } from './geometric/reference-point.js';
import type { Place } from './ports.js';
import type { Side } from './side-vote.js';

interface KnownHand {
  /** Stays with the hand; never given to another one, unless one hand is followed at most: that one has always the id 0. */
  readonly id: number;
  readonly side: Side;
  /** How likely that side is, 0 to 1; 1 where it is configured. */
  readonly sideScore: number;
}

/** A hand in a frame. Metres, optical frame. */
export interface FoundHand extends KnownHand, Place {
  readonly state: 'found';
  /** Centre of mass of the visible hand, by the detector's last look. */
  readonly mass: Vec3;
  /** Whether no evidence for the side is wanted in this frame, see `HandsFinder.judge`: it is settled, or this is not the frame for it. */
  readonly settled: boolean;
  /**
   * Whether the stages say where it is, and not the last joints, which are more exact. `agreed`: these are old, but the stages see it where
   * they let it be expected; its direction is by them.
   */
  readonly rough: boolean | 'agreed';
  /** How sure both stages were together at their last look, 0 to 1. */
  readonly confidence: number;
  /** Found in the whole frame, or followed from the last one. */
  readonly source: 'acquired' | 'tracked';
}

/** A hand that was followed until a moment ago; without any hand, the last one that was followed. */
export interface MissedHand extends KnownHand {
  readonly state: 'lost';
  readonly reason: LostReason;
}

export type HandSight = FoundHand | MissedHand;

/** What became of a hand that was found in the last frame. */
export interface JointsSeen {
  /** 63 numbers, metres, optical frame. */
  readonly positions: ArrayLike<number>;
  /** Whether they were believed. */
  readonly tracked: boolean;
  /** Believed, but not quite: the detector should look again. */
  readonly doubtful: boolean;
  /** Log-odds of a left hand, where the network told them of the one cube that it was shown. */
  readonly left?: number;
  /** How its cube was turned: says the direction where the palm is seen too short to tell. As in {@link Place}. */
  readonly direction?: Place['direction'];
}
