import type { DepthFrame } from '../depth/index.js';
import { distance, subtract, type Vec3 } from '../geometry/index.js';
import { SAME_HAND } from '../hand/index.js';
import { costOf, matched } from './assign-hands.js';
import type { DetectionSettings } from './detection-settings.js';
import type { InteractionZone, ReferenceConfig } from './geometric/reference-config.js';
import type { LostReason } from './geometric/reference-point.js';
import { expectedPlace, type HandMotion, keptApart, motionTo, placeOfJoints } from './hand-motion.js';
import type { Detection, DetectionStages, HandCandidate, Place } from './ports.js';
import { RefusedPlaces } from './refused-places.js';
import { type Side, SideVote, sideShare } from './side-vote.js';
import { TriedPlaces } from './tried-places.js';
import type { HandVerdict } from './verdict.js';

/** Settings of a {@link HandsFinder}: those of `detection` and `reference` in a configuration that it uses. */
export interface HandsFinderSettings
  extends Readonly<Pick<DetectionSettings, 'every' | 'candidates' | 'acquire' | 'acquireMore' | 'keep' | 'maxHands'>>,
    Readonly<Pick<ReferenceConfig, 'zone' | 'trackRadius' | 'maxGap' | 'prediction'>> {
  /** The side that is looked for; `auto`: whichever it is. */
  readonly side: Side | 'auto';
}

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
  /** Whether no evidence for the side is wanted in this frame, see {@link HandsFinder.judge}: it is settled, or this is not the frame for it. */
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
  /** How its cube was turned: says the direction where the palm is seen too short to tell. As in {@link Place}. */
  readonly direction?: Place['direction'];
}

/** A hand that is followed, or was until a moment ago. */
interface Followed {
  readonly id: number;
  vote: SideVote;
  /** Where it was in the last frame: by its joints or, until they come, where it was looked for. */
  motion: HandMotion;
  /** The last joints that were believed: velocities are between joints. */
  joints: HandMotion | undefined;
  /** From the middle root to the centre of mass. */
  toMass: Vec3;
  /** Of the detector at its last look. */
  score: number;
  confidence: number;
  /** The verdict on the joints of the last frame: none yet, believed, or doubted. */
  heard: 'nothing' | 'believed' | 'doubtful';
  /** Frames since both stages looked at it, and since it was found. */
  sinceLook: number;
  frames: number;
  /** Whether its joints were ever believed. */
  believed: boolean;
  /** What was known of its side before this frame; undefined once the frame's joints are believed. */
  sideBefore: SideVote | undefined;
  /** When its joints were not believed though the stages had found it again; undefined where they were since. Nanoseconds. */
  failed: bigint | undefined;
  /** Whether it was left out because there were too many hands. */
  isShed: boolean;
}

/** A hand that is followed, in the frame at hand. */
interface Pursuit {
  readonly hand: Followed;
  readonly expected: Place;
  /** Of the joints of the last frame; `nothing` where that is too old to say where the hand is now, too. */
  readonly heard: Followed['heard'];
  /** Whether the joints of the last frame were believed, however old they are. */
  readonly wasBelieved: boolean;
  /** How far from where it is expected it may be, metres. */
  readonly reach: number;
}

/** What both stages saw in a frame beside its network, of which the next frame is told. */
interface LookAside {
  readonly stamp: bigint;
  readonly hands: readonly {
    readonly hand: Followed;
    readonly expected: Place;
    readonly near: HandCandidate | undefined;
    readonly verdict: HandVerdict;
  }[];
  /** Candidates beside these hands. */
  readonly others: readonly Verified[];
}

/** A candidate that both stages are sure of. */
interface Verified {
  readonly hand: HandCandidate;
  readonly verdict: HandVerdict;
  readonly sure: number;
  /** How sure they are of a hand of the side that is looked for. */
  readonly worth: number;
}

