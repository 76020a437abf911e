import { distance } from '../geometry/index.js';
import { SAME_HAND } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';
import { costOf, matched, type SeenAt } from './assign-hands.js';
import { FollowedHand } from './followed-hand.js';
import type { InteractionZone } from './geometric/reference-config.js';
import type { LostReason } from './geometric/reference-point.js';
import { expectedPlace, keptApart, reachOf } from './hand-motion.js';
import type { FoundHand, HandSight, MissedHand } from './hand-sight.js';
import type { Detection, HandCandidate, Place } from './ports.js';
import { RefusedPlaces } from './refused-places.js';
import { type Side, SideVote } from './side-vote.js';

/** Where the frame before is older than this the last joints do not say where the hand is now, seconds. */
const SLOW = 0.1;
/** The side of a hand is not judged while another one is nearer than this: the stages may look at that one, metres. */
const TOO_NEAR_TO_JUDGE = 0.12;
/** Two hands that are nearer to each other than this are most often one person's, metres: what would give both the same side counts for so much. */
const ONE_PERSON = 0.7;
const SAME_SIDE = 0.5;

export interface KnownHandsSettings {
  readonly zone: InteractionZone;
  readonly maxHands: number;
  /** Metres, see `reference` in a configuration. */
  readonly trackRadius: number;
  /** Seconds. */
  readonly maxGap: number;
  readonly prediction: number;
  /** The side that is looked for; `auto`: whichever it is. */
  readonly side: Side | 'auto';
}

/** A hand that is followed, in the frame at hand. */
export interface Pursuit {
  readonly hand: FollowedHand;
  readonly expected: Place;
  /** Of the joints of the last frame; `nothing` where that is too old to say where the hand is now, too. */
  readonly heard: FollowedHand['heard'];
  /** Whether the joints of the last frame were believed, however old they are. */
  readonly wasBelieved: boolean;
  /** How far from where it is expected it may be, metres. */
  readonly reach: number;
}

/** The hands that are followed, and those that were until a moment ago: their ids, birth and loss, and where they are expected. */
export class KnownHands {
  readonly #settings: KnownHandsSettings;
  #followed: FollowedHand[] = [];
  /** Until they have been gone for longer than {@link SAME_HAND}; the surest first. */
  #lost: FollowedHand[] = [];
  /** The hand that was followed last, for frames without any. */
  #last: FollowedHand;
  #nextId = 0;
  #allowed: number;
  readonly refused = new RefusedPlaces();

  constructor(settings: KnownHandsSettings) {
    this.#settings = settings;
    this.#allowed = settings.maxHands;
    this.#last = this.#born(0);
  }

  get followed(): readonly FollowedHand[] {
    return this.#followed;
  }

  get lost(): readonly FollowedHand[] {
    return this.#lost;
  }

  /** The side of the hand that was followed last. */
  get lastSide(): Side {
    return this.#last.vote.side;
  }

  /** Hands that are tracked at most at present; at least one. */
  get allowed(): number {
    return this.#allowed;
  }

  set allowed(hands: number) {
    this.#allowed = Math.min(this.#settings.maxHands, Math.max(1, hands));
  }

  byId(id: number): FollowedHand | undefined {
    return this.#followed.find((one) => one.id === id);
  }

  /** Forget the hands. Their ids are not given again. */
  reset(): void {
    this.#followed = [];
    this.#lost = [];
    this.refused.reset();
  }

  /** Time has come to this stamp: hands are lost by a gap, and forgotten when they have been lost for long. */
  pass(stamp: bigint): void {
    const { maxGap } = this.#settings;
    for (const hand of [...this.#followed]) {
      if (secondsBetween(hand.motion.stamp, stamp) > maxGap || hand.vote.isContradicted) this.lose(hand);
    }
    this.#lost = this.#lost.filter(({ motion }) => secondsBetween(motion.stamp, stamp) < SAME_HAND.seconds);
    this.refused.pass(stamp);
    if (this.#followed.length > this.#allowed) this.#shed();
  }

  /** Lose the hands that are too many: those farthest from the middle of the zone. */
  #shed(): void {
    const { x = [0, 0], y = [0, 0], z } = this.#settings.zone;
    const [cx, cy, cz] = [x, y, z].map(([from, to]) => (from + to) / 2);
    const away = ({ motion }: FollowedHand) => distance(motion.root, [cx, cy, cz]);
    const far = [...this.#followed].sort((a, b) => away(a) - away(b)).slice(this.#allowed);
    for (const hand of far) {
      this.lose(hand);
      hand.isShed = true;
    }
  }

  /** A frame begins: where each hand is expected in it. */
  pursue(stamp: bigint): Pursuit[] {
    const expected = this.#followed.map(({ motion }) => expectedPlace(motion, stamp, this.#settings.prediction));
    const roots = keptApart(
      this.#followed.map(({ motion }) => motion.root),
      expected.map(({ root }) => root),
    );
    // beside others, what is far from where a hand is expected may be another one
    const isAlone = this.#followed.length === 1;
    const { trackRadius } = this.#settings;
    return this.#followed.map((hand, i) => {
      const slow = secondsBetween(hand.motion.stamp, stamp) > SLOW;
      const heard = slow ? 'nothing' : hand.heard;
      const wasBelieved = hand.heard === 'believed';
      const reach = isAlone ? reachOf(trackRadius, hand.motion.stamp, stamp) : trackRadius;
      hand.pass();
      return { hand, expected: { ...expected[i], root: roots[i] }, heard, wasBelieved, reach };
    });
  }

