import type { DepthFrame } from '../depth/index.js';
import { distance, type Vec3 } from '../geometry/index.js';
import type { InteractionZone } from './geometric/reference-config.js';
import type { FoundHand } from './hand-sight.js';
import type { Pursuit } from './known-hands.js';
import type { HandCandidate, Place, Verifier } from './ports.js';
import { type Side, sideShare } from './side-vote.js';
import { type HandVerdict, sureness } from './verdict.js';

/** A hand whose wrist is so near to or so far from the middle root, over 0.09 m, is none: a child's is 0.6, the largest 1.25. */
const SIZES = [0.4, 1.7] as const;
/** A side that is looked for must be this likely, and of a second hand this likely. */
const MIN_SIDE = 0.1;
const MIN_SIDE_OF_MORE = 0.5;
/** A correction by more than this is looked at once more: metres, and the cosine of a turn (15 degrees). */
const FAR_CORRECTION = 0.015;
const FAR_TURN = Math.cos(Math.PI / 12);
/** Where believed joints and the second stage are farther apart than this, the second stage is right, metres. */
const FAR_FROM_JOINTS = 0.035;
/** Old joints do not say how a hand is turned where the stages see another direction by more than this, the cosine of 30 degrees. */
const FAR_FROM_DIRECTION = Math.cos(Math.PI / 6);
/** Two middle roots that are nearer to each other than this are of one hand, metres. */
const ONE_HAND = 0.04;

export interface CloseLooksSettings {
  readonly zone: InteractionZone;
  /** Of `detection` in a configuration. */
  readonly candidates: number;
  readonly acquire: number;
  readonly acquireMore: number;
  readonly keep: number;
  /** The side that is looked for; `auto`: whichever it is. */
  readonly side: Side | 'auto';
}

/** A candidate that both stages are sure of. */
export interface Verified {
  readonly hand: HandCandidate;
  readonly verdict: HandVerdict;
  readonly sure: number;
  /** How sure they are of a hand of the side that is looked for. */
  readonly worth: number;
}

/** A hand that is followed, as the second stage sees it. */
export interface Confirmed {
  readonly place: Place;
  readonly verdict: HandVerdict;
  readonly rough: FoundHand['rough'];
}

/** Looks of the second stage, and what they say together with the detector's score. Places are in metres, in the optical frame. */
export class CloseLooks {
  readonly #settings: CloseLooksSettings;
  readonly #verifier: Verifier;

  constructor(settings: CloseLooksSettings, verifier: Verifier) {
    this.#settings = settings;
    this.#verifier = verifier;
  }

  /**
   * On a hand whose joints are believed, and on another place near to it where the first is no hand. Joints are more exact: a place is only
   * put right that is far off.
   *
   * @param score of the detector's last look, 0 to 1
   * @param isCrowded whether this may be another hand
   */
  async confirm(
    frame: DepthFrame,
    expected: Place,
    other: Place,
    score: number,
    isCrowded: boolean,
  ): Promise<Confirmed> {
    const { acquire, keep } = this.#settings;
    const verdict = await this.#verifier.verify(frame, { ...expected, score });
    if (sureness(score, verdict) < keep && isFarFromJoints(other, expected)) {
      const second = await this.#verifier.verify(frame, { ...other, score });
      if (sureness(score, second) >= acquire) return { place: corrected(other, second), verdict: second, rough: true };
    }
    const rough = sureness(score, verdict) >= acquire && !isCrowded && isFarFromJoints(verdict, expected);
    return { place: rough ? corrected(expected, verdict) : expected, verdict, rough };
  }

  /** Whether a look that was not waited for saw a hand whose joints are believed elsewhere; parameters as of {@link confirm}. */
  isElsewhere(
    verdict: HandVerdict,
    expected: Place,
    near: Place | undefined,
    score: number,
    isCrowded: boolean,
  ): boolean {
    const { acquire, keep } = this.#settings;
    const sure = sureness(score, verdict);
    if (sure < keep) return near !== undefined && isFarFromJoints(near, expected);
    return sure >= acquire && !isCrowded && isFarFromJoints(verdict, expected);
  }

