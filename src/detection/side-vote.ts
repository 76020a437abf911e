import { logit, sigmoid } from './logistic.js';

/** A single verdict counts for at most this, log-odds: frames in a row make the same mistake. */
const MOST = 2;
/** From here on the side is settled. */
const SETTLED = 6;
/** Evidence never grows beyond this, so that it can be turned in reasonable time. */
const LIMIT = 12;
/** Less evidence than this says nothing. */
const LEAST = 0.2;
/** A hand that is found again after so long keeps half of it, seconds: the longer it was gone, the less is it known to be the same one. */
const HALF_KEPT = 1;

export type Side = 'left' | 'right';

/** How likely a side is, 0 to 1. @param left log-odds of a left hand */
export function sideShare(side: Side, left: number): number {
  return sigmoid(side === 'left' ? left : -left);
}

/** Of the difference of two confidences: less says nothing; and log-odds for each unit beyond. */
const NO_DIFFERENCE = 0.015;
const ODDS = 50;

/**
 * Log-odds of a left hand by what a pose network makes of a cube that is shown as a left hand's and as a right one's. Fitted to the packaged
 * network on 320 cubes of synthetic hands: of the differences below 0.02 half were on the wrong side, of those beyond 0.05 one in 18.
 *
 * @param more by how much the joints' mean confidence is larger as a left hand
 */
export function sideOdds(more: number): number {
  return Math.sign(more) * ODDS * Math.max(0, Math.abs(more) - NO_DIFFERENCE);
}

/** A heat map's peak is never surer than this of a side. */
const SUREST = 0.97;
/** Heat maps are less sure of a side than they are right. */
const SHARPER = 2.2;

/**
 * Log-odds of a side by a pose network that tells it: of both cubes of a hand the mean. Fitted to the packaged network on 384 cubes of synthetic
 * hands, shown as either hand: where it answers a probability between 0.73 and 0.82 it is right in 94 %.
 *
 * @param own probability of a rightly shown hand in the cube of that side, 0 to 1
 * @param other the same in the cube of the other side, where that was shown too
 */
export function toldSideOdds(own: number, other = 1 - own): number {
  const odds = (p: number) => logit(Math.min(Math.max(p, 1 - SUREST), SUREST));
  return (SHARPER * (odds(own) - odds(other))) / 2;
}

/** What each of these counts for where both cubes of a hand were seen. */
const TOLD = 0.6;
const SURER = 13;
const BENT_OF_BOTH = 0.25;

/**
 * Log-odds of a side by a pose network that tells it and was shown the cubes of either hand. Logistic regression on 918 cubes of hands in synthetic
 * scenes: it tells 96.1 % of them rightly (scenes that it was not fitted on), what the network tells alone 95.3 %, and the second stage of
 * detection 83 %.
 *
 * @param told by what it tells, see {@link toldSideOdds}
 * @param more by how much the joints' mean confidence is larger in the cube of that side
 * @param bent by how the joints are bent, of both cubes, see {@link bentSideOdds}
 */
export function comparedSideOdds(told: number, more: number, bent: number): number {
  return TOLD * told + SURER * more + BENT_OF_BOTH * bent;
}

/** Joints that cost less than this more as the other hand's are that hand's, and from here on they say nothing. */
const OTHERS = 3;
const OPEN = 8;
/** Log-odds against a side whose joints are the other hand's. */
const BENT = 3.5;

/**
 * Log-odds of a side, at most 0, by how joints are bent that a pose network read in a cube of this side. Joints of the right side cost at least
 * 8 more as the other hand's in 97 % of 1,344 cubes of synthetic hands, and those of the wrong side less than 3 more in a quarter: a network
 * that sees the other hand often answers that hand's joints.
 *
 * @param costOfOther how much more they cost as the other hand's, see `ChiralityFit`
 */
export function bentSideOdds(costOfOther: number): number {
  const share = (OPEN - costOfOther) / (OPEN - OTHERS);
  return Number.isFinite(share) ? -BENT * Math.min(1, Math.max(0, share)) : 0;
}

/** A pose network whose joints are on average less sure than this says nothing of the side, and from here on all that it says counts. */
const NOTHING_SEEN = 0.55;
const WELL_SEEN = 0.67;

