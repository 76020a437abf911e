import { BASE_ANGLES, FIRST_ANGLE } from './hand-kinematics.js';
import { ANGLE_COUNT, copyState, type HandState, moveState, restState, STEP_SIZE, stepBetween } from './hand-state.js';

/** How a hand's state is filtered. */
export interface StateFilterOptions {
  /** How fast its speed changes while nothing contradicts the prediction: standard deviations, rad/s^2 of the palm, m/s^2, rad/s^2 of angles. */
  readonly turn: number;
  readonly place: number;
  readonly angle: number;
  /**
   * Mean square of the prediction's errors, in deviations, above which the hand moves otherwise than predicted. Fits of a hand at rest differ
   * by a tenth to a half of what their variances say, so that 1 would come too late.
   */
  readonly surprise: number;
}

export const STATE_FILTER: StateFilterOptions = { turn: 7, place: 1, angle: 20, surprise: 0.2 };

/** Variance of a speed of which nothing is known, (m/s)^2 and (rad/s)^2. */
const PLACE_SPEED = 0.25;
const TURN_SPEED = 25;

/** Where numbers that move together begin: the palm, then each chain, then the end. */
const GROUPS = [0, 6, ...FIRST_ANGLE.map((first, chain) => 6 + first + BASE_ANGLES[chain] + 2)];

/**
 * A Kalman filter of a hand's state that moves at constant speed: one filter of place and speed for each number of a step. How much a number
 * of a fit counts follows from the variance that the fit gives it; where the palm or a finger moves otherwise than predicted, the
 * prediction counts less, so that there is no lag in motion. Nothing is allocated after the start.
 */
export class StateFilter {
  /** The filtered state. */
  readonly state = restState();
  /** Of each number of a step: how fast it changes, rad/s and m/s. */
  readonly speed = new Float64Array(STEP_SIZE);
  readonly #options: StateFilterOptions;
  readonly #predicted = restState();
  readonly #step = new Float64Array(STEP_SIZE);
  /** Variances of place, place and speed, speed. */
  readonly #pp = new Float64Array(STEP_SIZE);
  readonly #pv = new Float64Array(STEP_SIZE);
  readonly #vv = new Float64Array(STEP_SIZE);

  constructor(options: Partial<StateFilterOptions> = {}) {
    this.#options = { ...STATE_FILTER, ...options };
  }

  /** Begin at a state that stands still, as far as is known. */
  begin(state: HandState, variances: ArrayLike<number>): void {
    copyState(state, this.state);
    this.speed.fill(0);
    for (let k = 0; k < STEP_SIZE; k++) {
      this.#pp[k] = variances[k];
      this.#pv[k] = 0;
      this.#vv[k] = k >= 3 && k < 6 ? PLACE_SPEED : TURN_SPEED;
    }
  }

  /** Where the hand will be after so many seconds. The state returned is the filter's own, until the next call. */
  predict(seconds: number): HandState {
    for (let k = 0; k < STEP_SIZE; k++) this.#step[k] = this.speed[k] * seconds;
    moveState(this.state, this.#step, this.#predicted);
    return this.#predicted;
  }

  /**
   * Go on to a state that was fitted `seconds` after the last one.
   *
   * @param variances of each number of a step
   */
  add(state: HandState, variances: ArrayLike<number>, seconds: number): void {
    const { turn, place, angle, surprise } = this.#options;
    const step = this.#step;
    const predicted = this.predict(seconds);
    stepBetween(predicted, state, step);
    const dt = seconds;
    for (let group = 1; group < GROUPS.length; group++) {
      const from = GROUPS[group - 1];
      const to = GROUPS[group];
      let error = 0;
      for (let k = from; k < to; k++) {
        const a = k < 3 ? turn : k < 6 ? place : angle;
        const expected = this.#pp[k] + 2 * dt * this.#pv[k] + dt * dt * this.#vv[k] + (a * a * dt ** 4) / 4;
        error += (step[k] * step[k]) / (expected + variances[k]) / (to - from);
      }
      const motion = Math.max(1, error / surprise) ** 4;
      for (let k = from; k < to; k++) {
        const a = k < 3 ? turn : k < 6 ? place : angle;
        const q = a * a * motion;
        const pp = this.#pp[k] + 2 * dt * this.#pv[k] + dt * dt * this.#vv[k] + (q * dt ** 4) / 4;
        const pv = this.#pv[k] + dt * this.#vv[k] + (q * dt ** 3) / 2;
        const vv = this.#vv[k] + q * dt * dt;
        const gain = pp / (pp + variances[k]);
        const speedGain = pv / (pp + variances[k]);
        this.speed[k] += speedGain * step[k];
        step[k] *= gain;
        this.#pp[k] = (1 - gain) * pp;
        this.#pv[k] = (1 - gain) * pv;
        this.#vv[k] = vv - speedGain * pv;
      }
    }
    moveState(predicted, step, this.state);
    // an angle that stopped at its limit does not move on
    for (let i = 0; i < ANGLE_COUNT; i++) {
      if (this.state.angles[i] !== predicted.angles[i] + step[6 + i]) this.speed[6 + i] = 0;
    }
  }
}
