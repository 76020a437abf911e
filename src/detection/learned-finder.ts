import type { DepthFrame } from '../depth/index.js';
import { distance, type Vec3 } from '../geometry/index.js';
import type { DetectionSettings } from './detection-settings.js';
import type { InteractionZone, ReferenceConfig } from './geometric/reference-config.js';
import type { LostReason } from './geometric/reference-point.js';
import { expectedPlace, type HandMotion, motionTo, placeOfJoints } from './hand-motion.js';
import { sigmoid } from './logistic.js';
import type { Detection, DetectionStages, HandCandidate, Place } from './ports.js';
import { type Side, SideVote } from './side-vote.js';
import type { HandVerdict } from './verdict.js';

/** Settings of a {@link LearnedFinder}: those of `detection` and `reference` in a configuration that it uses. */
export interface LearnedFinderSettings
  extends Readonly<Pick<DetectionSettings, 'every' | 'candidates' | 'acquire' | 'keep'>>,
    Readonly<Pick<ReferenceConfig, 'zone' | 'trackRadius' | 'maxGap' | 'prediction'>> {
  /** The side that is looked for; `auto`: whichever it is. */
  readonly side: Side | 'auto';
}

/** A hand in a frame. Metres, optical frame. */
export interface FoundHand extends Place {
  readonly state: 'found';
  /** Centre of mass of the visible hand, by the detector's last look. */
  readonly mass: Vec3;
  readonly side: Side;
  /** Whether the side is settled; if not, {@link LearnedFinder.judge} takes evidence for it. */
  readonly settled: boolean;
  /** Whether the stages say where it is, and not the last joints, which are more exact. */
  readonly rough: boolean;
  /** How sure both stages were together at their last look, 0 to 1. */
  readonly confidence: number;
  /** Found in the whole frame, or followed from the last one. */
  readonly source: 'acquired' | 'tracked';
}

export type HandSight = FoundHand | { readonly state: 'lost'; readonly reason: LostReason };

/** What became of the hand that was found in the last frame. */
export interface JointsSeen {
  /** 63 numbers, metres, optical frame. */
  readonly positions: ArrayLike<number>;
  /** Whether they were believed. */
  readonly tracked: boolean;
  /** Believed, but not quite: the detector should look again. */
  readonly doubtful: boolean;
}

/** A hand that is followed. */
interface Followed {
  /** Where it was in the last frame: by its joints or, until they come, where it was looked for. */
  readonly motion: HandMotion;
  /** The last joints that were believed: velocities are between joints. */
  readonly joints: HandMotion | undefined;
  /** From the middle root to the centre of mass. */
  readonly toMass: Vec3;
  /** Of the detector at its last look. */
  readonly score: number;
  readonly confidence: number;
}

/** A hand whose wrist is so near to or so far from the middle root, over 0.09 m, is none: a child's is 0.6, the largest 1.25. */
const SIZES = [0.4, 1.7] as const;
/** A side that is looked for must be this likely. */
const MIN_SIDE = 0.1;
/** A correction by more than this is looked at once more: metres, and the cosine of a turn (15 degrees). */
const FAR_CORRECTION = 0.015;
const FAR_TURN = Math.cos(Math.PI / 12);
/** What a detector's score counts for where it has seen nothing: it looks at coarser things than the second stage. */
const UNSEEN = 0.15;
/** Where believed joints and the second stage are farther apart than this, the second stage is right, metres. */
const FAR_FROM_JOINTS = 0.035;
/** Where the frame before is older than this the last joints do not say where the hand is now, seconds. */
const SLOW = 0.1;
/** A hand that is found within so many seconds and metres of one that was lost is that hand. */
const SAME_HAND = { seconds: 1, metres: 0.25 } as const;

/**
 * Finds one hand and follows it, by a detector for whole frames and a second stage that looks closely.
 *
 * ```text
 * no hand     every frame: detector; the surest candidates to the second stage; the one that it is surest of
 * followed    the last joints, moved on at constant velocity, say where the hand is and how it is turned
 *             every so many frames: detector and second stage; they put right what is far off, and are evidence of the hand
 *             while the side is not settled: second stage
 *             in doubt, or where no answer came: both stages must find the hand again
 * ```
 *
 * Frames come in the order of their stamps; time is read from these only. One call at a time.
 */
export class LearnedFinder {
  readonly #settings: LearnedFinderSettings;
  readonly #stages: DetectionStages;
  readonly #vote: SideVote;
  #hand: Followed | undefined;
  /** The hand of the last frame that had one, to know it again. */
  #lost: HandMotion | undefined;
  /** The verdict on the joints of the last frame: none yet, believed, or doubted. */
  #heard: 'nothing' | 'believed' | 'doubtful' = 'nothing';
  #sinceLook = 0;

  constructor(settings: LearnedFinderSettings, stages: DetectionStages) {
    this.#settings = settings;
    this.#stages = stages;
    this.#vote = new SideVote(settings.side === 'auto' ? undefined : settings.side);
  }

  /** The side of the hand that is followed, or of the last one. */
  get side(): Side {
    return this.#vote.side;
  }

