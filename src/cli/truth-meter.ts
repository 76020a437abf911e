import { ErrorHistogram, type ErrorSummary, HandTracks, type HandTracksReport } from '../evaluation/index.js';
import { type HandJoints, JOINT_NAMES, matchHands } from '../hand/index.js';
import type { HandsByStamp } from '../transport/port/index.js';

/** How far a replay's joints are from the ground truth beside them. */
export interface TruthSummary extends ErrorSummary {
  readonly topic: string;
  /** Hands in the ground truth, counted in each frame; without those of which it knows no joint. */
  readonly framesWithHand: number;
  /** Of those: hands that were found, which the errors are about. */
  readonly compared: number;
  /** Hands that were found and are not there. */
  readonly falseHands: number;
  /** The hands followed through time; null where there never were several, true or found ones. */
  readonly tracks: HandTracksReport | null;
}

/** The hands of one moment beside their ground truth. */
export interface Agreement {
  /** Mean error of the joints by the id of the hand that was found; absent where there are not two hands to compare. */
  readonly errorsMm: ReadonlyMap<number, number>;
  /** Ids of hands that were found where there is none. */
  readonly falseHands: readonly number[];
  /** Hands that are there and were not found. */
  readonly missed: number;
}

/**
 * Compares results with ground truth as they come, in constant memory. Of several hands each is compared with the one that is nearest by its
 * joints, at most 0.2 m away; a single hand with the only one that is there, however far.
 */
export class TruthMeter {
  readonly #topic: string;
  readonly #truth: HandsByStamp;
  readonly #errors = new ErrorHistogram();
  #framesWithHand = 0;
  #compared = 0;
  #falseHands = 0;
  readonly #tracks = new HandTracks();
  #isSeveral = false;

  constructor(topic: string, truth: HandsByStamp) {
    this.#topic = topic;
    this.#truth = truth;
  }

  /**
   * @param hands of one moment, tracked or not
   * @param stamp of the moment, nanoseconds; that of the hands unless given
   * @returns undefined for a moment without ground truth
   */
  async add(hands: readonly HandJoints[], stamp = hands[0]?.stamp): Promise<Agreement | undefined> {
    const known = stamp === undefined ? undefined : await this.#truth.at(stamp);
    if (stamp === undefined || known === undefined) return undefined;
    this.#tracks.add(stamp, hands, known);
    const [found, truth] = [hands, known].map((all) => all.filter(({ tracked }) => tracked));
    const counts = ({ confidences }: HandJoints) => confidences.some((confidence) => confidence > 0);
    const single = found.length <= 1 && truth.length <= 1;
    if (!single) this.#isSeveral = true;
    const pairs = single ? ([[found[0], truth[0]]] as const) : matchHands(found, truth);
    const errorsMm = new Map<number, number>();
    const falseHands: number[] = [];
    let missed = 0;
    for (const [hand, other] of pairs) {
      if (hand !== undefined && other !== undefined) {
        const errorMm = this.#compare(hand, other);
        if (errorMm !== undefined) errorsMm.set(hand.handId, errorMm);
      } else if (hand !== undefined) falseHands.push(hand.handId);
      else if (other !== undefined && counts(other)) missed++;
    }
    this.#framesWithHand += truth.filter(counts).length;
    this.#falseHands += falseHands.length;
    return { errorsMm, falseHands, missed };
  }

  /** Mean error of the joints that the truth knows, whose confidence is not 0; absent where it knows none. */
  #compare(hand: HandJoints, truth: HandJoints): number | undefined {
    const known = JOINT_NAMES.flatMap((_, joint) => (truth.confidences[joint] === 0 ? [] : [joint]));
    if (known.length === 0) return undefined;
    this.#compared++;
    let sum = 0;
    for (const joint of known) {
      const [x, y, z] = [0, 1, 2].map((axis) => hand.positions[3 * joint + axis] - truth.positions[3 * joint + axis]);
      const errorMm = 1000 * Math.hypot(x, y, z);
      this.#errors.add(errorMm);
      sum += errorMm;
    }
    return sum / known.length;
  }

  summary(): TruthSummary {
    return {
      topic: this.#topic,
      framesWithHand: this.#framesWithHand,
      compared: this.#compared,
      falseHands: this.#falseHands,
      tracks: this.#isSeveral ? this.#tracks.report() : null,
      ...this.#errors.summary(),
    };
  }
}
