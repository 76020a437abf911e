import { ErrorHistogram, type ErrorSummary } from './error-histogram.js';
import { CURVE_END_MM } from './pose-errors.js';
import { type GroupSum, type Interval, resampledDifference, resampledInterval } from './resampled-interval.js';

/** A frame counts as right where all of its joints are within this, millimetres. */
const RIGHT_WITHIN_MM = 20;
/** An error right on the limit is within it, rounding errors or not: as `ErrorHistogram` counts. */
const ROUNDING_MM = 1e-7;

/** Joint errors of several sequences, with their spread over the sequences; plain JSON. Null where nothing was added. */
export interface SequenceErrorReport extends ErrorSummary {
  readonly frames: number;
  /** 95 % interval of the mean over sequences, see `resampledInterval`. */
  readonly meanInterval: Interval | null;
  /** Share of frames that have all joints within 20 mm. */
  readonly within20: number | null;
  readonly within20Interval: Interval | null;
}

/**
 * Distances between predicted and true joints, kept apart by sequence, in memory that does not grow with the frames.
 *
 * @example
 * ```ts
 * const errors = new SequenceErrors();
 * errors.add('left hand 3', predicted, truth);
 * errors.report().meanInterval;
 * ```
 */
export class SequenceErrors {
  readonly #joints = new ErrorHistogram();
  readonly #worst = new ErrorHistogram();
  readonly #bySequence = new Map<string, { errors: GroupSum; right: GroupSum }>();

  /** Frames added so far. */
  get frames(): number {
    return this.#worst.count;
  }

  /**
   * Add one frame of a sequence.
   *
   * @param predicted three numbers per joint, metres
   * @param truth as many, in the same frame of reference
   */
  add(sequence: string, predicted: ArrayLike<number>, truth: ArrayLike<number>): void {
    let worst = 0;
    let sum = 0;
    for (let i = 0; i < truth.length; i += 3) {
      const errorMm =
        1000 * Math.hypot(predicted[i] - truth[i], predicted[i + 1] - truth[i + 1], predicted[i + 2] - truth[i + 2]);
      this.#joints.add(errorMm);
      sum += errorMm;
      worst = Math.max(worst, errorMm); // NaN stays NaN
    }
    this.#worst.add(worst);
    const before = this.#bySequence.get(sequence) ?? { errors: NOTHING, right: NOTHING };
    this.#bySequence.set(sequence, {
      errors: { sum: before.errors.sum + sum, count: before.errors.count + truth.length / 3 },
      right: {
        sum: before.right.sum + (worst <= RIGHT_WITHIN_MM + ROUNDING_MM ? 1 : 0),
        count: before.right.count + 1,
      },
    });
  }

  report(): SequenceErrorReport {
    const groups = [...this.#bySequence.values()];
    return {
      frames: this.frames,
      ...this.#joints.summary(),
      meanInterval: resampledInterval(groups.map(({ errors }) => errors)) ?? null,
      within20: this.frames === 0 ? null : this.#worst.countWithin(RIGHT_WITHIN_MM) / this.frames,
      within20Interval: resampledInterval(groups.map(({ right }) => right)) ?? null,
    };
  }

  /** Mean error, millimetres, of each sequence, in the order in which they came. */
  meanBySequence(): Map<string, number> {
    return new Map([...this.#bySequence].map(([name, { errors }]) => [name, errors.sum / errors.count]));
  }

  /**
   * By how many millimetres this mean lies above another one's over the same frames: 95 % interval over sequences.
   *
   * @returns null where the two did not see the same number of joints of the same sequences
   */
  differenceFrom(other: SequenceErrors): Interval | null {
    const names = [...this.#bySequence.keys()];
    const mine = names.map((name) => this.#bySequence.get(name)!.errors);
    const theirs = names.map((name) => other.#bySequence.get(name)?.errors ?? NOTHING);
    const alike = names.length === other.#bySequence.size && mine.every(({ count }, i) => count === theirs[i].count);
    return alike ? (resampledDifference(mine, theirs) ?? null) : null;
  }

  /**
   * Share of frames that have all joints within 0, 1, ... 80 mm.
   *
   * @param all frames to take the share of: those in which nothing was found are failures. Default those that were added.
   */
  successCurve(all = this.frames): number[] {
    if (all === 0) return [];
    return Array.from({ length: CURVE_END_MM + 1 }, (_, threshold) => this.#worst.countWithin(threshold) / all);
  }
}

const NOTHING: GroupSum = { sum: 0, count: 0 };
