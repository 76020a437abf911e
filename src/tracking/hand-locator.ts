import type { DepthFrame } from '../depth/index.js';
import type { LostReason, ReferencePoint, Side } from '../detection/index.js';
import type { TrackerConfig } from './config.js';
import type { RawAnswer } from './seen-frame.js';

/** Where a hand is in a frame: what its cube is cut by. */
export interface LocatedHand {
  readonly state: 'found';
  /** The cube's centre, and the direction that its roll turns down. */
  readonly point: ReferencePoint;
  readonly side: Side;
  /** Whether it is not known as exactly as by the last joints. */
  readonly rough?: boolean;
  /** Whether the side is not known yet: `judge` is then told what the network makes of both. */
  readonly unsure?: boolean;
}

/** A frame without a hand. */
export interface NoHand {
  readonly state: 'lost';
  readonly reason: LostReason;
}

/** Says frame by frame where the hand is, by whatever method. Frames come in the order of their stamps, one call at a time. */
export interface HandLocator {
  /** The side as it stands, for frames without a hand. */
  readonly side: Side;
  /** Rejects for a frame that contradicts itself, or with what a network fails with; the next frame may be given. */
  locate(frame: DepthFrame): Promise<LocatedHand | NoHand>;
  /** What came out of the last frame with a hand, and whether it is doubtful. */
  feedback(answer: RawAnswer, doubtful: boolean): void;
  /** Log-odds of a left hand in the last frame, by the pose network; gives the side as it stands then. */
  judge?(left: number): Side;
  /** Whether hands would be found if depth had another unit; only asked while none is found. */
  misscaled?(frame: DepthFrame): Promise<boolean>;
  /** Forget where the hand was. */
  reset(): void;
}

/** The side that a configuration begins with: `auto` is told by the networks, and is right before that. */
export function firstSide({ handedness }: Pick<TrackerConfig, 'handedness'>): Side {
  return handedness === 'left' ? 'left' : 'right';
}
