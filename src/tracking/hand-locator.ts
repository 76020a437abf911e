import type { DepthFrame } from '../depth/index.js';
import type { LostReason, ReferencePoint, Side } from '../detection/index.js';
import type { TrackerConfig } from './config.js';
import type { RawAnswer } from './seen-frame.js';

/** The id of the hand of a locator that follows one hand: a hand that was lost and found again keeps it. */
export const SINGLE_HAND = 0;

interface HandSide {
  readonly id: number;
  /** As it stands; of a hand that was not found that of the last one. */
  readonly side: Side;
  /** How likely it is, 0 to 1. */
  readonly sideScore: number;
}

/** Where a hand is in a frame: what its cube is cut by. */
export interface LocatedHand extends HandSide {
  readonly state: 'found';
  /** The cube's centre, and the direction that its roll turns down. */
  readonly point: ReferencePoint;
  /** Whether it is not known as exactly as by the last joints; `agreed`: these are old, and a detector sees it where they let it be expected. */
  readonly rough?: boolean | 'agreed';
  /** Whether the side is not known yet: `judge` is then told what the network makes of both. */
  readonly unsure?: boolean;
}

/** A hand that is looked for, or was there a moment ago, in a frame without it. */
export interface NoHand extends HandSide {
  readonly state: 'lost';
  readonly reason: LostReason;
}

/** Says frame by frame where the hands are, by whatever method. Frames come in the order of their stamps, one call at a time. */
export interface HandLocator {
  /**
   * The hands that are followed or looked for, in the order of their ids; at least one.
   *
   * Rejects for a frame that contradicts itself, or with what a network fails with; the next frame may be given.
   */
  locate(frame: DepthFrame): Promise<readonly (LocatedHand | NoHand)[]>;
  /** What came out of a hand of the last frame, and whether it is doubtful. */
  feedback(id: number, answer: RawAnswer, doubtful: boolean): void;
  /** Log-odds of a left hand of a hand in the last frame, by the pose network; gives the side as it stands then. */
  judge?(id: number, left: number): Side;
  /** Follow so many hands at most from the next frame on. */
  allow?(hands: number): void;
  /** The factor on depth with which a hand would be found; undefined without one. Only asked while none is found. */
  misscaled?(frame: DepthFrame): Promise<number | undefined>;
  /** Forget where the hands were. */
  reset(): void;
}

/** Factors by which depth in a wrong unit is off. */
export const WRONG_SCALES: readonly number[] = [10, 0.1];

/** The side that a configuration begins with: `auto` is told by the networks, and is right before that. */
export function firstSide({ handedness }: Pick<TrackerConfig, 'handedness'>): Side {
  return handedness === 'left' ? 'left' : 'right';
}
