import { type HandJoints, JOINT_NAMES, matchHands } from '../hand/index.js';
import { type PoseErrorReport, PoseErrors } from './pose-errors.js';
import { SkeletonErrors, type SkeletonReport } from './skeleton-errors.js';
import { TruthByStamp } from './truth-by-stamp.js';

/** Where each frame of the ground truth and each result has gone: nothing is left out in silence. */
export interface FrameCounts {
  /** Hands in the ground truth, counted in each frame: the sum of the next three, and what shares of frames are taken of. */
  readonly withHand: number;
  /** A hand there and a hand found. Errors are about these. */
  readonly compared: number;
  /** A hand there, and a result that says there is none. */
  readonly notTracked: number;
  /** A hand there, and no result at all. */
  readonly noResult: number;
  /** No hand there, and a hand found. */
  readonly falseHands: number;
  /** No hand there, and none found. */
  readonly agreedNoHand: number;
  /** Results whose stamp is not in the ground truth, is there for another result already, or has no known joint. */
  readonly withoutTruth: number;
}

/** How well joints agree with ground truth; plain JSON. Shares and means are null where there is nothing to take them of. */
export interface JointErrorReport extends PoseErrorReport {
  readonly label: string;
  readonly frames: FrameCounts;
  /** Joints that the ground truth says nothing about in any frame with a hand (confidence 0): no error is about them. */
  readonly jointsWithoutTruth: readonly string[];
  /** Joints whose truth is that of a place near by (a confidence between 0 and 1): their errors say less. */
  readonly jointsNearTruth: readonly string[];
  /** Of the hands that were compared; null where joints are not those of our skeleton. */
  readonly skeleton: SkeletonReport | null;
}

/** Of true hands of a `TruthByStamp`: 21 numbers each, 1 for a joint that the camera sees. */
export type SeenJoints = ReadonlyMap<HandJoints, ArrayLike<number>>;

/**
 * Compares results with ground truth one by one, in memory that does not grow with their number (beside the truth). A true
 * joint of confidence 0 is one that the ground truth has not: it is left out.
 *
 * @example
 * ```ts
 * const meter = new JointErrorMeter(new TruthByStamp(truth), 'gauss');
 * for (const hand of hands) meter.add(hand);
 * meter.report().joints.meanMm;
 * ```
 */
export class JointErrorMeter {
  readonly #truth: TruthByStamp;
  readonly #label: string;
  readonly #seen: Uint8Array;
  readonly #errors = new PoseErrors(JOINT_NAMES);
  readonly #skeleton = new SkeletonErrors();
  readonly #visible: SeenJoints | undefined;
  #notTracked = 0;
  #falseHands = 0;
  #agreedNoHand = 0;
  #withoutTruth = 0;

  constructor(truth: TruthByStamp, label = '', visible?: SeenJoints) {
    this.#truth = truth;
    this.#label = label;
    this.#visible = visible;
    this.#seen = new Uint8Array(truth.frames.length);
  }

  /**
   * Compare a result with the truth of its stamp; results may come in any order. Where the truth has several hands, a found one is compared
   * with the nearest by its joints that no other result was compared with, at most 0.2 m away; a lost one says nothing there.
   */
  add(predicted: HandJoints): void {
    if (this.#truth.isSeveral && !predicted.tracked) return;
    const index = this.#truth.isSeveral ? this.#nearest(predicted) : this.#truth.find(predicted.stamp);
    if (index === undefined) {
      this.#falseHands++;
      return;
    }
    const truth = this.#truth.frames[index];
    if (index < 0 || this.#seen[index] || (truth.tracked && knownJoints(truth) === 0)) {
      this.#withoutTruth++;
      return;
    }
    this.#seen[index] = 1;
    if (truth.tracked && predicted.tracked) {
      this.#errors.add(predicted.positions, truth.positions, truth.confidences);
      this.#skeleton.add(predicted, truth, this.#visible?.get(truth));
    } else if (truth.tracked) this.#notTracked++;
    else if (predicted.tracked) this.#falseHands++;
    else this.#agreedNoHand++;
  }

  /** Of several true hands; undefined where there is none near, -1 where there is no truth of that moment. */
  #nearest(predicted: HandJoints): number | undefined {
    const all = this.#truth.findAll(predicted.stamp);
    const open = all.filter((i) => this.#truth.frames[i].tracked && this.#seen[i] === 0);
    const pairs = matchHands(
      [predicted],
      open.map((i) => this.#truth.frames[i]),
    );
    const partner = pairs[0]?.[1];
    if (partner !== undefined) return this.#truth.frames.indexOf(partner, all[0]);
    return all.length === 0 ? -1 : undefined;
  }

  /** What was found so far; frames for which no result has come yet count as `noResult`. */
  report(): JointErrorReport {
    const hands = this.#truth.frames.filter((truth) => truth.tracked && knownJoints(truth) > 0);
    const withHand = hands.length;
    const compared = this.#errors.frames;
    return {
      label: this.#label,
      frames: {
        withHand,
        compared,
        notTracked: this.#notTracked,
        noResult: withHand - compared - this.#notTracked,
        falseHands: this.#falseHands,
        agreedNoHand: this.#agreedNoHand,
        withoutTruth: this.#withoutTruth,
      },
      ...this.#errors.report({ frames: withHand, joints: sum(hands.map(knownJoints)) }),
      jointsWithoutTruth: withHand === 0 ? [] : jointsWhere(hands, (confidence) => confidence === 0),
      jointsNearTruth: withHand === 0 ? [] : jointsWhere(hands, (confidence) => confidence > 0 && confidence < 1),
      skeleton: this.#skeleton.report(),
    };
  }
}

/**
 * Compare all results with ground truth by their stamps.
 *
 * @throws VoxhandError `FILE_INVALID`, see `TruthByStamp`
 */
export function jointErrors(
  predicted: Iterable<HandJoints>,
  truth: TruthByStamp | Iterable<HandJoints>,
  label = '',
): JointErrorReport {
  const meter = new JointErrorMeter(truth instanceof TruthByStamp ? truth : new TruthByStamp(truth), label);
  for (const hand of predicted) meter.add(hand);
  return meter.report();
}

/** Joints of a true hand that the truth knows. */
function knownJoints({ confidences }: HandJoints): number {
  return JOINT_NAMES.filter((_, joint) => confidences[joint] !== 0).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Names of the joints that pass a test in every frame. */
function jointsWhere(hands: readonly HandJoints[], test: (confidence: number) => boolean): string[] {
  return JOINT_NAMES.filter((_, joint) => hands.every(({ confidences }) => test(confidences[joint] ?? 1)));
}