/**
 * What a pose network's word on a side counts for, log-odds: it is wrong for a second on end where it sees little of a hand. Of 7,973 frames of
 * synthetic sequences in which no other hand was near it was wrong in 0.1 % where the joints' mean confidence was above 0.65, in 5 % at 0.62 and in 14 % at 0.56.
 *
 * @param odds as it says
 * @param confidence of its joints, the mean, 0 to 1
 */
export function believedSideOdds(odds: number, confidence: number): number {
  const share = (confidence - NOTHING_SEEN) / (WELL_SEEN - NOTHING_SEEN);
  return Math.min(Math.max(share, 0), 1) * Math.min(Math.max(odds, -MOST), MOST);
}

/**
 * Which hand it is, from many verdicts: log-odds of the left side, added up. Until the hand is shown to anybody its side is what the
 * evidence says; then it changes at most once, and only on settled evidence, or on less where the hand was lost: it may have been lost
 * because it was taken for the other one.
 */
export class SideVote {
  readonly #fixed: Side | undefined;
  #evidence = 0;
  #side: Side;
  /** The side that the hand was last shown with. */
  #shown: Side | undefined;
  /** Whether the hand was lost since it was shown. */
  #isFoundAgain = false;
  #mayChange = true;

  /** @param fixed a side that is known; every verdict is then ignored */
  constructor(fixed?: Side) {
    this.#fixed = fixed;
    this.#side = fixed ?? 'right';
  }

  /** The same evidence, which then goes its own way. */
  copy(): SideVote {
    const copy = new SideVote(this.#fixed);
    copy.#evidence = this.#evidence;
    copy.#side = this.#side;
    copy.#shown = this.#shown;
    copy.#isFoundAgain = this.#isFoundAgain;
    copy.#mayChange = this.#mayChange;
    return copy;
  }

  /** The side as it stands; `right` before any verdict. */
  get side(): Side {
    return this.#side;
  }

  /** Whether further verdicts are not needed. */
  get settled(): boolean {
    return this.#fixed !== undefined || Math.abs(this.#evidence) >= SETTLED;
  }

  /** Whether further verdicts could not make it surer. */
  get full(): boolean {
    return this.#fixed !== undefined || Math.abs(this.#evidence) >= LIMIT;
  }

  /** Whether it is as sure as can be that the side is wrong that the hand is shown with, which cannot change any more. */
  get isContradicted(): boolean {
    return !this.#mayChange && this.full && sideShare(this.#side, this.#evidence) < 0.5;
  }

  /** How likely the side is by all verdicts, 0 to 1; 1 for a side that is known, one half before any verdict. */
  get score(): number {
    return this.#fixed === undefined ? sideShare(this.#side, this.#evidence) : 1;
  }

  /**
   * A hand is found. Of one that was lost a part of what is known of it counts.
   *
   * @param lostFor seconds; undefined of a hand that was not there before
   */
  begin(lostFor?: number): void {
    this.#evidence *= lostFor === undefined ? 0 : 0.5 ** (lostFor / HALF_KEPT);
    this.#isFoundAgain = lostFor !== undefined;
    if (lostFor !== undefined) return;
    this.#side = this.#fixed ?? 'right';
    this.#shown = undefined;
    this.#mayChange = true;
  }

  /** The hand is shown with this side. */
  show(): void {
    if (this.#shown !== undefined && this.#shown !== this.#side) this.#mayChange = false;
    this.#shown = this.#side;
    this.#isFoundAgain = false;
  }

  /**
   * @param left log-odds of a left hand, by one verdict; 0 says nothing
   * @param weight what it counts for, 0 to 1
   */
  add(left: number, weight = 1): void {
    if (this.#fixed !== undefined || !Number.isFinite(left) || left * weight === 0) return;
    const sum = this.#evidence + weight * Math.min(Math.max(left, -MOST), MOST);
    this.#evidence = Math.min(Math.max(sum, -LIMIT), LIMIT);
    const side: Side = this.#evidence > 0 ? 'left' : 'right';
    if (side === this.#side || Math.abs(this.#evidence) < LEAST) return;
    if (this.#shown !== undefined) {
      const needed = this.#isFoundAgain ? MOST : SETTLED;
      if (Math.abs(this.#evidence) < needed || (side !== this.#shown && !this.#mayChange)) return;
    }
    this.#side = side;
  }
}