/** A hand whose wrist is so near to or so far from the middle root, over 0.09 m, is none: a child's is 0.6, the largest 1.25. */
const SIZES = [0.4, 1.7] as const;
/** A side that is looked for must be this likely, and of a second hand this likely. */
const MIN_SIDE = 0.1;
const MIN_SIDE_OF_MORE = 0.5;
/** A correction by more than this is looked at once more: metres, and the cosine of a turn (15 degrees). */
const FAR_CORRECTION = 0.015;
const FAR_TURN = Math.cos(Math.PI / 12);
/** What a detector's score counts for where it has seen nothing: it looks at coarser things than the second stage. */
const UNSEEN = 0.15;
/** Where believed joints and the second stage are farther apart than this, the second stage is right, metres. */
const FAR_FROM_JOINTS = 0.035;
/** Old joints do not say how a hand is turned where the stages see another direction by more than this, the cosine of 30 degrees. */
const FAR_FROM_DIRECTION = Math.cos(Math.PI / 6);
/** Where the frame before is older than this the last joints do not say where the hand is now, seconds. */
const SLOW = 0.1;
/** Two middle roots that are nearer to each other than this are of one hand, metres. */
const ONE_HAND = 0.04;
/** Evidence of a side is gathered in each of so many frames behind an acquisition, until it is settled. */
const ASK_FIRST = 15;
/** Then it still is in every so many frames, until there could not be more: frames in a row make the same mistake. */
const ASK_EVERY = 4;
/** A hand that comes, or that is followed alone over frames far apart, is so fast, metres per second. */
const COMING = 2;
/** The side of a hand is not judged while another one is nearer than this: the stages may look at that one, metres. */
const TOO_NEAR_TO_JUDGE = 0.12;
/** After so long without a hand a frame is searched for one every {@link IDLE_PERIOD} only, at 30 Hz every fifth one; seconds. */
const IDLE_AFTER = 0.5;
const IDLE_PERIOD = 0.15;
/** Frames between two searches for further hands where `every` is 0. */
const SEARCH_EVERY = 6;
/** Beside others, a hand whose joints were not believed when it was found again is not tried again for so long, seconds. */
const FAILED = 0.1;

/**
 * Finds hands and follows them, by a detector for whole frames and a second stage that looks closely.
 *
 * ```text
 * no hand     every frame, after half a second every 150 ms: detector; the surest candidates to the second stage; the one that it is surest
 *             of is a hand at once
 * a hand      the last joints, moved on at constant velocity, say where it is and how it is turned
 *             every so many frames: detector and second stage beside the network, which are evidence of the hand; the next frame is told.
 *             Where they saw it elsewhere, or another hand, that frame asks both again and waits: they put right what is far off
 *             while the side is not settled, for 15 frames: second stage
 *             in doubt, or where no answer came: both stages must find the hand again
 * room for    with the looks above, and in every frame within a second of a loss: what the detector sees beside the hands that are followed;
 * more        both stages must be sure of it in two looks in a row
 * ```
 *
 * The candidates of a look are assigned to the hands that are followed all at once, by where each is expected and by its side. A hand that
 * is found within a second and 25 cm of one that was lost is that hand.
 *
 * Frames come in the order of their stamps; time is read from these only. One call at a time.
 */
export class HandsFinder {
  readonly #settings: HandsFinderSettings;
  readonly #stages: DetectionStages;
  #followed: Followed[] = [];
  /** Until they have been gone for longer than {@link SAME_HAND}; the surest first. */
  #lost: Followed[] = [];
  /** The hand that was followed last, for frames without any. */
  #last: Followed;
  #nextId = 0;
  #stamp: bigint | undefined;
  /** Where further hands were seen at the detector's last look, for the first time. */
  #hints: { readonly root: Vec3; readonly stamp: bigint }[] = [];
  readonly #refused = new RefusedPlaces();
  readonly #tried = new TriedPlaces();
  /** Stamps of the last frame with a hand, or of the first one without, and of the detector's last look. */
  #active: bigint | undefined;
  #looked: bigint | undefined;
  /** Why there was no hand at that look. */
  #reason: LostReason = 'no-candidate';
  #sinceSearch = 0;
  /** The look at the last frame, where it was not waited for. */
  #aside: Promise<LookAside> | undefined;
  /** Hands that are tracked at most at present. */
  #allowed: number;

  constructor(settings: HandsFinderSettings, stages: DetectionStages) {
    this.#settings = settings;
    this.#stages = stages;
    this.#last = this.#born(0);
    this.#allowed = settings.maxHands;
  }