  /** How likely that side is, 0 to 1; 1 where it is configured. */
  get sideScore(): number {
    return this.#vote.score;
  }

  /**
   * Rejects with what the stages reject with while no hand is followed; a followed one is followed without them. The next frame may
   * be given in either case.
   */
  async find(frame: DepthFrame): Promise<HandSight> {
    const { maxGap } = this.#settings;
    const before = this.#hand?.motion ?? this.#lost;
    if (before !== undefined) {
      const elapsed = Number(frame.stamp - before.stamp) / 1e9;
      if (elapsed < 0) this.reset();
      else if (elapsed > maxGap) this.#lose();
    }
    const hand = this.#hand;
    if (hand === undefined) return this.#acquire(frame, await this.#look(frame));
    const followed = await this.#follow(frame, hand);
    return 'hands' in followed ? this.#acquire(frame, followed) : followed;
  }

  /** What the network read in the last frame's cube. Without it, the next frame is looked at by both stages. */
  feedback({ positions, tracked, doubtful }: JointsSeen): void {
    const hand = this.#hand;
    if (hand === undefined) return;
    const place = placeOfJoints(positions, hand.motion.direction);
    if (!tracked || !place.root.every(Number.isFinite)) {
      this.#lose();
      return;
    }
    const joints = motionTo(place, hand.motion.stamp, hand.joints);
    this.#hand = { ...hand, motion: joints, joints };
    this.#heard = doubtful ? 'doubtful' : 'believed';
  }

  /**
   * Evidence from elsewhere about the side of the hand that was found in the last frame.
   *
   * @param left log-odds of a left hand
   * @returns the side as it stands then
   */
  judge(left: number): Side {
    this.#vote.add(left);
    return this.#vote.side;
  }

  /** Forget everything. */
  reset(): void {
    this.#hand = undefined;
    this.#lost = undefined;
    this.#heard = 'nothing';
  }

