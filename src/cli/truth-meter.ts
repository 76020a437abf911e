import { ErrorHistogram, type ErrorSummary } from '../evaluation/index.js';
import { type HandJoints, JOINT_NAMES } from '../hand/index.js';
import type { HandsByStamp } from '../transport/port/index.js';

/** How far a replay's joints are from the ground truth beside them. */
export interface TruthSummary extends ErrorSummary {
  readonly topic: string;
  /** Frames with a hand in the ground truth. */
  readonly framesWithHand: number;
  /** Of those: frames where one was found, which the errors are about. */
  readonly compared: number;
  /** Frames where one was found and there is none. */
  readonly falseHands: number;
}

/** One result beside its ground truth. */
export interface Agreement {
  /** Mean error of the hand's joints; absent where there are not two hands to compare. */
  readonly errorMm?: number;
  /** A hand was found where there is none. */
  readonly falseHand: boolean;
}

/** Compares results with ground truth as they come, in constant memory. */
export class TruthMeter {
  readonly #topic: string;
  readonly #truth: HandsByStamp;
  readonly #errors = new ErrorHistogram();
  #framesWithHand = 0;
  #compared = 0;
  #falseHands = 0;

  constructor(topic: string, truth: HandsByStamp) {
    this.#topic = topic;
    this.#truth = truth;
  }

  /** Undefined for a result without ground truth. */
  async add(hand: HandJoints): Promise<Agreement | undefined> {
    const truth = await this.#truth.at(hand.stamp);
    if (truth === undefined) return undefined;
    if (truth.tracked) this.#framesWithHand++;
    const falseHand = hand.tracked && !truth.tracked;
    if (falseHand) this.#falseHands++;
    const errorMm = hand.tracked && truth.tracked ? this.#compare(hand, truth) : undefined;
    return { falseHand, ...(errorMm !== undefined && { errorMm }) };
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
      ...this.#errors.summary(),
    };
  }
}
