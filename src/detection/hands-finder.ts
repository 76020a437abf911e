import type { DepthFrame } from '../depth/index.js';
import { distance, type Vec3 } from '../geometry/index.js';
import { secondsBetween } from '../timing/index.js';
import {
  CloseLooks,
  type CloseLooksSettings,
  type Confirmed,
  corrected,
  isAmong,
  isInside,
  type Verified,
} from './close-looks.js';
import type { DetectionSettings } from './detection-settings.js';
import { type FollowedHand, scoreOf } from './followed-hand.js';
import type { LostReason } from './geometric/reference-point.js';
import { reachOf } from './hand-motion.js';
import type { FoundHand, HandSight, JointsSeen } from './hand-sight.js';
import { assigned, KnownHands, type KnownHandsSettings, type Pursuit } from './known-hands.js';
import type { Detection, DetectionStages, HandCandidate, Place } from './ports.js';
import type { Side } from './side-vote.js';
import { TriedPlaces } from './tried-places.js';
import type { HandVerdict } from './verdict.js';

/** Settings of a {@link HandsFinder}: those of `detection` and `reference` in a configuration that it uses. */
export interface HandsFinderSettings
  extends KnownHandsSettings,
    CloseLooksSettings,
    Readonly<Pick<DetectionSettings, 'every'>> {}

/** What both stages saw in a frame beside its network, of which the next frame is told. */
interface LookAside {
  readonly stamp: bigint;
  readonly hands: readonly {
    readonly hand: FollowedHand;
    readonly expected: Place;
    readonly near: HandCandidate | undefined;
    readonly verdict: HandVerdict;
  }[];
  /** Candidates beside these hands. */
  readonly others: readonly Verified[];
}

