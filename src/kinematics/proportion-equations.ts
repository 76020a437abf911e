import { FINGER_ROOTS } from '../hand/skeleton.js';
import { FIRST_ANGLE, type HandKinematics } from './hand-kinematics.js';
import { CHAIN_BONES, type HandProportions } from './hand-proportions.js';
import { type HandState, STEP_SIZE } from './hand-state.js';

/** Fifteen lengths, the width, length and depth of the palm, the thickness: natural logarithms of factors. */
export const PROPORTION_COUNT = 19;
export const PALM_AXES = 15;
export const THICKNESS = 18;

/** A place on the hand that a residual is about. */
export interface PlaceOnHand {
  readonly kinematics: HandKinematics;
  readonly state: HandState;
  readonly proportions: HandProportions;
  /** -1: the palm. */
  readonly chain: number;
  /** Bones of the chain before the place; `along` is the share of the next one. */
  readonly bones: number;
  readonly along: number;
  readonly point: ArrayLike<number>;
  /** How far the place moves along n for each unit of the logarithm of the thickness, metres. */
  readonly radius: number;
}

/**
 * What the residuals of one frame say of the hand's proportions s, beside its pose p: the blocks H_ss, H_sp and b_s of the normal equations.
 */
export class ProportionEquations {
  readonly own = new Float64Array(PROPORTION_COUNT * PROPORTION_COUNT);
  /** PROPORTION_COUNT rows of STEP_SIZE numbers. */
  readonly cross = new Float64Array(PROPORTION_COUNT * STEP_SIZE);
  readonly right = new Float64Array(PROPORTION_COUNT);
  readonly #row = new Float64Array(PROPORTION_COUNT);

  clear(): void {
    this.own.fill(0);
    this.cross.fill(0);
    this.right.fill(0);
  }

  /**
   * Add a residual along n at a place.
   *
   * @param poseRow its derivatives by the pose; `moving` angles of the chain from its first on count
   */
  add(
    place: PlaceOnHand,
    n: ArrayLike<number>,
    residual: number,
    weight: number,
    poseRow: Float64Array,
    moving: number,
  ): void {
    const row = this.#row;
    row.fill(0);
    const { kinematics, state, proportions, chain, bones, along, point, radius } = place;
    const { joints } = kinematics;
    const r = state.rotation;
    if (chain >= 0) {
      for (let bone = 0; bone < Math.min(CHAIN_BONES, bones + 1); bone++) {
        const share = bone < bones ? 1 : along;
        const at = 3 * (FINGER_ROOTS[chain] + bone);
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += n[k] * (joints[at + 3 + k] - joints[at + k]);
        row[3 * chain + bone] = share * sum;
      }
    }
    // how deep the palm's skin lies is its thickness
    for (let axis = 0; axis < (chain < 0 ? 2 : 3); axis++) {
      let place = 0;
      if (chain >= 0) place = proportions.roots[3 * chain + axis];
      else for (let k = 0; k < 3; k++) place += r[3 * k + axis] * (point[k] - joints[k]);
      row[PALM_AXES + axis] = place * (n[0] * r[axis] + n[1] * r[3 + axis] + n[2] * r[6 + axis]);
    }
    row[THICKNESS] = radius;
    const first = 6 + FIRST_ANGLE[Math.max(0, chain)];
    for (let a = 0; a < PROPORTION_COUNT; a++) {
      const weighted = weight * row[a];
      if (weighted === 0) continue;
      this.right[a] += weighted * residual;
      for (let b = 0; b <= a; b++) this.own[a * PROPORTION_COUNT + b] += weighted * row[b];
      for (let b = 0; b < 6; b++) this.cross[a * STEP_SIZE + b] += weighted * poseRow[b];
      for (let b = first; b < first + moving; b++) this.cross[a * STEP_SIZE + b] += weighted * poseRow[b];
    }
  }
}
