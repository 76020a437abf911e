import { FINGER_JOINTS, FINGER_NAMES } from '../hand/index.js';
import { ANGLE_NAMES } from '../kinematics/index.js';
import { ErrorHistogram } from './error-histogram.js';

/** How far angles are from the true ones, degrees; plain JSON. */
export interface AngleErrorReport {
  /** Angles that were compared. */
  readonly count: number;
  readonly meanDegrees: number | null;
  readonly medianDegrees: number | null;
  readonly p95Degrees: number | null;
}

/** The digit that each angle bends. */
const DIGITS = ANGLE_NAMES.map((name) => FINGER_NAMES.findIndex((finger) => name.startsWith(`${finger}_`)));

/** Differences between angles and true ones: of all, and of digits that are visible as a whole. */
export class AngleErrors {
  readonly #all = new ErrorHistogram();
  readonly #visible = new ErrorHistogram();

  /**
   * @param angles 21 numbers, radians, in the order of `ANGLE_NAMES`; what is NaN in either is not compared
   * @param visible 21 numbers, 1 for a joint that the camera sees
   */
  add(angles: ArrayLike<number>, truth: ArrayLike<number>, visible?: ArrayLike<number>): void {
    for (let i = 0; i < ANGLE_NAMES.length; i++) {
      const degrees = (Math.abs(angles[i] - truth[i]) * 180) / Math.PI;
      if (Number.isNaN(degrees)) continue;
      this.#all.add(degrees);
      if (visible !== undefined && FINGER_JOINTS[DIGITS[i]].every((joint) => visible[joint] === 1)) {
        this.#visible.add(degrees);
      }
    }
  }

  report(): { readonly all: AngleErrorReport; readonly visible: AngleErrorReport } {
    return { all: reportOf(this.#all), visible: reportOf(this.#visible) };
  }
}

function reportOf(errors: ErrorHistogram): AngleErrorReport {
  const { meanMm, medianMm, p95Mm } = errors.summary();
  return { count: errors.count, meanDegrees: meanMm, medianDegrees: medianMm, p95Degrees: p95Mm };
}