  /**
   * On a hand whose joints are in doubt, or not known.
   *
   * @param wasBelieved whether the last joints may say how it is turned
   * @param reach how far from where it is expected it may be
   * @param near where the detector saw it
   * @param others hands that it is not
   * @returns undefined where it is not there any more
   */
  async findAgain(
    frame: DepthFrame,
    { expected, wasBelieved, reach }: Pick<Pursuit, 'expected' | 'wasBelieved' | 'reach'>,
    near: Place | undefined,
    score: number,
    others: readonly Place[],
  ): Promise<Confirmed | undefined> {
    for (const place of near === undefined ? [expected] : [near, expected]) {
      const first = await this.#verifier.verify(frame, { ...place, score });
      if (sureness(score, first) < this.#settings.keep) continue;
      const [nearer, verdict] = await this.again(frame, place, first, score);
      if (distance(verdict.root, expected.root) > reach || isAmong(others, verdict.root)) continue;
      const better = corrected(nearer, verdict);
      const isNear = !isFarFromJoints(verdict, expected);
      const isAsExpected = wasBelieved && isNear && !isTurned(expected, better, FAR_FROM_DIRECTION);
      const seen = isAsExpected ? { ...expected, root: verdict.root } : better;
      return { place: seen, verdict, rough: isAsExpected ? 'agreed' : true };
    }
    return undefined;
  }

  /** A place and its verdict; where that moves it far, of the better place, if the second stage is sure of a hand there too. */
  async again(frame: DepthFrame, place: Place, verdict: HandVerdict, score: number): Promise<[Place, HandVerdict]> {
    const better = corrected(place, verdict);
    if (!isFar(place, better)) return [place, verdict];
    const second = await this.#verifier.verify(frame, { ...better, score });
    return sureness(score, second) >= this.#settings.acquire ? [better, second] : [place, verdict];
  }

  /**
   * Candidates that both stages are sure of, the worthiest first.
   *
   * @param found hands that they are not
   * @param isLeftAlone whether a place is
   */
  async candidates(
    frame: DepthFrame,
    hands: readonly HandCandidate[],
    found: readonly Place[],
    isLeftAlone: (root: Vec3) => boolean,
  ): Promise<readonly Verified[]> {
    const { zone, candidates, acquire } = this.#settings;
    const isUsable = ({ root, size }: HandCandidate) =>
      size > SIZES[0] && size < SIZES[1] && !isAmong(found, root) && !isLeftAlone(root);
    const sure: Verified[] = [];
    for (const hand of hands.filter(isUsable).slice(0, candidates)) {
      const verdict = await this.#verifier.verify(frame, hand);
      const own = sureness(hand.score, verdict);
      const worth = own * this.#sideShare(verdict);
      if (own < acquire || worth <= 0 || !isInside(zone, verdict.root)) continue;
      sure.push({ hand, verdict, sure: own, worth });
    }
    return sure.sort((a, b) => b.worth - a.worth);
  }

  /** Whether a candidate may be a hand beside others. */
  isConvincing({ sure, verdict }: Verified): boolean {
    return sure >= this.#settings.acquireMore && this.#sideShare(verdict) >= MIN_SIDE_OF_MORE;
  }

  /** How likely it is the side that is looked for; 0 where that is out of the question. */
  #sideShare({ left }: HandVerdict): number {
    const { side } = this.#settings;
    if (side === 'auto') return 1;
    const share = sideShare(side, left);
    return share < MIN_SIDE ? 0 : share;
  }
}

/** The place as the second stage sees it. */
export function corrected(place: Place, { root, direction }: HandVerdict): Place {
  return { root, direction: direction ?? place.direction };
}

/** Whether a root is that of one of these hands. */
export function isAmong(hands: readonly Pick<Place, 'root'>[], root: Vec3): boolean {
  return hands.some((hand) => distance(hand.root, root) < ONE_HAND);
}

export function isInside({ x, y, z }: InteractionZone, point: Vec3): boolean {
  return [x, y, z].every((range, axis) => range === undefined || (point[axis] >= range[0] && point[axis] <= range[1]));
}

function isFar(from: Place, to: Place): boolean {
  return distance(from.root, to.root) > FAR_CORRECTION || isTurned(from, to, FAR_TURN);
}

function isFarFromJoints({ root }: Pick<Place, 'root'>, expected: Place): boolean {
  return distance(root, expected.root) > FAR_FROM_JOINTS;
}

function isTurned({ direction: a }: Place, { direction: b }: Place, cosine: number): boolean {
  return a !== undefined && b !== undefined && a[0] * b[0] + a[1] * b[1] < cosine;
}
