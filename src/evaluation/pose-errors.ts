import { ErrorHistogram, type ErrorSummary } from './error-histogram.js';

/** Thresholds of the shares, millimetres. */
export const SUCCESS_THRESHOLDS_MM = [10, 20, 30, 50] as const;

/** Right end of the success curves, millimetres; they have a value at each millimetre. */
export const CURVE_END_MM = 80;

export interface ThresholdShare {
  readonly thresholdMm: number;
  /** Of all frames (or joints) with a hand in the ground truth; one that was not compared is a failure. */
  readonly share: number | null;
  /** Of those compared. */
  readonly shareOfCompared: number | null;
}

/** How far predicted joints are from true ones; plain JSON. All null where there is nothing to take a mean or a share of. */
export interface PoseErrorReport {
  /** Distances between predicted and true joints, all joints of all compared frames. */
  readonly joints: ErrorSummary;
  readonly perJoint: readonly (ErrorSummary & { readonly joint: string })[];
  /** Each frame by its worst joint. */
  readonly worstJoint: ErrorSummary;
  /** Share of frames that have all joints within a threshold. */
  readonly framesWithin: readonly ThresholdShare[];
  readonly jointsWithin: readonly ThresholdShare[];
  /** Share of all frames with a hand that have all joints within 0, 1, ... 80 mm; empty where there is none. */
  readonly successCurve: readonly number[];
  /** Share of all joints of such frames within 0, 1, ... 80 mm; empty where there is none. */
  readonly jointCurve: readonly number[];
}

/** What a report takes shares of. */
export interface PoseTotals {
  readonly frames: number;
  readonly joints: number;
}

/** Distances between predicted and true joints, counted by size, for any skeleton, in memory that does not grow. */
export class PoseErrors {
  readonly jointNames: readonly string[];
  readonly #joints = new ErrorHistogram();
  readonly #perJoint: readonly ErrorHistogram[];
  readonly #worst = new ErrorHistogram();

  constructor(jointNames: readonly string[]) {
    this.jointNames = jointNames;
    this.#perJoint = jointNames.map(() => new ErrorHistogram());
  }

  /** Frames compared so far. */
  get frames(): number {
    return this.#worst.count;
  }

  /**
   * Compare one frame.
   *
   * @param predicted three numbers per joint, metres
   * @param truth as many, in the same frame of reference
   * @param known one number per joint; one whose number is 0 has no truth and is left out. Default: all are known.
   */
  add(predicted: ArrayLike<number>, truth: ArrayLike<number>, known?: ArrayLike<number>): void {
    let worst = 0;
    for (let joint = 0; joint < this.jointNames.length; joint++) {
      if (known?.[joint] === 0) continue;
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

  /** @param totals all frames with a hand and all their known joints, compared or not; default those compared */
  report({ frames, joints }: PoseTotals = { frames: this.frames, joints: this.#joints.count }): PoseErrorReport {
    return {
      joints: this.#joints.summary(),
      perJoint: this.#perJoint.map((errors, index) => ({ joint: this.jointNames[index], ...errors.summary() })),
      worstJoint: this.#worst.summary(),
      framesWithin: sharesWithin(this.#worst, frames),
      jointsWithin: sharesWithin(this.#joints, joints),
      successCurve: curveOf(this.#worst, frames),
      jointCurve: curveOf(this.#joints, joints),
    };
  }
}

function curveOf(errors: ErrorHistogram, all: number): number[] {
  if (all === 0) return [];
  return Array.from({ length: CURVE_END_MM + 1 }, (_, threshold) => errors.countWithin(threshold) / all);
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
