import { FINGER_ROOTS } from '../hand/skeleton.js';
import { FIRST_ANGLE, HandKinematics } from './hand-kinematics.js';
import { CHAIN_BONES, describedProportions, type HandProportions } from './hand-proportions.js';
import { type HandState, restState, STEP_SIZE } from './hand-state.js';

/** Fifteen lengths, the width, length and depth of the palm, the thickness: natural logarithms of factors. */
export const PROPORTION_COUNT = 19;
export const PALM_AXES = 15;
export const THICKNESS = 18;

/**
 * What the residuals of one frame say of the hand's proportions s, beside its pose p: the blocks H_ss, H_sp and b_s of the normal equations.
 */
export class ProportionEquations {
  readonly own = new Float64Array(PROPORTION_COUNT * PROPORTION_COUNT);
  /** PROPORTION_COUNT rows of STEP_SIZE numbers. */
  readonly cross = new Float64Array(PROPORTION_COUNT * STEP_SIZE);
  readonly right = new Float64Array(PROPORTION_COUNT);
  /** Of the residual that is added: the proportions that it depends on, in their order, and its derivatives by them. */
  readonly #which = new Uint8Array(PROPORTION_COUNT);
  readonly #row = new Float64Array(PROPORTION_COUNT);
  #count = 0;
  #kinematics = new HandKinematics();
  #state = restState();
  #proportions = describedProportions();
  #chain = 0;
  #bones = 0;
  #along = 0;
  #radius = 0;

  /** Begin with nothing about a hand whose kinematics are up to date. */
  begin(kinematics: HandKinematics, state: HandState, proportions: HandProportions): void {
    this.#kinematics = kinematics;
    this.#state = state;
    this.#proportions = proportions;
    this.own.fill(0);
    this.cross.fill(0);
    this.right.fill(0);
  }

  /**
   * The next residual is about this place.
   *
   * @param chain -1: the palm
   * @param bones of the chain before the place; `along` is the share of the next one
   * @param radius how far the place moves along n for each unit of the logarithm of the thickness, metres
   */
  at(chain: number, bones: number, along: number, radius: number): this {
    this.#chain = chain;
    this.#bones = bones;
    this.#along = along;
    this.#radius = radius;
    return this;
  }

  /**
   * Add a residual along n at a place.
   *
   * @param point the place, metres
   * @param poseRow its derivatives by the pose; `moving` angles of the chain from its first on count
   */
  add(
    point: ArrayLike<number>,
    n: ArrayLike<number>,
    residual: number,
    weight: number,
    poseRow: Float64Array,
    moving: number,
  ): void {
    const { joints } = this.#kinematics;
    const { rotation: r } = this.#state;
    const { roots } = this.#proportions;
    const chain = this.#chain;
    const bones = this.#bones;
    this.#count = 0;
    if (chain >= 0) {
      for (let bone = 0; bone < Math.min(CHAIN_BONES, bones + 1); bone++) {
        const share = bone < bones ? 1 : this.#along;
        const at = 3 * (FINGER_ROOTS[chain] + bone);
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += n[k] * (joints[at + 3 + k] - joints[at + k]);
        this.#set(3 * chain + bone, share * sum);
      }
    }
    // how deep the palm's skin lies is its thickness
    for (let axis = 0; axis < (chain < 0 ? 2 : 3); axis++) {
      let place = 0;
      if (chain >= 0) place = roots[3 * chain + axis];
      else for (let k = 0; k < 3; k++) place += r[3 * k + axis] * (point[k] - joints[k]);
      this.#set(PALM_AXES + axis, place * (n[0] * r[axis] + n[1] * r[3 + axis] + n[2] * r[6 + axis]));
    }
    this.#set(THICKNESS, this.#radius);
    const { own, cross, right } = this;
    const first = 6 + FIRST_ANGLE[Math.max(0, chain)];
    for (let i = 0; i < this.#count; i++) {
      const a = this.#which[i];
      const weighted = weight * this.#row[i];
      right[a] += weighted * residual;
      for (let j = 0; j <= i; j++) own[a * PROPORTION_COUNT + this.#which[j]] += weighted * this.#row[j];
      for (let b = 0; b < 6; b++) cross[a * STEP_SIZE + b] += weighted * poseRow[b];
      for (let b = first; b < first + moving; b++) cross[a * STEP_SIZE + b] += weighted * poseRow[b];
    }
  }

  #set(proportion: number, value: number): void {
    if (value === 0) return;
    this.#which[this.#count] = proportion;
    this.#row[this.#count++] = value;
  }
}
