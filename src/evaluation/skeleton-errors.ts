import { FINGERTIPS, type HandJoints, JOINT_COUNT, JOINT_NAMES } from '../hand/index.js';
import { anglesOfJoints } from '../kinematics/index.js';
import { type AngleErrorReport, AngleErrors } from './angle-errors.js';
import { BoneVariation } from './bone-variation.js';
import { ErrorHistogram, type ErrorSummary } from './error-histogram.js';
import { fingerOverlap, handSize } from './finger-overlap.js';

/** An overlap of digits that is deeper than this is one that hands do not have: skin gives way. As in the training's poses. */
const DEEP_MM = 4;

/** How deep digits are in each other. */
export interface OverlapReport {
  /** Mean of the deepest overlap of each frame; 0 where none touch. */
  readonly meanMm: number | null;
  /** Share of frames with one deeper than 4 mm. */
  readonly deepShare: number | null;
}

/** How well results hold together as a hand; plain JSON. Null where there is nothing to take a figure of. */
export interface SkeletonReport {
  /** By how much bones change their length: standard deviation, the mean of all bones, hands by their frames. */
  readonly boneDeviationMm: number | null;
  readonly tips: ErrorSummary;
  /** Joints that the camera sees, and those that it does not; null where it is not known which they are. */
  readonly visible: ErrorSummary | null;
  readonly hidden: ErrorSummary | null;
  readonly perJoint: readonly {
    readonly joint: string;
    readonly visibleMm: number | null;
    readonly hiddenMm: number | null;
  }[];
  /** Of the angles that joints have (`anglesOfJoints`), beside those of the true joints. */
  readonly angles: AngleErrorReport;
  /** The same, of digits that the camera sees as a whole. */
  readonly visibleAngles: AngleErrorReport;
  /** Of the results, and of the true hands in the same frames. */
  readonly overlap: OverlapReport;
  readonly trueOverlap: OverlapReport;
}

/** A mean in the making. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

class Overlaps {
  readonly #depth = new Mean();
  readonly #deep = new Mean();

  add(positions: ArrayLike<number>, size: number): void {
    const depth = 1000 * fingerOverlap(positions, size);
    this.#depth.add(depth);
    this.#deep.add(depth > DEEP_MM ? 1 : 0);
  }

  report(): OverlapReport {
    return { meanMm: this.#depth.value, deepShare: this.#deep.value };
  }
}

/** Compares joints of our skeleton with true ones as a hand, in memory that does not grow with their number. */
export class SkeletonErrors {
  readonly #bones = new BoneVariation();
  readonly #tips = new ErrorHistogram();
  readonly #visible = new ErrorHistogram();
  readonly #hidden = new ErrorHistogram();
  readonly #perJoint = JOINT_NAMES.map(() => ({ visible: new Mean(), hidden: new Mean() }));
  readonly #angles = new AngleErrors();
  readonly #overlaps = new Overlaps();
  readonly #trueOverlaps = new Overlaps();

  /**
   * @param truth joints whose confidence is 0 are not known; angles and overlaps are taken where all are
   * @param visible 21 numbers, 1 for a joint that the camera sees, where that is known
   */
  add(predicted: HandJoints, truth: HandJoints, visible?: ArrayLike<number>): void {
    const { positions } = predicted;
    this.#bones.add(predicted.handId, positions);
    let known = 0;
    for (let joint = 0; joint < JOINT_COUNT; joint++) {
      if (truth.confidences[joint] === 0) continue;
      known++;
      const way = [0, 1, 2].map((k) => positions[3 * joint + k] - truth.positions[3 * joint + k]);
      const errorMm = 1000 * Math.hypot(...way);
      if (FINGERTIPS.includes(joint)) this.#tips.add(errorMm);
      if (visible === undefined) continue;
      const isVisible = visible[joint] === 1;
      (isVisible ? this.#visible : this.#hidden).add(errorMm);
      this.#perJoint[joint][isVisible ? 'visible' : 'hidden'].add(errorMm);
    }
    if (known < JOINT_COUNT) return;
    const side = truth.handedness === 'unknown' ? predicted.handedness : truth.handedness;
    this.#angles.add(anglesOfJoints(positions, side), anglesOfJoints(truth.positions, side), visible);
    const size = handSize(truth.positions);
    this.#overlaps.add(positions, size);
    this.#trueOverlaps.add(truth.positions, size);
  }

  report(): SkeletonReport {
    const seen = this.#visible.count + this.#hidden.count > 0;
    const { all, visible } = this.#angles.report();
    return {
      boneDeviationMm: this.#bones.deviationMm(),
      tips: this.#tips.summary(),
      visible: seen ? this.#visible.summary() : null,
      hidden: seen ? this.#hidden.summary() : null,
      perJoint: this.#perJoint.map((errors, i) => ({
        joint: JOINT_NAMES[i],
        visibleMm: errors.visible.value,
        hiddenMm: errors.hidden.value,
      })),
      angles: all,
      visibleAngles: visible,
      overlap: this.#overlaps.report(),
      trueOverlap: this.#trueOverlaps.report(),
    };
  }
}
