import { assign, distance, type Vec3 } from '../geometry/index.js';
import { type Handedness, type HandJoints, ROOT_OF_MIDDLE } from '../hand/index.js';
import { secondsBetween } from '../timing/index.js';
import { ErrorHistogram, type ErrorSummary } from './error-histogram.js';

export interface HandTracksOptions {
  /** A true hand and a found one are one hand where the roots of their middle fingers are no farther apart, metres. Default 0.06. */
  readonly limit?: number;
}

/** The side of a found hand is judged from this age on, seconds. */
const SIDE_AFTER = 0.5;
/** A true hand that was out of view for longer may be found again under another id, seconds. */
const FORGET_AFTER = 1;

/** One true hand of one sequence. */
export interface HandTrackReport {
  readonly id: number;
  readonly handedness: Handedness;
  /** Frames in which it was to be found, and in which it was. */
  readonly frames: number;
  readonly matched: number;
  readonly switches: number;
  /** Of all its joints, where it was found; null where it never was. */
  readonly meanMm: number | null;
}

/** How well found hands follow true ones; plain JSON. Shares and means are null where there is nothing to take them of. */
export interface HandTracksReport {
  readonly frames: number;
  readonly seconds: number;
  /** True hands, counted in each frame: matched and missed ones together. */
  readonly hands: number;
  readonly matched: number;
  readonly misses: number;
  readonly falseHands: number;
  readonly falseHandsPerFrame: number | null;
  /** Times that a true hand was found under another id than before. */
  readonly idSwitches: number;
  readonly idSwitchesPerMinute: number | null;
  /** 1 - (misses + false hands + id switches) / hands: CLEAR MOT. */
  readonly mota: number | null;
  /** Mean distance of the roots of matched hands, millimetres. */
  readonly motpMm: number | null;
  readonly side: {
    /** Matched hands whose id is old enough, and share of them whose side is right. */
    readonly judged: number;
    readonly right: number | null;
    /** How often an id changed its side, and how many ids did so more than once. */
    readonly changes: number;
    readonly idsWithSeveral: number;
  };
  /** Errors of the joints of matched hands. */
  readonly joints: ErrorSummary;
  readonly perHand: readonly HandTrackReport[];
}

interface Track {
  readonly id: number;
  readonly handedness: Handedness;
  frames: number;
  matched: number;
  switches: number;
  errorMm: number;
  /** The id under which it was found last, and when it was in view last. */
  foundAs: number | undefined;
  seen: bigint;
}

interface FoundId {
  readonly since: bigint;
  side: Handedness;
  changes: number;
}

/**
 * Follows true hands and found ones through time: CLEAR MOT (Bernardin and Stiefelhagen, "Evaluating Multiple Object Tracking Performance",
 * 2008). A pair of the moment before stays a pair while it is near enough; the others are paired so that the sum of distances is least.
 *
 * A true hand whose confidences are all 0 may be found or not: neither counts. One that was out of view for more than a second is a new one
 * as far as its id is concerned.
 *
 * @example
 * ```ts
 * const tracks = new HandTracks();
 * for (const { stamp, found, truth } of moments) tracks.add(stamp, found, truth);
 * tracks.report().mota;
 * ```
 */
export class HandTracks {
  readonly #limit: number;
  readonly #tracks: Track[] = [];
  readonly #errors = new ErrorHistogram();
  readonly #roots = new ErrorHistogram();
  #known = new Map<number, Track>();
  #found = new Map<number, FoundId>();
  #last: bigint | undefined;
  #frames = 0;
  #seconds = 0;
  #falseHands = 0;
  #judged = 0;
  #rightSide = 0;
  #sideChanges = 0;
  #idsWithSeveral = 0;

  constructor({ limit = 0.06 }: HandTracksOptions = {}) {
    this.#limit = limit;
  }

  /** Another recording begins: ids and stamps are new, counts go on. */
  newSequence(): void {
    this.#known = new Map();
    this.#found = new Map();
    this.#last = undefined;
  }