  #lose(): void {
    this.#lost = this.#hand?.motion ?? this.#lost;
    this.#hand = undefined;
    this.#heard = 'nothing';
  }

  #look(frame: DepthFrame): Promise<Detection> {
    this.#sinceLook = 0;
    return this.#stages.detector.detect(frame);
  }

  /** The hand near to where it is expected; where it is not there any more, what else there is. */
  async #follow(frame: DepthFrame, hand: Followed): Promise<FoundHand | Detection> {
    const { every, prediction } = this.#settings;
    const expected = expectedPlace(hand.motion, frame.stamp, prediction);
    const slow = Number(frame.stamp - hand.motion.stamp) / 1e9 > SLOW;
    const heard = slow ? 'nothing' : this.#heard;
    this.#heard = 'nothing';
    const due = every > 0 && ++this.#sinceLook >= every;
    try {
      if (heard !== 'believed') return await this.#doubt(frame, hand, expected);
      if (due) return await this.#confirm(frame, hand, expected);
      if (!this.#vote.settled) return await this.#judge(frame, hand, expected, expected);
    } catch {
      this.#sinceLook = every; // the hand is followed without the stages; with the next frame they are asked again
    }
    return this.#found(frame, expected, hand, { source: 'tracked', rough: false });
  }

  /**
   * Both stages on a hand whose joints are believed. These are more exact than the stages: a place is only put right that is far
   * off. What the second stage says of the hand goes into the presence score, which decides whether it is lost.
   */
  async #confirm(frame: DepthFrame, hand: Followed, expected: Place): Promise<FoundHand> {
    const near = this.#nearTo(expected, await this.#look(frame));
    return this.#judge(frame, seenBy(near, hand), expected, near ?? expected);
  }

  /** The second stage on a hand whose joints are believed, and on another place near to it where the first is no hand. */
  async #judge(frame: DepthFrame, hand: Followed, expected: Place, other: Place): Promise<FoundHand> {
    const { acquire, keep } = this.#settings;
    const { score } = hand;
    const verdict = await this.#stages.verifier.verify(frame, { ...expected, score });
    if (sureness(score, verdict) < keep && distance(other.root, expected.root) > FAR_FROM_JOINTS) {
      const second = await this.#stages.verifier.verify(frame, { ...other, score });
      if (sureness(score, second) >= acquire)
        return this.#verified(frame, hand, corrected(other, second), second, true);
    }
    const sure = sureness(score, verdict) >= acquire;
    const off = sure && distance(verdict.root, expected.root) > FAR_FROM_JOINTS;
    return this.#verified(frame, hand, off ? corrected(expected, verdict) : expected, verdict, off);
  }

  /** Both stages on a hand whose joints are in doubt, or not known. */
  async #doubt(frame: DepthFrame, hand: Followed, expected: Place): Promise<FoundHand | Detection> {
    const { keep, trackRadius } = this.#settings;
    const detection = await this.#look(frame);
    const near = this.#nearTo(expected, detection);
    const seen = seenBy(near, hand);
    const { score } = seen;
    for (const place of near === undefined ? [expected] : [near, expected]) {
      const verdict = await this.#stages.verifier.verify(frame, { ...place, score });
      if (sureness(score, verdict) < keep || distance(verdict.root, expected.root) > trackRadius) continue;
      return this.#verified(frame, seen, corrected(place, verdict), verdict, true);
    }
    this.#lose();
    return detection;
  }

  #nearTo({ root }: Place, { hands }: Detection): HandCandidate | undefined {
    return hands.find((hand) => distance(hand.root, root) < this.#settings.trackRadius);
  }

  #verified(frame: DepthFrame, hand: Followed, place: Place, verdict: HandVerdict, rough: boolean): FoundHand {
    this.#vote.add(verdict.left);
    const seen = { ...hand, confidence: sureness(hand.score, verdict) };
    return this.#found(frame, place, seen, { source: 'tracked', rough });
  }

  async #acquire(frame: DepthFrame, { hands, depth }: Detection): Promise<HandSight> {
    const { zone, candidates, acquire } = this.#settings;
    if (!depth) return { state: 'lost', reason: 'no-depth' };
    const inZone = hands.filter(({ root }) => isInside(zone, root));
    if (inZone.length === 0) return { state: 'lost', reason: hands.length > 0 ? 'zone-empty' : 'no-candidate' };
    let best: { readonly hand: HandCandidate; readonly place: Place; readonly verdict: HandVerdict } | undefined;
    let most = 0;
    for (const hand of inZone.filter(({ size }) => size > SIZES[0] && size < SIZES[1]).slice(0, candidates)) {
      const verdict = await this.#stages.verifier.verify(frame, hand);
      const sure = sureness(hand.score, verdict);
      const worth = sure * this.#sideShare(verdict);
      if (sure < acquire || worth <= most || !isInside(zone, verdict.root)) continue;
      most = worth;
      best = { hand, place: hand, verdict };
    }
    if (best === undefined) return { state: 'lost', reason: 'no-candidate' };
    const { hand } = best;
    let { place, verdict } = best;
    const better = corrected(place, verdict);
    if (isFar(place, better)) {
      const again = await this.#stages.verifier.verify(frame, { ...better, score: hand.score });
      if (sureness(hand.score, again) >= acquire) [place, verdict] = [better, again];
    }
    this.#vote.begin(this.#isSame(verdict.root, frame.stamp));
    this.#vote.add(verdict.left);
    const { score } = hand;
    const toMass = difference(hand.mass, hand.root);
    const rest = motionTo(place, frame.stamp, undefined);
    const seen = { motion: rest, joints: undefined, toMass, score, confidence: sureness(score, verdict) };
    return this.#found(frame, corrected(place, verdict), seen, { source: 'acquired', rough: true });
  }

  /** How likely it is the side that is looked for; 0 where that is out of the question. */
  #sideShare({ left }: HandVerdict): number {
    const { side } = this.#settings;
    if (side === 'auto') return 1;
    const share = sigmoid(side === 'left' ? left : -left);
    return share < MIN_SIDE ? 0 : share;
  }

  /** Whether a hand that is found is the one that was lost. */
  #isSame(root: Vec3, stamp: bigint): boolean {
    const lost = this.#lost;
    if (lost === undefined) return false;
    return Number(stamp - lost.stamp) / 1e9 < SAME_HAND.seconds && distance(lost.root, root) < SAME_HAND.metres;
  }

  #found({ stamp }: DepthFrame, place: Place, seen: Followed, how: Pick<FoundHand, 'source' | 'rough'>): FoundHand {
    const { root, direction } = place;
    const motion = { root, direction, stamp, velocity: seen.motion.velocity };
    this.#hand = { ...seen, motion };
    const { toMass, confidence } = seen;
    const mass: Vec3 = [root[0] + toMass[0], root[1] + toMass[1], root[2] + toMass[2]];
    const { side, settled } = this.#vote;
    return { state: 'found', root, direction, mass, side, settled, confidence, ...how };
  }
}

/** How sure both stages are of a hand together, 0 to 1: the geometric mean. Either one alone is wrong more often. */
function sureness(score: number, { hand }: HandVerdict): number {
  return Math.sqrt(score * hand);
}

/** What the detector's look says of a hand that is followed. */
function seenBy(near: HandCandidate | undefined, hand: Followed): Followed {
  if (near === undefined) return { ...hand, score: UNSEEN };
  return { ...hand, score: near.score, toMass: difference(near.mass, near.root) };
}

/** The place as the second stage sees it. */
function corrected(place: Place, { root, direction }: HandVerdict): Place {
  return { root, direction: direction ?? place.direction };
}

function isFar(from: Place, to: Place): boolean {
  if (distance(from.root, to.root) > FAR_CORRECTION) return true;
  const [a, b] = [from.direction, to.direction];
  return a !== undefined && b !== undefined && a[0] * b[0] + a[1] * b[1] < FAR_TURN;
}

function isInside({ x, y, z }: InteractionZone, point: Vec3): boolean {
  return [x, y, z].every((range, axis) => range === undefined || (point[axis] >= range[0] && point[axis] <= range[1]));
}

function difference(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