  /**
   * The hands that are followed in this frame, and those that were until a moment ago. At least one: without any, the last one.
   *
   * Rejects with what the stages reject with while no hand is followed; hands that are followed are followed without them. The next frame may
   * be given in either case. The frame may be looked at until the next call has resolved.
   */
  async find(frame: DepthFrame): Promise<readonly HandSight[]> {
    const { stamp } = frame;
    this.#pass(stamp);
    const pursuits = this.#pursuits(stamp);
    const isCalm = await this.#heed();
    let detection: Detection | undefined;
    const mustLook = this.#mustLook(stamp, pursuits);
    if (mustLook && isCalm && this.#canWait(stamp, pursuits)) {
      this.#aside = this.#lookAside(frame, pursuits);
      this.#aside.catch(() => undefined);
    } else if (mustLook || !isCalm) {
      try {
        detection = await this.#look(frame);
      } catch (thrown) {
        if (pursuits.length === 0) throw thrown;
        for (const { hand } of pursuits) this.#askAgain(hand); // they are followed without the stages
        return this.#listed(pursuits.map(({ hand, expected }) => this.#expect(frame, hand, expected)));
      }
    }
    const found: FoundHand[] = [];
    const near = this.#assigned(pursuits, detection);
    // a hand in doubt cannot take the place of one that is not
    const order = [...pursuits.keys()].sort((a, b) => doubtOf(pursuits[a]) - doubtOf(pursuits[b]));
    for (const i of order) {
      const sight = await this.#follow(frame, pursuits[i], near[i], detection !== undefined, found);
      if (sight !== undefined) found.push(sight);
    }
    if (detection !== undefined) {
      const taken = new Set(near.filter((_, i) => this.#followed.includes(pursuits[i].hand)));
      const rest = detection.hands.filter((candidate) => !taken.has(candidate));
      try {
        found.push(...(await this.#acquire(frame, { ...detection, hands: rest }, found)));
      } catch (thrown) {
        if (found.length === 0) throw thrown;
      }
    }
    if (found.some((hand) => !this.#isRetry(hand))) this.#active = stamp;
    return this.#listed(found);
  }

  /** Track so many hands from the next frame on, at least one; those that are nearest to the middle of the zone are kept. */
  allow(hands: number): void {
    this.#allowed = Math.min(this.#settings.maxHands, Math.max(1, hands));
  }

  /** What the network read in a hand's cube of the last frame. Without it, the next frame is looked at by both stages. */
  feedback(id: number, { positions, tracked, doubtful, direction }: JointsSeen): void {
    const hand = this.#followed.find((one) => one.id === id);
    if (hand === undefined) return;
    const place = placeOfJoints(positions, direction ?? hand.motion.direction);
    if (!tracked || !place.root.every(Number.isFinite)) {
      this.#lose(hand);
      return;
    }
    const joints = motionTo(place, hand.motion.stamp, hand.joints);
    hand.motion = joints;
    hand.joints = joints;
    hand.heard = doubtful ? 'doubtful' : 'believed';
    hand.believed = true;
    hand.failed = undefined;
    hand.sideBefore = undefined;
    hand.vote.show();
    if (this.#settings.maxHands > 1) this.#nextId = Math.max(this.#nextId, id + 1);
  }

  /**
   * Evidence from elsewhere about the side of a hand that was found in the last frame.
   *
   * @param left log-odds of a left hand
   * @returns the side as it stands then
   */
  judge(id: number, left: number): Side {
    const hand = this.#followed.find((one) => one.id === id);
    if (hand === undefined) return this.#last.vote.side;
    if (!this.#isCrowded(hand)) hand.vote.add(left);
    return hand.vote.side;
  }

  /** Forget the hands. Their ids are not given again. */
  reset(): void {
    this.#followed = [];
    this.#lost = [];
    this.#hints = [];
    this.#refused.reset();
    this.#tried.reset();
    this.#aside = undefined;
    this.#stamp = undefined;
    this.#active = undefined;
    this.#looked = undefined;
    this.#reason = 'no-candidate';
  }

  /** Time has come to this stamp: hands are lost by a gap, and forgotten when they have been lost for long. */
  #pass(stamp: bigint): void {
    const { maxGap } = this.#settings;
    if (this.#stamp !== undefined && stamp < this.#stamp) this.reset();
    this.#stamp = stamp;
    this.#active ??= stamp;
    for (const hand of [...this.#followed]) if (seconds(hand.motion.stamp, stamp) > maxGap) this.#lose(hand);
    this.#lost = this.#lost.filter(({ motion }) => seconds(motion.stamp, stamp) < SAME_HAND.seconds);
    this.#refused.pass(stamp);
    if (this.#followed.length > this.#allowed) this.#shed();
  }

  /** Lose the hands that are too many: those farthest from the middle of the zone. */
  #shed(): void {
    const { x = [0, 0], y = [0, 0], z } = this.#settings.zone;
    const [cx, cy, cz] = [x, y, z].map(([from, to]) => (from + to) / 2);
    const away = ({ motion }: Followed) => distance(motion.root, [cx, cy, cz]);
    const far = [...this.#followed].sort((a, b) => away(a) - away(b)).slice(this.#allowed);
    for (const hand of far) {
      this.#lose(hand);
      hand.isShed = true;
    }
  }

  #pursuits(stamp: bigint): Pursuit[] {
    const expected = this.#followed.map(({ motion }) => expectedPlace(motion, stamp, this.#settings.prediction));
    const roots = keptApart(
      this.#followed.map(({ motion }) => motion.root),
      expected.map(({ root }) => root),
    );
    // beside others, what is far from where a hand is expected may be another one
    const isAlone = this.#followed.length === 1;
    return this.#followed.map((hand, i) => {
      const slow = seconds(hand.motion.stamp, stamp) > SLOW;
      const heard = slow ? 'nothing' : hand.heard;
      const wasBelieved = hand.heard === 'believed';
      const reach = isAlone ? this.#reach(hand.motion.stamp, stamp) : this.#settings.trackRadius;
      hand.heard = 'nothing';
      hand.sideBefore = hand.vote.copy();
      hand.sinceLook++;
      hand.frames++;
      return { hand, expected: { ...expected[i], root: roots[i] }, heard, wasBelieved, reach };
    });
  }

  #isDue({ sinceLook }: Followed): boolean {
    const { every } = this.#settings;
    return every > 0 && sinceLook >= every;
  }

  /** Whether the detector looks at this frame. */
  #mustLook(stamp: bigint, pursuits: readonly Pursuit[]): boolean {
    const { every } = this.#settings;
    if (pursuits.length === 0) {
      const isIdle = !this.#lost.some(({ believed }) => believed) && seconds(this.#active ?? stamp, stamp) > IDLE_AFTER;
      return !isIdle || this.#looked === undefined || seconds(this.#looked, stamp) >= IDLE_PERIOD;
    }
    this.#sinceSearch++;
    if (pursuits.some(({ hand, heard }) => heard !== 'believed' || this.#isDue(hand))) return true;
    if (pursuits.length >= this.#allowed) return false;
    return (
      this.#lost.some((hand) => isOpen(hand, stamp)) ||
      this.#hints.length > 0 ||
      this.#sinceSearch >= (every || SEARCH_EVERY)
    );
  }

  /** Whether a look may be made beside what follows: nothing is in doubt, and nothing is sought. */
  #canWait(stamp: bigint, pursuits: readonly Pursuit[]): boolean {
    const isSettled = ({ hand, heard }: Pursuit) => heard === 'believed' && !this.#isSideSought(hand);
    const isSought = this.#hints.length > 0 || this.#lost.some((hand) => isOpen(hand, stamp));
    return pursuits.length > 0 && pursuits.every(isSettled) && !(isSought && pursuits.length < this.#allowed);
  }

  /** Both stages on the hands that are due and on what else is there. What is known of hands is taken as it is now, whenever they answer. */
  async #lookAside(frame: DepthFrame, pursuits: readonly Pursuit[]): Promise<LookAside> {
    const isLeftAlone = this.#refused.leftAlone(frame.stamp);
    const isRoom = pursuits.length < this.#allowed;
    const places = pursuits.map(({ hand, expected, reach }) => ({ hand: { vote: hand.vote.copy() }, expected, reach }));
    const isDue = pursuits.map(({ hand }) => this.#isDue(hand));
    for (const [i, { hand }] of pursuits.entries()) if (isDue[i]) hand.sinceLook = 0;
    const detection = await this.#look(frame);
    const near = this.#assigned(places, detection);
    const hands: LookAside['hands'][number][] = [];
    for (const [i, { hand, expected }] of pursuits.entries()) {
      if (!isDue[i]) continue;
      const verdict = await this.#stages.verifier.verify(frame, { ...expected, score: near[i]?.score ?? UNSEEN });
      hands.push({ hand, expected, near: near[i], verdict });
    }
    const rest = this.#inZone(detection.hands.filter((candidate) => !near.includes(candidate)));
    const found = pursuits.map(({ expected }) => expected);
    return { stamp: frame.stamp, hands, others: isRoom ? await this.#candidates(frame, rest, found, isLeftAlone) : [] };
  }

  /**
   * What the look beside the last frame has seen of hands that are still followed.
   *
   * @returns whether all is as it was thought to be; else both stages are to look at this frame
   */
  async #heed(): Promise<boolean> {
    const look = this.#aside;
    this.#aside = undefined;
    const seen = await look?.catch(() => undefined);
    if (seen === undefined) {
      if (look !== undefined) for (const hand of this.#followed) this.#askAgain(hand);
      return look === undefined;
    }
    const { keep, acquire } = this.#settings;
    const known = this.#followed.map(({ motion }) => motion);
    const more = seen.others.filter((one) => this.#isConvincing(one) && !isAmong(known, one.verdict.root));
    this.#hints = more.map(({ verdict: { root } }) => ({ root, stamp: seen.stamp }));
    let isCalm = more.length === 0;
    for (const { hand, expected, near, verdict } of seen.hands) {
      if (!this.#followed.includes(hand)) continue;
      const sure = sureness(near?.score ?? UNSEEN, verdict);
      const isOff = ({ root }: Pick<Place, 'root'>) => distance(root, expected.root) > FAR_FROM_JOINTS;
      const isCrowded = this.#isCrowded(hand);
      if (sure < keep ? near !== undefined && isOff(near) : sure >= acquire && isOff(verdict) && !isCrowded) {
        this.#askAgain(hand);
        isCalm = false;
        continue;
      }
      see(hand, near);
      hand.confidence = sure;
      if (!isCrowded) hand.vote.add(verdict.left);
    }
    return isCalm;
  }

  #look(frame: DepthFrame): Promise<Detection> {
    this.#sinceSearch = 0;
    this.#looked = frame.stamp;
    return this.#stages.detector.detect(frame, 1, this.#tried);
  }

  /** Each hand's candidate of this look, if there is one: near to where it is expected, sure, and of its side. */
  #assigned(
    pursuits: readonly (Pick<Pursuit, 'expected' | 'reach'> & { readonly hand: Pick<Followed, 'vote'> })[],
    detection: Detection | undefined,
  ): (HandCandidate | undefined)[] {
    return matched(pursuits, detection?.hands ?? [], ({ hand: { vote }, expected: { root }, reach }, candidate) =>
      costOf(candidate, { root, vote }, reach, 1 - candidate.score),
    );
  }

  /** The hand near to where it is expected; undefined where it is not there any more. */
  async #follow(
    frame: DepthFrame,
    pursuit: Pursuit,
    near: HandCandidate | undefined,
    looked: boolean,
    others: readonly FoundHand[],
  ): Promise<FoundHand | undefined> {
    const { hand, expected, heard } = pursuit;
    // of a hand behind another one the stages see too little; two skeletons on one hand are noticed later
    const isHidden = heard === 'doubtful' && this.#isCrowded(hand);
    try {
      if (heard !== 'believed' && !isHidden) return await this.#doubt(frame, pursuit, near, others);
      if (looked && this.#isDue(hand)) return await this.#confirm(frame, hand, expected, near);
      if (this.#isSideSought(hand)) return await this.#judge(frame, hand, expected, expected);
    } catch {
      this.#askAgain(hand);
    }
    return this.#expect(frame, hand, expected);
  }

  /** The hand is followed without the stages; with the next frame they are asked again. */
  #askAgain(hand: Followed): void {
    hand.sinceLook = this.#settings.every;
  }

  #expect(frame: DepthFrame, hand: Followed, expected: Place): FoundHand {
    return this.#found(frame, hand, expected, { source: 'tracked', rough: false });
  }

  /**
   * Both stages on a hand whose joints are believed. These are more exact than the stages: a place is only put right that is far
   * off. What the second stage says of the hand goes into the presence score, which decides whether it is lost.
   */
  #confirm(frame: DepthFrame, hand: Followed, expected: Place, near: HandCandidate | undefined): Promise<FoundHand> {
    hand.sinceLook = 0;
    see(hand, near);
    return this.#judge(frame, hand, expected, near ?? expected);
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
    const sure = sureness(score, verdict) >= acquire && !this.#isCrowded(hand);
    const off = sure && distance(verdict.root, expected.root) > FAR_FROM_JOINTS;
    return this.#verified(frame, hand, off ? corrected(expected, verdict) : expected, verdict, off);
  }

  /** Both stages on a hand whose joints are in doubt, or not known. */
  async #doubt(
    frame: DepthFrame,
    { hand, expected, wasBelieved, reach }: Pursuit,
    near: HandCandidate | undefined,
    others: readonly FoundHand[],
  ): Promise<FoundHand | undefined> {
    const { keep } = this.#settings;
    hand.sinceLook = 0;
    see(hand, near);
    const { score } = hand;
    for (const place of near === undefined ? [expected] : [near, expected]) {
      const first = await this.#stages.verifier.verify(frame, { ...place, score });
      if (sureness(score, first) < keep) continue;
      const [nearer, verdict] = await this.#lookAgain(frame, place, first, score);
      if (distance(verdict.root, expected.root) > reach || isAmong(others, verdict.root)) continue;
      const better = corrected(nearer, verdict);
      const isNear = distance(verdict.root, expected.root) <= FAR_FROM_JOINTS;
      const isAsExpected = wasBelieved && isNear && !isTurned(expected, better, FAR_FROM_DIRECTION);
      const seen = isAsExpected ? { ...expected, root: verdict.root } : better;
      return this.#verified(frame, hand, seen, verdict, isAsExpected ? 'agreed' : true);
    }
    this.#lose(hand);
    return undefined;
  }

  #verified(
    frame: DepthFrame,
    hand: Followed,
    place: Place,
    verdict: HandVerdict,
    rough: FoundHand['rough'],
  ): FoundHand {
    if (!this.#isCrowded(hand)) hand.vote.add(verdict.left);
    hand.confidence = sureness(hand.score, verdict);
    return this.#found(frame, hand, place, { source: 'tracked', rough });
  }

  /** Whether a hand was just found, and its side is not known yet. */
  #isSideSought(hand: Followed): boolean {
    return !hand.vote.settled && hand.frames < ASK_FIRST && !this.#isCrowded(hand);
  }

  /** Whether another hand is so near that the stages may see that one. */
  #isCrowded(hand: Followed): boolean {
    const { root } = hand.motion;
    return this.#followed.some((other) => other !== hand && distance(other.motion.root, root) < TOO_NEAR_TO_JUDGE);
  }

  /** Hands beside those that were found in this frame. */
  async #acquire(frame: DepthFrame, detection: Detection, found: readonly FoundHand[]): Promise<FoundHand[]> {
    const hints = this.#hints;
    this.#hints = [];
    this.#reason = 'no-candidate';
    const free = this.#allowed - found.length;
    if (free <= 0) return [];
    const inZone = this.#inZone(detection.hands);
    if (!detection.depth) this.#reason = 'no-depth';
    else if (inZone.length === 0 && detection.hands.length > 0) this.#reason = 'zone-empty';
    const isLeftAlone = this.#refused.leftAlone(frame.stamp);
    const sure = await this.#candidates(frame, inZone, found, isLeftAlone);
    const born: FoundHand[] = [];
    const isNew = ({ verdict }: Verified) => !isAmong([...found, ...born], verdict.root);
    const known = this.#known(sure);
    for (const [i, one] of sure.entries()) {
      const before = known[i];
      if (before === undefined || born.length >= free || !isNew(one)) continue;
      if (found.length === 0 || isOpen(before, frame.stamp)) born.push(await this.#begin(frame, one, before));
    }
    for (const [i, one] of sure.entries()) {
      if (known[i] !== undefined || born.length >= free || !isNew(one)) continue;
      const isFirst = found.length + born.length === 0;
      if (!isFirst && !this.#isConvincing(one)) continue;
      const { root } = one.verdict;
      const isHinted = hints.some((hint) => distance(hint.root, root) < this.#reach(hint.stamp, frame.stamp));
      if (isFirst || isHinted) born.push(await this.#begin(frame, one));
      else this.#hints.push({ root, stamp: frame.stamp });
    }
    return born;
  }

  /** How far a hand may have moved between two frames, metres. */
  #reach(from: bigint, to: bigint): number {
    return Math.min(SAME_HAND.metres, Math.max(this.#settings.trackRadius, COMING * seconds(from, to)));
  }

  #inZone(hands: readonly HandCandidate[]): HandCandidate[] {
    return hands.filter(({ root }) => isInside(this.#settings.zone, root));
  }

  /**
   * Candidates that both stages are sure of, the worthiest first.
   *
   * @param found hands that they are not
   * @param isLeftAlone whether a place is
   */
  async #candidates(
    frame: DepthFrame,
    inZone: readonly HandCandidate[],
    found: readonly Place[],
    isLeftAlone: (root: Vec3) => boolean,
  ): Promise<readonly Verified[]> {
    const { zone, candidates, acquire } = this.#settings;
    const isUsable = ({ root, size }: HandCandidate) =>
      size > SIZES[0] && size < SIZES[1] && !isAmong(found, root) && !isLeftAlone(root);
    const sure: Verified[] = [];
    for (const hand of inZone.filter(isUsable).slice(0, candidates)) {
      const verdict = await this.#stages.verifier.verify(frame, hand);
      const own = sureness(hand.score, verdict);
      const worth = own * this.#sideShare(verdict);
      if (own < acquire || worth <= 0 || !isInside(zone, verdict.root)) continue;
      sure.push({ hand, verdict, sure: own, worth });
    }
    return sure.sort((a, b) => b.worth - a.worth);
  }

  /** Whether a candidate may be a hand beside others. */
  #isConvincing({ sure, verdict }: Verified): boolean {
    return sure >= this.#settings.acquireMore && this.#sideShare(verdict) >= MIN_SIDE_OF_MORE;
  }

  /** The hand that was lost just now which each candidate is, if any. */
  #known(sure: readonly Verified[]): (Followed | undefined)[] {
    return matched(sure, this.#lost, ({ verdict }, { motion: { root }, vote }) =>
      costOf(verdict, { root, vote }, SAME_HAND.metres),
    );
  }

  /** A place and its verdict; where that moves it far, of the better place, if the second stage is sure of a hand there too. */
  async #lookAgain(
    frame: DepthFrame,
    place: Place,
    verdict: HandVerdict,
    score: number,
  ): Promise<[Place, HandVerdict]> {
    const better = corrected(place, verdict);
    if (!isFar(place, better)) return [place, verdict];
    const again = await this.#stages.verifier.verify(frame, { ...better, score });
    return sureness(score, again) >= this.#settings.acquire ? [better, again] : [place, verdict];
  }

  /** A hand is followed from here on: a new one, or one that was lost. */
  async #begin(frame: DepthFrame, { hand, verdict: first }: Verified, before?: Followed): Promise<FoundHand> {
    const [place, verdict] = await this.#lookAgain(frame, hand, first, hand.score);
    const followed = before ?? this.#born(this.#freeId());
    followed.sideBefore = followed.vote.copy();
    followed.vote.begin(before && seconds(before.motion.stamp, frame.stamp));
    followed.vote.add(verdict.left);
    followed.motion = motionTo(place, frame.stamp, undefined);
    followed.joints = undefined;
    followed.isShed = false;
    followed.heard = 'nothing';
    followed.sinceLook = 0;
    followed.frames = 0;
    followed.confidence = sureness(hand.score, verdict);
    see(followed, hand);
    this.#lost = this.#lost.filter(({ id }) => id !== followed.id);
    this.#followed.push(followed);
    return this.#found(frame, followed, corrected(place, verdict), { source: 'acquired', rough: true });
  }

  /** The lowest id that no hand has had whose joints were believed, and none has now. */
  #freeId(): number {
    let id = this.#nextId;
    while (this.#followed.some((hand) => hand.id === id)) id++;
    return id;
  }

  #born(id: number): Followed {
    const { side } = this.#settings;
    return {
      id,
      vote: new SideVote(side === 'auto' ? undefined : side),
      motion: { root: [0, 0, 0], direction: undefined, stamp: 0n, velocity: [0, 0, 0] },
      joints: undefined,
      toMass: [0, 0, 0],
      score: 0,
      confidence: 0,
      heard: 'nothing',
      sinceLook: 0,
      frames: 0,
      believed: false,
      sideBefore: undefined,
      failed: undefined,
      isShed: false,
    };
  }

  /** How likely it is the side that is looked for; 0 where that is out of the question. */
  #sideShare({ left }: HandVerdict): number {
    const { side } = this.#settings;
    if (side === 'auto') return 1;
    const share = sideShare(side, left);
    return share < MIN_SIDE ? 0 : share;
  }

  /** A further hand that was never believed is forgotten at once, and its place left alone for a while. */
  #lose(hand: Followed): void {
    this.#followed = this.#followed.filter((one) => one !== hand);
    hand.heard = 'nothing';
    // what the networks made of the side of something that was never believed is no evidence
    if (!hand.believed) hand.vote = hand.sideBefore ?? hand.vote;
    hand.sideBefore = undefined;
    if (hand.joints === undefined) hand.failed = hand.motion.stamp;
    const isAlone = this.#followed.length === 0;
    if (hand.believed || isAlone) this.#last = hand;
    const { root, stamp } = hand.motion;
    if (hand.believed || this.#refused.refuse(root, stamp, isAlone)) this.#lost.push(hand);
  }

  /** Whether a hand stands where it was tried in vain so often that this is no sign of one. */
  #isRetry({ id, root }: FoundHand): boolean {
    return this.#refused.isTried(root) && this.#followed.some((hand) => hand.id === id && !hand.believed);
  }

  #found(frame: DepthFrame, hand: Followed, place: Place, how: Pick<FoundHand, 'source' | 'rough'>): FoundHand {
    const { root, direction } = place;
    hand.motion = { root, direction, stamp: frame.stamp, velocity: hand.motion.velocity };
    const { toMass, confidence, vote } = hand;
    const mass: Vec3 = [root[0] + toMass[0], root[1] + toMass[1], root[2] + toMass[2]];
    const isAsked = !vote.full && hand.frames % ASK_EVERY === ASK_EVERY - 1 && !this.#isCrowded(hand);
    const settled = !isAsked && !this.#isSideSought(hand);
    return { ...known(hand), state: 'found', root, direction, mass, settled, confidence, ...how };
  }

  /** The hands of a frame with those that were lost just now, in the order of their ids. */
  #listed(found: readonly FoundHand[]): readonly HandSight[] {
    const gone = this.#lost.filter(({ believed }) => believed);
    const reason = found.length > 0 ? 'no-candidate' : this.#reason;
    const missed = gone.length > 0 || found.length > 0 ? gone : [this.#last];
    const lost = missed.map(
      (hand): MissedHand => ({
        ...known(hand),
        state: 'lost',
        reason: hand.isShed ? 'shed' : reason,
      }),
    );
    return [...found, ...lost].sort((a, b) => a.id - b.id);
  }
}

function known({ id, vote }: Followed): KnownHand {
  return { id, side: vote.side, sideScore: vote.score };
}

/** How sure both stages are of a hand together, 0 to 1: the geometric mean. Either one alone is wrong more often. */
function sureness(score: number, { hand }: HandVerdict): number {
  return Math.sqrt(score * hand);
}

/** What the detector's look says of a hand that is followed. */
function see(hand: Followed, near: HandCandidate | undefined): void {
  hand.score = near?.score ?? UNSEEN;
  if (near !== undefined) hand.toMass = subtract(near.mass, near.root);
}

/** The place as the second stage sees it. */
function corrected(place: Place, { root, direction }: HandVerdict): Place {
  return { root, direction: direction ?? place.direction };
}

function isFar(from: Place, to: Place): boolean {
  return distance(from.root, to.root) > FAR_CORRECTION || isTurned(from, to, FAR_TURN);
}

function isTurned({ direction: a }: Place, { direction: b }: Place, cosine: number): boolean {
  return a !== undefined && b !== undefined && a[0] * b[0] + a[1] * b[1] < cosine;
}

function doubtOf({ heard }: Pursuit): number {
  return heard === 'believed' ? 0 : 1;
}

function isAmong(hands: readonly Place[], root: Vec3): boolean {
  return hands.some((hand) => distance(hand.root, root) < ONE_HAND);
}

/** Whether a hand that was lost may be found again now. */
function isOpen({ failed }: Followed, stamp: bigint): boolean {
  return failed === undefined || seconds(failed, stamp) > FAILED;
}

/** From one stamp to another. */
function seconds(from: bigint, to: bigint): number {
  return Number(to - from) / 1e9;
}

function isInside({ x, y, z }: InteractionZone, point: Vec3): boolean {
  return [x, y, z].every((range, axis) => range === undefined || (point[axis] >= range[0] && point[axis] <= range[1]));
}
