import { type HandJoints, JOINT_COUNT, JOINT_NAMES, type JointName } from '../hand/index.js';
import { ErrorHistogram, type ErrorSummary } from './error-histogram.js';
import { TruthByStamp } from './truth-by-stamp.js';

/** Thresholds of the shares, millimetres. */
export const SUCCESS_THRESHOLDS_MM = [10, 20, 30, 50] as const;

/** Right end of the success curve, millimetres; it has a value at each millimetre. */
export const CURVE_END_MM = 80;

/** Where each frame of the ground truth and each result has gone: nothing is left out in silence. */
export interface FrameCounts {
  /** Frames with a hand in the ground truth: the sum of the next three, and what shares of frames are taken of. */
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
  /** Results whose stamp is not in the ground truth, or is there for another result already. */
  readonly withoutTruth: number;
}

export interface ThresholdShare {
  readonly thresholdMm: number;
  /** Of all frames (or joints) with a hand in the ground truth; one that was not compared is a failure. */
  readonly share: number | null;
  /** Of those compared. */
  readonly shareOfCompared: number | null;
}

/** How well joints agree with ground truth; plain JSON. Shares and means are null where there is nothing to take them of. */
export interface JointErrorReport {
  readonly label: string;
  readonly frames: FrameCounts;
  /** Distances between predicted and true joints, all joints of all compared frames. */
  readonly joints: ErrorSummary;
  readonly perJoint: readonly (ErrorSummary & { readonly joint: JointName })[];
  /** Each frame by its worst joint. */
  readonly worstJoint: ErrorSummary;
  /** Share of frames that have all joints within a threshold. */
  readonly framesWithin: readonly ThresholdShare[];
  readonly jointsWithin: readonly ThresholdShare[];
  /** Share of all frames with a hand that have all joints within 0, 1, ... 80 mm; empty where there is none. */
  readonly successCurve: readonly number[];
}

/**
 * Compares results with ground truth one by one, in memory that does not grow with their number (beside the truth).
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
  readonly #joints = new ErrorHistogram();
  readonly #perJoint = JOINT_NAMES.map(() => new ErrorHistogram());
  readonly #worst = new ErrorHistogram();
  #notTracked = 0;
  #falseHands = 0;
  #agreedNoHand = 0;
  #withoutTruth = 0;

  constructor(truth: TruthByStamp, label = '') {
    this.#truth = truth;
    this.#label = label;
    this.#seen = new Uint8Array(truth.frames.length);
  }

  /** Compare a result with the truth of its stamp; results may come in any order. */
  add(predicted: HandJoints): void {
    const index = this.#truth.find(predicted.stamp);
    if (index < 0 || this.#seen[index]) {
      this.#withoutTruth++;
      return;
    }
    this.#seen[index] = 1;
    const truth = this.#truth.frames[index];
    if (truth.tracked && predicted.tracked) this.#compare(predicted.positions, truth.positions);
    else if (truth.tracked) this.#notTracked++;
    else if (predicted.tracked) this.#falseHands++;
    else this.#agreedNoHand++;
  }

  /** What was found so far; frames for which no result has come yet count as `noResult`. */
  report(): JointErrorReport {
    const withHand = this.#truth.frames.filter(({ tracked }) => tracked).length;
    const compared = this.#worst.count;
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
      joints: this.#joints.summary(),
      perJoint: this.#perJoint.map((errors, index) => ({ joint: JOINT_NAMES[index], ...errors.summary() })),
      worstJoint: this.#worst.summary(),
      framesWithin: sharesWithin(this.#worst, withHand),
      jointsWithin: sharesWithin(this.#joints, withHand * JOINT_COUNT),
      successCurve:
        withHand === 0
          ? []
          : Array.from({ length: CURVE_END_MM + 1 }, (_, threshold) => this.#worst.countWithin(threshold) / withHand),
    };
  }

  #compare(predicted: Float64Array, truth: Float64Array): void {
    let worst = 0;
    for (let joint = 0; joint < JOINT_COUNT; joint++) {
      const x = predicted[3 * joint] - truth[3 * joint];
      const y = predicted[3 * joint + 1] - truth[3 * joint + 1];
      const z = predicted[3 * joint + 2] - truth[3 * joint + 2];
      const errorMm = 1000 * Math.sqrt(x * x + y * y + z * z);
      this.#joints.add(errorMm);
      this.#perJoint[joint].add(errorMm);
      worst = Math.max(worst, errorMm); // NaN stays NaN
    }
    this.#worst.add(worst);
  }
}

/**
 * Compare all results with ground truth by their stamps.
 *
 * @throws VoxhandError `FILE_INVALID`, see {@link TruthByStamp}
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

function sharesWithin(errors: ErrorHistogram, all: number): ThresholdShare[] {
  return SUCCESS_THRESHOLDS_MM.map((thresholdMm) => {
    const within = errors.countWithin(thresholdMm);
    return {
      thresholdMm,
      share: all > 0 ? within / all : null,
      shareOfCompared: errors.count > 0 ? within / errors.count : null,
    };
  });
}