/** After so long without a hand a frame is searched for one every {@link IDLE_PERIOD} only, at 30 Hz every fifth one; seconds. */
const IDLE_AFTER = 0.5;
const IDLE_PERIOD = 0.15;
/** While there is room for further hands they are searched for so many times as often as `every` says; where that is 0, every so many frames. */
const SEARCHES = 2;
const SEARCH_EVERY = 6;

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
  readonly #looks: CloseLooks;
  readonly #hands: KnownHands;
  #stamp: bigint | undefined;
  /** Where further hands were seen at the detector's last look, for the first time. */
  #hints: { readonly root: Vec3; readonly stamp: bigint }[] = [];
  readonly #tried = new TriedPlaces();
  /** Stamps of the last frame with a hand, or of the first one without, and of the detector's last look. */
  #active: bigint | undefined;
  #looked: bigint | undefined;
  /** Why there was no hand at that look. */
  #reason: LostReason = 'no-candidate';
  #sinceSearch = 0;
  /** The look at the last frame, where it was not waited for. */
  #aside: Promise<LookAside> | undefined;

  constructor(settings: HandsFinderSettings, stages: DetectionStages) {
    this.#settings = settings;
    this.#stages = stages;
    this.#looks = new CloseLooks(settings, stages.verifier);
    this.#hands = new KnownHands(settings);
  }

  /**
   * The hands that are followed in this frame, and those that were until a moment ago. At least one: without any, the last one.
   *
   * Rejects with what the stages reject with while no hand is followed; hands that are followed are followed without them. The next frame may
   * be given in either case. The frame may be looked at until the next call has resolved.
   */
  async find(frame: DepthFrame): Promise<readonly HandSight[]> {
    const { stamp } = frame;
    if (this.#stamp !== undefined && stamp < this.#stamp) this.reset();
    this.#stamp = stamp;
    this.#active ??= stamp;
    this.#hands.pass(stamp);
    const pursuits = this.#hands.pursue(stamp);
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
        return this.#listed(pursuits.map(({ hand, expected }) => this.#found(frame, hand, expected)));
      }
    }
    const found: FoundHand[] = [];
    const near = assigned(pursuits, detection);
    // a hand in doubt cannot take the place of one that is not
    const order = [...pursuits.keys()].sort((a, b) => doubtOf(pursuits[a]) - doubtOf(pursuits[b]));
    for (const i of order) {
      const sight = await this.#follow(frame, pursuits[i], near[i], detection !== undefined, found);
      if (sight !== undefined) found.push(sight);
    }
    if (detection !== undefined) {
      const taken = new Set(near.filter((_, i) => this.#hands.followed.includes(pursuits[i].hand)));
      const rest = detection.hands.filter((candidate) => !taken.has(candidate));
      try {
        found.push(...(await this.#acquire(frame, { ...detection, hands: rest }, found)));
      } catch (thrown) {
        if (found.length === 0) throw thrown;
      }
    }
    if (found.some((hand) => !this.#hands.isRetry(hand))) this.#active = stamp;
    return this.#listed(found);
  }

  /** Track so many hands from the next frame on, at least one; those that are nearest to the middle of the zone are kept. */
  allow(hands: number): void {
    this.#hands.allowed = hands;
  }

  /** What the network read in a hand's cube of the last frame. Without it, the next frame is looked at by both stages. */
  feedback(id: number, seen: JointsSeen): void {
    const hand = this.#hands.byId(id);
    if (hand === undefined) return;
    const isKept = hand.hear(seen);
    // the side that was shown in that frame is shown: what is heard of it counts from the next one on
    if (seen.left !== undefined) hand.hearSide(seen.left, this.#hands.sideWeight(hand, seen.left));
    if (isKept) this.#hands.keepId(hand);
    else this.#hands.lose(hand);
  }

  /**
   * Evidence from elsewhere about the side of a hand that was found in the last frame.
   *
   * @param left log-odds of a left hand
   * @returns the side as it stands then
   */
  judge(id: number, left: number): Side {
    const hand = this.#hands.byId(id);
    if (hand === undefined) return this.#hands.lastSide;
    hand.hearBothSides(left, this.#hands.sideWeight(hand, left));
    return hand.vote.side;
  }

  /** Forget the hands. Their ids are not given again. */
  reset(): void {
    this.#hands.reset();
    this.#hints = [];
    this.#tried.reset();
    this.#aside = undefined;
    this.#stamp = undefined;
    this.#active = undefined;
    this.#looked = undefined;
    this.#reason = 'no-candidate';
  }

  #isDue({ sinceLook }: FollowedHand): boolean {
    const { every } = this.#settings;
    return every > 0 && sinceLook >= every;
  }

  /** Whether the detector looks at this frame. */
  #mustLook(stamp: bigint, pursuits: readonly Pursuit[]): boolean {
    const { every } = this.#settings;
    const { lost, allowed } = this.#hands;
    if (pursuits.length === 0) {
      const isIdle =
        !lost.some(({ believed }) => believed) && secondsBetween(this.#active ?? stamp, stamp) > IDLE_AFTER;
      return !isIdle || this.#looked === undefined || secondsBetween(this.#looked, stamp) >= IDLE_PERIOD;
    }
    this.#sinceSearch++;
    if (pursuits.some(({ hand, heard }) => heard !== 'believed' || this.#isDue(hand))) return true;
    if (pursuits.length >= allowed) return false;
    return this.#isSought(stamp) || this.#sinceSearch >= (Math.ceil(every / SEARCHES) || SEARCH_EVERY);
  }

  /** Whether a further hand was seen once, or lost just now. */
  #isSought(stamp: bigint): boolean {
    return this.#hints.length > 0 || this.#hands.lost.some((hand) => hand.isOpen(stamp));
  }

  /** Whether a look may be made beside what follows: nothing is in doubt, and nothing is sought. */
  #canWait(stamp: bigint, pursuits: readonly Pursuit[]): boolean {
    const isSettled = ({ hand, heard }: Pursuit) => heard === 'believed' && !this.#isSideSought(hand);
    return (
      pursuits.length > 0 &&
      pursuits.every(isSettled) &&
      !(pursuits.length < this.#hands.allowed && this.#isSought(stamp))
    );
  }

  /** Both stages on the hands that are due and on what else is there. What is known of hands is taken as it is now, whenever they answer. */
  async #lookAside(frame: DepthFrame, pursuits: readonly Pursuit[]): Promise<LookAside> {
    const isLeftAlone = this.#hands.refused.leftAlone(frame.stamp);
    const isRoom = pursuits.length < this.#hands.allowed;
    const places = pursuits.map(({ hand, expected, reach }) => ({ hand: { vote: hand.vote.copy() }, expected, reach }));
    const isDue = pursuits.map(({ hand }) => this.#isDue(hand));
    for (const [i, { hand }] of pursuits.entries()) if (isDue[i]) hand.sinceLook = 0;
    const detection = await this.#look(frame);
    const near = assigned(places, detection);
    const hands: LookAside['hands'][number][] = [];
    for (const [i, { hand, expected }] of pursuits.entries()) {
      if (!isDue[i]) continue;
      const verdict = await this.#stages.verifier.verify(frame, { ...expected, score: scoreOf(near[i]) });
      hands.push({ hand, expected, near: near[i], verdict });
    }
    const rest = this.#inZone(detection.hands.filter((candidate) => !near.includes(candidate)));
    const found = pursuits.map(({ expected }) => expected);
    const others = isRoom ? await this.#looks.candidates(frame, rest, found, isLeftAlone) : [];
    return { stamp: frame.stamp, hands, others };
  }

  /**
   * What the look beside the last frame has seen of hands that are still followed.
   *
   * @returns whether all is as it was thought to be; else both stages are to look at this frame
   */
  async #heed(): Promise<boolean> {
    const look = this.#aside;
    this.#aside = undefined;
    if (look === undefined) return true;
    const { followed } = this.#hands;
    const seen = await look.catch(() => undefined);
    if (seen === undefined) {
      for (const hand of followed) this.#askAgain(hand);
      return false;
    }
    const roots = followed.map(({ motion }) => motion);
    const more = seen.others.filter((one) => this.#looks.isConvincing(one) && !isAmong(roots, one.verdict.root));
    this.#hints = more.map(({ verdict: { root } }) => ({ root, stamp: seen.stamp }));
    let isCalm = more.length === 0;
    for (const { hand, expected, near, verdict } of seen.hands) {
      if (!followed.includes(hand)) continue;
      const isCrowded = this.#hands.isCrowded(hand);
      if (this.#looks.isElsewhere(verdict, expected, near, scoreOf(near), isCrowded)) {
        this.#askAgain(hand);
        isCalm = false;
      } else {
        hand.see(near);
        hand.judge(verdict, this.#hands.sideWeight(hand, verdict.left));
      }
    }
    return isCalm;
  }

  #look(frame: DepthFrame): Promise<Detection> {
    this.#sinceSearch = 0;
    this.#looked = frame.stamp;
    return this.#stages.detector.detect(frame, 1, this.#tried);
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
    const isCrowded = this.#hands.isCrowded(hand);
    // of a hand behind another one the stages see too little; two skeletons on one hand are noticed later
    const isHidden = heard === 'doubtful' && isCrowded;
    const isDoubted = heard !== 'believed' && !isHidden;
    const isLookedAt = isDoubted || (looked && this.#isDue(hand));
    if (isLookedAt) {
      hand.sinceLook = 0;
      hand.see(near);
    }
    const { score } = hand;
    let seen: Confirmed | undefined;
    try {
      if (isDoubted) seen = await this.#looks.findAgain(frame, pursuit, near, score, others);
      else if (isLookedAt) seen = await this.#looks.confirm(frame, expected, near ?? expected, score, isCrowded);
      else if (this.#isSideSought(hand)) seen = await this.#looks.confirm(frame, expected, expected, score, isCrowded);
      else return this.#found(frame, hand, expected);
    } catch {
      this.#askAgain(hand);
      return this.#found(frame, hand, expected);
    }
    if (seen === undefined) {
      this.#hands.lose(hand);
      return undefined;
    }
    hand.judge(seen.verdict, this.#hands.sideWeight(hand, seen.verdict.left));
    return this.#hands.found(hand, seen.place, frame.stamp, { source: 'tracked', rough: seen.rough });
  }

  /** The hand is followed without the stages; with the next frame they are asked again. */
  #askAgain(hand: FollowedHand): void {
    hand.sinceLook = this.#settings.every;
  }

  /** The hand is where it is expected. */
  #found(frame: DepthFrame, hand: FollowedHand, expected: Place): FoundHand {
    return this.#hands.found(hand, expected, frame.stamp, { source: 'tracked', rough: false });
  }

  #isSideSought(hand: FollowedHand): boolean {
    return hand.isSideSought && !this.#hands.isCrowded(hand);
  }

  /** Hands beside those that were found in this frame. */
  async #acquire(frame: DepthFrame, detection: Detection, found: readonly FoundHand[]): Promise<FoundHand[]> {
    const { stamp } = frame;
    const hints = this.#hints;
    this.#hints = [];
    this.#reason = 'no-candidate';
    const free = this.#hands.allowed - found.length;
    if (free <= 0) return [];
    const inZone = this.#inZone(detection.hands);
    if (!detection.depth) this.#reason = 'no-depth';
    else if (inZone.length === 0 && detection.hands.length > 0) this.#reason = 'zone-empty';
    const sure = await this.#looks.candidates(frame, inZone, found, this.#hands.refused.leftAlone(stamp));
    const born: FoundHand[] = [];
    const known = this.#hands.lostAt(sure.map(({ verdict }) => verdict));
    // a hand that was just tried in vain may have two candidates: the second one is nobody else
    const waiting = sure.filter((_, i) => found.length > 0 && known[i]?.isOpen(stamp) === false);
    const isNew = ({ verdict: { root } }: Verified) =>
      !isAmong([...found, ...born], root) &&
      !waiting.some(({ verdict }) => distance(verdict.root, root) < this.#settings.trackRadius);
    for (const [i, one] of sure.entries()) {
      const before = known[i];
      if (before === undefined || born.length >= free || !isNew(one)) continue;
      born.push(await this.#begin(frame, one, before));
    }
    for (const [i, one] of sure.entries()) {
      if (known[i] !== undefined || born.length >= free || !isNew(one)) continue;
      const isFirst = found.length + born.length === 0;
      if (!isFirst && !this.#looks.isConvincing(one)) continue;
      const { root } = one.verdict;
      const reach = (hint: bigint) => reachOf(this.#settings.trackRadius, hint, stamp);
      const isHinted = hints.some((hint) => distance(hint.root, root) < reach(hint.stamp));
      if (isFirst || isHinted) born.push(await this.#begin(frame, one));
      else this.#hints.push({ root, stamp });
    }
    return born;
  }

  #inZone(hands: readonly HandCandidate[]): HandCandidate[] {
    return hands.filter(({ root }) => isInside(this.#settings.zone, root));
  }

  /** A hand is followed from here on: a new one, or one that was lost. */
  async #begin(frame: DepthFrame, { hand: seen, verdict: first }: Verified, before?: FollowedHand): Promise<FoundHand> {
    const [place, verdict] = await this.#looks.again(frame, seen, first, seen.score);
    const hand = before ?? this.#hands.create();
    hand.begin(seen, place, verdict, frame.stamp, before !== undefined);
    this.#hands.follow(hand);
    return this.#hands.found(hand, corrected(place, verdict), frame.stamp, { source: 'acquired', rough: true });
  }

  #listed(found: readonly FoundHand[]): readonly HandSight[] {
    return this.#hands.listed(found, this.#reason);
  }
}

function doubtOf({ heard }: Pursuit): number {
  return heard === 'believed' ? 0 : 1;
}
