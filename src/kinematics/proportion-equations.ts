import { FINGER_ROOTS } from '../hand/skeleton.js';
import { FIRST_ANGLE, type HandKinematics } from './hand-kinematics.js';
import { CHAIN_BONES, type HandProportions } from './hand-proportions.js';
import type { HandSkin } from './hand-skin.js';
import { type HandState, STEP_SIZE } from './hand-state.js';
import type { Residuals } from './residuals.js';

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
  readonly #poseRow = new Float64Array(STEP_SIZE);

  /** The blocks of the residuals of a hand whose kinematics and skin are up to date. */
  gather(
    residuals: Residuals,
    kinematics: HandKinematics,
    skin: HandSkin,
    state: HandState,
    proportions: HandProportions,
  ): void {
    const { own, cross, right } = this;
    const { chain, moving, value, weight } = residuals;
    const which = this.#which;
    const row = this.#row;
    const poseRow = this.#poseRow;
    own.fill(0);
    cross.fill(0);
    right.fill(0);
    for (let residual = 0; residual < residuals.count; residual++) {
      if (weight[residual] === 0) continue;
      skin.gradient(kinematics, residuals, residual, poseRow);
      const count = this.#derive(residuals, residual, kinematics, skin, state, proportions);
      const first = 6 + FIRST_ANGLE[Math.max(0, chain[residual])];
      const last = first + moving[residual];
      for (let i = 0; i < count; i++) {
        const a = which[i];
        const weighted = weight[residual] * row[i];
        right[a] += weighted * value[residual];
        for (let j = 0; j <= i; j++) own[a * PROPORTION_COUNT + which[j]] += weighted * row[j];
        for (let b = 0; b < 6; b++) cross[a * STEP_SIZE + b] += weighted * poseRow[b];
        for (let b = first; b < last; b++) cross[a * STEP_SIZE + b] += weighted * poseRow[b];
      }
    }
  }

  /** Derivatives of one residual by the proportions; returns by how many. */
  #derive(
    residuals: Residuals,
    residual: number,
    { joints }: HandKinematics,
    skin: HandSkin,
    { rotation: r }: HandState,
    { roots }: HandProportions,
  ): number {
    const { place, normal } = residuals;
    const which = this.#which;
    const row = this.#row;
    const chain = residuals.chain[residual];
    const bones = residuals.bones[residual];
    const at = 3 * residual;
    let count = 0;
    if (chain >= 0) {
      for (let bone = 0; bone < Math.min(CHAIN_BONES, bones + 1); bone++) {
        const share = bone < bones ? 1 : residuals.along[residual];
        if (share === 0) continue;
        const joint = 3 * (FINGER_ROOTS[chain] + bone);
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += normal[at + k] * (joints[joint + 3 + k] - joints[joint + k]);
        which[count] = CHAIN_BONES * chain + bone;
        row[count++] = share * sum;
      }
    }
    // how deep the palm's skin lies is its thickness
    for (let axis = 0; axis < (chain < 0 ? 2 : 3); axis++) {
      let across = 0;
      if (chain >= 0) across = roots[3 * chain + axis];
      else for (let k = 0; k < 3; k++) across += r[3 * k + axis] * (place[at + k] - joints[k]);
      which[count] = PALM_AXES + axis;
      row[count++] = across * (normal[at] * r[axis] + normal[at + 1] * r[3 + axis] + normal[at + 2] * r[6 + axis]);
    }
    if (residuals.vertex[residual] >= 0) {
      which[count] = THICKNESS;
      row[count++] = skin.thicker(residuals, residual);
    }
    return count;
  }
}