  /**
   * The hands of one moment, in order of time; those that are not tracked are left out. A stamp that is not later begins a new sequence.
   *
   * @param stamp nanoseconds
   */
  add(stamp: bigint, found: readonly HandJoints[], truth: readonly HandJoints[]): void {
    if (this.#last !== undefined && stamp <= this.#last) this.newSequence();
    this.#frames++;
    if (this.#last !== undefined) this.#seconds += secondsBetween(this.#last, stamp);
    this.#last = stamp;
    const hands = found.filter(({ tracked }) => tracked);
    for (const hand of hands) this.#noteSide(hand, stamp);
    const trueHands = truth.filter(({ tracked }) => tracked);
    const tracks = trueHands.map((hand) => this.#trackOf(hand, stamp));
    const partners = this.#pair(trueHands, tracks, hands);
    trueHands.forEach((trueHand, i) => {
      const [track, partner] = [tracks[i], partners[i]];
      track.seen = stamp;
      if (!counts(trueHand)) return;
      track.frames++;
      if (partner === undefined) return;
      this.#compare(track, trueHand, partner, stamp);
      if (track.foundAs !== undefined && track.foundAs !== partner.handId) track.switches++;
      track.foundAs = partner.handId;
    });
    const taken = new Set(partners);
    this.#falseHands += hands.filter((hand) => !taken.has(hand)).length;
  }

  /** What was found so far. */
  report(): HandTracksReport {
    const sum = (of: (track: Track) => number): number => this.#tracks.reduce((total, track) => total + of(track), 0);
    const [hands, matched] = [sum(({ frames }) => frames), sum((track) => track.matched)];
    const idSwitches = sum(({ switches }) => switches);
    const misses = hands - matched;
    const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
    return {
      frames: this.#frames,
      seconds: this.#seconds,
      ...{ hands, matched, misses },
      falseHands: this.#falseHands,
      falseHandsPerFrame: share(this.#falseHands, this.#frames),
      idSwitches,
      idSwitchesPerMinute: share(60 * idSwitches, this.#seconds),
      mota: share(hands - misses - this.#falseHands - idSwitches, hands),
      motpMm: this.#roots.summary().meanMm,
      side: {
        judged: this.#judged,
        right: share(this.#rightSide, this.#judged),
        changes: this.#sideChanges,
        idsWithSeveral: this.#idsWithSeveral,
      },
      joints: this.#errors.summary(),
      perHand: this.#tracks.map(({ id, handedness, frames, matched, switches, errorMm }) => {
        return { id, handedness, frames, matched, switches, meanMm: share(errorMm, matched) };
      }),
    };
  }

  #noteSide({ handId, handedness }: HandJoints, stamp: bigint): void {
    const known = this.#found.get(handId);
    if (known === undefined) {
      this.#found.set(handId, { since: stamp, side: handedness, changes: 0 });
      return;
    }
    if (known.side === handedness) return;
    // from unknown to a side is no change of mind
    if (known.side !== 'unknown') {
      this.#sideChanges++;
      if (++known.changes === 2) this.#idsWithSeveral++;
    }
    known.side = handedness;
  }

  #trackOf({ handId, handedness }: HandJoints, stamp: bigint): Track {
    let track = this.#known.get(handId);
    if (track === undefined) {
      track = {
        id: handId,
        handedness,
        frames: 0,
        matched: 0,
        switches: 0,
        errorMm: 0,
        foundAs: undefined,
        seen: stamp,
      };
      this.#known.set(handId, track);
      this.#tracks.push(track);
    }
    if (secondsBetween(track.seen, stamp) > FORGET_AFTER) track.foundAs = undefined;
    return track;
  }

  /** The found hand of each true one. */
  #pair(
    trueHands: readonly HandJoints[],
    tracks: readonly Track[],
    hands: readonly HandJoints[],
  ): (HandJoints | undefined)[] {
    const limit = this.#limit;
    const apart = (a: HandJoints, b: HandJoints): number => distance(rootOf(a), rootOf(b));
    const partners = trueHands.map((trueHand, i) => {
      return hands.find((hand) => hand.handId === tracks[i].foundAs && apart(trueHand, hand) <= limit);
    });
    // what counts comes first: the others take what is left
    for (const isCounted of [true, false]) {
      const left = hands.filter((hand) => !partners.includes(hand));
      const open = trueHands.flatMap((hand, i) => (partners[i] === undefined && counts(hand) === isCounted ? [i] : []));
      if (left.length === 0 || open.length === 0) continue;
      const costs = open.map((i) => {
        return left.map((hand) => {
          const metres = apart(trueHands[i], hand);
          return metres <= limit ? metres : Number.POSITIVE_INFINITY;
        });
      });
      assign(costs, NO_PAIR).forEach((column, row) => {
        if (column !== undefined) partners[open[row]] = left[column];
      });
    }
    return partners;
  }

  #compare(track: Track, trueHand: HandJoints, found: HandJoints, stamp: bigint): void {
    track.matched++;
    this.#roots.add(1000 * distance(rootOf(trueHand), rootOf(found)));
    let sum = 0;
    let count = 0;
    trueHand.confidences.forEach((confidence, joint) => {
      if (confidence === 0) return;
      const errorMm = 1000 * distance(jointOf(trueHand, joint), jointOf(found, joint));
      this.#errors.add(errorMm);
      sum += errorMm;
      count++;
    });
    track.errorMm += sum / Math.max(1, count);
    const { since } = this.#found.get(found.handId)!;
    if (secondsBetween(since, stamp) < SIDE_AFTER) return;
    this.#judged++;
    if (found.handedness === trueHand.handedness) this.#rightSide++;
  }
}

/** As many pairs as can be: none costs more than any pair. */
const NO_PAIR = 1e3;

/** Whether the truth knows a joint of it. */
function counts({ confidences }: HandJoints): boolean {
  return confidences.some((confidence) => confidence > 0);
}

function rootOf(hand: HandJoints): Vec3 {
  return jointOf(hand, ROOT_OF_MIDDLE);
}

function jointOf({ positions }: HandJoints, joint: number): Vec3 {
  return [positions[3 * joint], positions[3 * joint + 1], positions[3 * joint + 2]];
}
