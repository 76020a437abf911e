import { subtract, type Vec3 } from '../geometry/index.js';
import { secondsBetween } from '../timing/index.js';
import { type HandMotion, motionTo, placeOfJoints } from './hand-motion.js';
import type { FoundHand, JointsSeen } from './hand-sight.js';
import type { HandCandidate, Place } from './ports.js';
import type { SideVote } from './side-vote.js';
import { type HandVerdict, sureness } from './verdict.js';

/** Evidence of a side is gathered in each of so many frames behind an acquisition, until it is settled. */
const ASK_FIRST = 15;
/** Then it still is in every so many frames, until there could not be more: frames in a row make the same mistake. */
const ASK_EVERY = 4;
/** What the second stage says of a side, and a network in a frame in which it was not asked for both, counts for so much: frames in a row make the same mistake. */
const TOLD = 1 / ASK_EVERY;
/** And what the second stage says once a network has: it is wrong of one hand in six, a network that sees both cubes of one in 25. */
const BESIDE_NETWORK = 0.1;
/** Beside others, a hand whose joints were not believed when it was found again is not tried again for so long, seconds. */
const FAILED = 0.1;
/** What a detector's score counts for where it has seen nothing: it looks at coarser things than the second stage. */
const UNSEEN = 0.15;

/** A hand that is followed, or was until a moment ago, and what is known of it. */
export class FollowedHand {
  readonly id: number;
  vote: SideVote;
  /** Where it was in the last frame: by its joints or, until they come, where it was looked for. */
  motion: HandMotion = { root: [0, 0, 0], direction: undefined, stamp: 0n, velocity: [0, 0, 0] };
  /** Where it was when it was lost before it was tried again: that may have been elsewhere. */
  #lostAt: HandMotion | undefined;
  /** The last joints that were believed: velocities are between joints. */
  #joints: HandMotion | undefined;
  /** From the middle root to the centre of mass. */
  #toMass: Vec3 = [0, 0, 0];
  /** Of the detector at its last look. */
  score = 0;
  /** Of both stages at their last look. */
  confidence = 0;
  /** The verdict on the joints of the last frame: none yet, believed, or doubted. */
  heard: 'nothing' | 'believed' | 'doubtful' = 'nothing';
  /** Frames since both stages looked at it, and since it was found. */
  sinceLook = 0;
  #frames = 0;
  #believed = false;
  /** Whether a network has said which side it is. */
  #isTold = false;
  /** What was known of its side before this frame; undefined once the frame's joints are believed. */
  #sideBefore: SideVote | undefined;
  /** When its joints were not believed though the stages had found it again; undefined where they were since. Nanoseconds. */
  #failed: bigint | undefined;
  /** Whether it was left out because there were too many hands. */
  isShed = false;

  /** @param vote of its side, without any evidence */
  constructor(id: number, vote: SideVote) {
    this.id = id;
    this.vote = vote;
  }

  /** Whether its joints were ever believed. */
  get believed(): boolean {
    return this.#believed;
  }

  /** What others are told of it. */
  get known(): Pick<FoundHand, 'id' | 'side' | 'sideScore'> {
    return { id: this.id, side: this.vote.side, sideScore: this.vote.score };
  }

  /** The centre of its mass in a frame, metres. */
  get mass(): Vec3 {
    const { root } = this.motion;
    const [x, y, z] = this.#toMass;
    return [root[0] + x, root[1] + y, root[2] + z];
  }

  /** Whether it was just found, and its side is not known yet. */
  get isSideSought(): boolean {
    return !this.vote.settled && this.#frames < ASK_FIRST;
  }

  /** Whether evidence of its side is wanted in this frame. */
  get isSideAsked(): boolean {
    return this.isSideSought || (!this.vote.full && this.#frames % ASK_EVERY === ASK_EVERY - 1);
  }

  /**
   * It is followed from here on, as both stages see it.
   *
   * @param isAgain whether it was lost before
   */
  begin(seen: HandCandidate, place: Place, verdict: HandVerdict, stamp: bigint, isAgain: boolean): void {
    this.#sideBefore = this.vote.copy();
    this.vote.begin(isAgain ? secondsBetween(this.motion.stamp, stamp) : undefined);
    this.see(seen);
    this.#heed(verdict, TOLD);
    this.#lostAt = isAgain ? this.motion : undefined;
    this.motion = motionTo(place, stamp, undefined);
    this.#joints = undefined;
    this.isShed = false;
    this.heard = 'nothing';
    this.sinceLook = 0;
    this.#frames = 0;
  }

  /** A frame begins. */
  pass(): void {
    this.heard = 'nothing';
    this.#sideBefore = this.vote.copy();
    this.sinceLook++;
    this.#frames++;
  }

  /** What the detector's look says of it. */
  see(near: HandCandidate | undefined): void {
    this.score = scoreOf(near);
    if (near !== undefined) this.#toMass = subtract(near.mass, near.root);
  }

  /**
   * What the second stage says of it, behind the detector's look.
   *
   * @param weight what it says of the side counts for, 0 to 1
   */
  judge(verdict: HandVerdict, weight: number): void {
    this.#heed(verdict, (this.#isTold ? BESIDE_NETWORK : TOLD) * weight);
  }

  #heed(verdict: HandVerdict, weight: number): void {
    this.vote.add(verdict.left, weight);
    this.confidence = sureness(this.score, verdict);
  }

  /**
   * What the network read.
   *
   * @returns whether it is followed on
   */
  hear({ positions, tracked, doubtful, direction }: JointsSeen): boolean {
    const place = placeOfJoints(positions, direction ?? this.motion.direction);
    if (!tracked || !place.root.every(Number.isFinite)) return false;
    this.motion = motionTo(place, this.motion.stamp, this.#joints);
    this.#joints = this.motion;
    this.heard = doubtful ? 'doubtful' : 'believed';
    this.#believed = true;
    this.#failed = undefined;
    this.#sideBefore = undefined;
    this.vote.show();
    return true;
  }

  /**
   * What a network that was shown one cube told of the side, beside what {@link judge} and {@link hearBothSides} were told.
   *
   * @param left log-odds of a left hand
   * @param weight what it counts for, 0 to 1
   */
  hearSide(left: number, weight: number): void {
    this.#tell(left, weight * (this.isSideSought ? 1 : TOLD));
  }

  /**
   * What a network that was shown the cubes of both sides told of the side.
   *
   * @param left log-odds of a left hand
   * @param weight what it counts for, 0 to 1
   */
  hearBothSides(left: number, weight: number): void {
    this.#tell(left, weight);
  }

  #tell(left: number, weight: number): void {
    this.#isTold ||= left !== 0;
    this.vote.add(left, weight);
  }

  /** It is not followed any more. What the networks made of the side of something that was never believed is no evidence. */
  lose(): void {
    this.heard = 'nothing';
    if (!this.#believed) this.vote = this.#sideBefore ?? this.vote;
    this.#sideBefore = undefined;
    if (this.#joints !== undefined) return;
    this.#failed = this.motion.stamp;
    if (this.#believed) this.motion = this.#lostAt ?? this.motion;
  }

  /** Whether it may be found again now, after it was lost. */
  isOpen(stamp: bigint): boolean {
    return this.#failed === undefined || secondsBetween(this.#failed, stamp) > FAILED;
  }
}

/** What the detector's look counts for, 0 to 1. */
export function scoreOf(near: HandCandidate | undefined): number {
  return near?.score ?? UNSEEN;
}
