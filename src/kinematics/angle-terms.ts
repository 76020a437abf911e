import { PRIOR_MEAN, PRIOR_PRECISION } from './angle-prior.js';
import { FIRST_ANGLE } from './hand-kinematics.js';
import { CHAINS } from './hand-proportions.js';
import { ANGLE_COUNT, STEP_SIZE } from './hand-state.js';
import type { NormalEquations } from './normal-equations.js';

const DIP_OF_PIP = 2 / 3;

/** What is known of the angles alone: common poses, the coupling of DIP and PIP, the angles of the last frame. Arrays are made once. */
export class AngleTerms {
  /** Of the angles that were looked at last. */
  cost = 0;
  readonly #prior: number;
  readonly #coupling: number;
  readonly #rate: number;
  readonly #before = new Float64Array(ANGLE_COUNT);
  readonly #pull = new Float64Array(ANGLE_COUNT);
  /** Weight of the angles of the last frame; 0 where there is none. */
  #kept = 0;

  /** Weights as in the fit's options; `rate`: the standard deviation of an angle's change after one second. */
  constructor(prior: number, coupling: number, rate: number) {
    this.#prior = prior;
    this.#coupling = coupling > 0 ? 1 / (coupling * coupling) : 0;
    this.#rate = rate;
  }

  /** The angles of the last frame, and how long ago it was; undefined where there is none. */
  begin(before: Float64Array | undefined, seconds: number): void {
    const deviation = this.#rate * Math.max(seconds, 1e-3);
    this.#kept = before === undefined ? 0 : 1 / (deviation * deviation);
    if (before !== undefined) this.#before.set(before);
  }

  /** Look at angles: their {@link cost}. */
  look(angles: Float64Array): void {
    const pull = this.#pull;
    let cost = 0;
    for (let i = 0; i < ANGLE_COUNT; i++) {
      let sum = 0;
      for (let k = 0; k < ANGLE_COUNT; k++) {
        sum += PRIOR_PRECISION[i * ANGLE_COUNT + k] * (PRIOR_MEAN[k] - angles[k]);
      }
      pull[i] = this.#prior * sum;
      cost += (PRIOR_MEAN[i] - angles[i]) * pull[i];
      const change = this.#before[i] - angles[i];
      pull[i] += this.#kept * change;
      cost += this.#kept * change * change;
    }
    for (let chain = 1; chain < CHAINS; chain++) {
      const pip = FIRST_ANGLE[chain] + 2;
      const residual = DIP_OF_PIP * angles[pip] - angles[pip + 1];
      pull[pip] -= this.#coupling * DIP_OF_PIP * residual;
      pull[pip + 1] += this.#coupling * residual;
      cost += this.#coupling * residual * residual;
    }
    this.cost = cost;
  }

  /** Add what was looked at to equations. */
  add({ matrix, right }: NormalEquations): void {
    for (let i = 0; i < ANGLE_COUNT; i++) {
      right[6 + i] += this.#pull[i];
      const at = (6 + i) * STEP_SIZE + 6;
      for (let k = 0; k <= i; k++) matrix[at + k] += this.#prior * PRIOR_PRECISION[i * ANGLE_COUNT + k];
      matrix[at + i] += this.#kept;
    }
    for (let chain = 1; chain < CHAINS; chain++) {
      const pip = 6 + FIRST_ANGLE[chain] + 2;
      matrix[pip * (STEP_SIZE + 1)] += this.#coupling * DIP_OF_PIP * DIP_OF_PIP;
      matrix[(pip + 1) * STEP_SIZE + pip] -= this.#coupling * DIP_OF_PIP;
      matrix[(pip + 1) * (STEP_SIZE + 1)] += this.#coupling;
    }
  }
}