  /** Whether another hand is so near that the stages may see that one. */
  isCrowded(hand: FollowedHand): boolean {
    const { root } = hand.motion;
    return this.#followed.some((other) => other !== hand && distance(other.motion.root, root) < TOO_NEAR_TO_JUDGE);
  }

  /** What is said of a hand's side counts for so much, 0 to 1. @param left log-odds of a left hand */
  sideWeight(hand: FollowedHand, left: number): number {
    if (this.isCrowded(hand)) return 0;
    const { root } = hand.motion;
    const side = left > 0 ? 'left' : 'right';
    const isOthers = ({ vote, motion }: FollowedHand) =>
      vote.settled && vote.side === side && distance(motion.root, root) < ONE_PERSON;
    return this.#followed.some((other) => other !== hand && isOthers(other)) ? SAME_SIDE : 1;
  }

  /** The hand that was lost just now which each of these is, if any. */
  lostAt(seen: readonly SeenAt[]): (FollowedHand | undefined)[] {
    const mayReturn = this.#lost.filter(({ vote }) => !vote.isContradicted);
    return matched(seen, mayReturn, (one, { motion: { root }, vote }) => costOf(one, { root, vote }, SAME_HAND.metres));
  }

  /** A new hand, with the lowest id that no hand has had whose joints were believed, and none has now. */
  create(): FollowedHand {
    let id = this.#nextId;
    while (this.#followed.some((hand) => hand.id === id)) id++;
    return this.#born(id);
  }

  /** A new hand, or one that was lost, is followed from here on. */
  follow(hand: FollowedHand): void {
    this.#lost = this.#lost.filter(({ id }) => id !== hand.id);
    this.#followed.push(hand);
  }

  /** Its joints were believed: nobody else gets its id. */
  keepId({ id }: FollowedHand): void {
    if (this.#settings.maxHands > 1) this.#nextId = Math.max(this.#nextId, id + 1);
  }

  #born(id: number): FollowedHand {
    const { side } = this.#settings;
    return new FollowedHand(id, new SideVote(side === 'auto' ? undefined : side));
  }

  /** A further hand that was never believed is forgotten at once, and its place left alone for a while. */
  lose(hand: FollowedHand): void {
    this.#followed = this.#followed.filter((one) => one !== hand);
    hand.lose();
    const isAlone = this.#followed.length === 0;
    if (hand.believed || isAlone) this.#last = hand;
    const { root, stamp } = hand.motion;
    if (hand.believed || this.refused.refuse(root, stamp, isAlone)) this.#lost.push(hand);
  }

  /** Whether a hand stands where it was tried in vain so often that this is no sign of one. */
  isRetry({ id, root }: FoundHand): boolean {
    return this.refused.isTried(root) && this.#followed.some((hand) => hand.id === id && !hand.believed);
  }

  /** The hand is there in this frame. */
  found(
    hand: FollowedHand,
    { root, direction }: Place,
    stamp: bigint,
    how: Pick<FoundHand, 'source' | 'rough'>,
  ): FoundHand {
    hand.motion = { root, direction, stamp, velocity: hand.motion.velocity };
    const { known, mass, confidence } = hand;
    const settled = !hand.isSideAsked || this.isCrowded(hand);
    return { ...known, state: 'found', root, direction, mass, settled, confidence, ...how };
  }

  /**
   * The hands of a frame with those that were lost just now, in the order of their ids; without any, the last one.
   *
   * @param reason why there is none
   */
  listed(found: readonly FoundHand[], reason: LostReason): readonly HandSight[] {
    const gone = this.#lost.filter(({ believed }) => believed);
    const missed = gone.length > 0 || found.length > 0 ? gone : [this.#last];
    const lost = missed.map(
      (hand): MissedHand => ({
        ...hand.known,
        state: 'lost',
        reason: reasonOf(hand) ?? (found.length > 0 ? 'no-candidate' : reason),
      }),
    );
    return [...found, ...lost].sort((a, b) => a.id - b.id);
  }
}

/** Why a hand was lost that was seen. */
function reasonOf({ isShed, vote }: FollowedHand): LostReason | undefined {
  if (vote.isContradicted) return 'other-side';
  return isShed ? 'shed' : undefined;
}

/** Each hand's candidate of a look, if there is one: near to where it is expected, sure, and of its side. */
export function assigned(
  pursuits: readonly (Pick<Pursuit, 'expected' | 'reach'> & { readonly hand: Pick<FollowedHand, 'vote'> })[],
  detection: Detection | undefined,
): (HandCandidate | undefined)[] {
  return matched(pursuits, detection?.hands ?? [], ({ hand: { vote }, expected: { root }, reach }, candidate) =>
    costOf(candidate, { root, vote }, reach, 1 - candidate.score),
  );
}
