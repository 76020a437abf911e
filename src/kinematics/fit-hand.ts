import { JOINT_COUNT } from '../hand/skeleton.js';
import { FIT_OPTIONS, type FitOptions, type HandEvidence } from './fit-options.js';
import { HandCost } from './hand-cost.js';
import type { HandKinematics } from './hand-kinematics.js';
import type { HandProportions } from './hand-proportions.js';
import {
  ANGLE_COUNT,
  ANGLE_MAX,
  ANGLE_MIN,
  copyState,
  type HandState,
  moveState,
  restState,
  STEP_SIZE,
} from './hand-state.js';
import { NormalEquations } from './normal-equations.js';
import { placeHand } from './place-hand.js';
import type { ProportionEquations } from './proportion-equations.js';

/** Steps after which points look for their nearest vertex again; later they keep theirs, which changes errors by less than 1 %. */
const WALKS = 2;
/** Mean of the robust squares of the joints' errors below which the last frame's angles still explain them, and how much worse they may then be. */
const STILL = 0.5;
const STAYS = 1.5;
/** What is found from elsewhere counts where it costs less than this share. */
const CHEAPER = 0.96;
/** Weight of joints where proportions are learned: a network sees a hand too long or too short in frame after frame, skin is seen anew. */
const LEARNED_OF_JOINTS = 0.1;
/**
 * Fits the hand to joints and seen points, frame by frame, by damped least squares (Levenberg 1944, Marquardt 1963) with robust weights. The
 * arrays are made once; a fit allocates nothing.
 *
 * ```text
 * sum over joints   rho(|p - seen| / deviation)
 * + sum over points rho(distance to the surface / deviation)
 * + common poses, coupling of DIP and PIP, change since the last frame;   angles within their limits
 * ```
 */
export class HandFit {
  /** The result. */
  readonly state = restState();
  /**
   * Cost of the result, where points that are not compared count as far off; and what the joints of a reading have of it in the mean: the sum
   * of robust squares of their errors, in deviations.
   */
  cost = Infinity;
  jointCost = Infinity;
  iterations = 0;
  /** Variance of each number of a step at the result, where errors of all that was seen were independent. */
  readonly variances = new Float64Array(STEP_SIZE);
  readonly #options: FitOptions;
  readonly #looked: HandCost;
  readonly #equations = new NormalEquations(STEP_SIZE);
  readonly #trial = restState();
  readonly #guess = restState();
  readonly #best = restState();
  readonly #bestVariances = new Float64Array(STEP_SIZE);
  #bestLeft = 0;
  readonly #step = new Float64Array(STEP_SIZE);
  readonly #fixed = new Uint8Array(STEP_SIZE);

  constructor(options: Partial<FitOptions> = {}) {
    this.#options = { ...FIT_OPTIONS, ...options };
    this.#looked = new HandCost(this.#options);
  }

  /** The joints of the result. */
  get kinematics(): HandKinematics {
    return this.#looked.kinematics;
  }

  /**
   * Fit the hand to what is seen of it; the result lies in the fields, until the next call.
   *
   * @param before the hand a moment ago, `seconds` before; undefined where there was none
   */
  fit(evidence: HandEvidence, proportions: HandProportions, before?: HandState, seconds = 0): void {
    const looked = this.#looked;
    looked.begin(evidence, proportions, before?.angles, seconds);
    placeHand(evidence.joints, looked.weights, proportions, this.#guess);
    looked.place(this.#guess);
    looked.pick();
    looked.look(this.#guess);
    if (before === undefined) copyState(this.#guess, this.state);
    const isCarried = before !== undefined && this.#carry(before);
    this.#descend();
    if (before === undefined || isCarried) return;
    this.#keep();
    this.#lookAgain(before, this.#guess);
    this.#descendFor(1);
  }

  /**
   * Fit again from the result, with some angles changed, and keep what costs clearly less: that frees a finger which took its
   * neighbour's points. Only after {@link fit}, whose evidence must not have changed since.
   *
   * @param change {@link ANGLE_COUNT} angles, radians
   */
  retry(change: ArrayLike<number>): void {
    const looked = this.#looked;
    const { state } = this;
    this.#keep();
    for (let i = 0; i < ANGLE_COUNT; i++) {
      state.angles[i] = Math.min(ANGLE_MAX[i], Math.max(ANGLE_MIN[i], state.angles[i] + change[i]));
    }
    looked.place(state);
    looked.pick();
    looked.look(state);
    this.#descendFor(CHEAPER);
  }

  /** Keep the result. */
  #keep(): void {
    copyState(this.state, this.#best);
    this.#bestVariances.set(this.variances);
    this.#bestLeft = this.#looked.left;
    this.#looked.seen.keep();
  }

  /** Steps downhill from the state, which was looked at, and back to the result that was kept where it does not cost less than a share of that. */
  #descendFor(share: number): void {
    const looked = this.#looked;
    const { cost, jointCost, iterations, state } = this;
    this.#descend();
    if (this.cost < share * cost) return;
    copyState(this.#best, state);
    this.variances.set(this.#bestVariances);
    looked.seen.restore();
    looked.left = this.#bestLeft;
    looked.kinematics.update(state, looked.proportions);
    this.cost = cost;
    this.jointCost = jointCost;
    this.iterations = iterations;
  }

  /** Steps downhill from the state, which was looked at. */
  #descend(): void {
    const { iterations, tolerance } = this.#options;
    const looked = this.#looked;
    let state: HandState = this.state;
    let trial: HandState = this.#trial;
    looked.gather(this.#equations);
    let cost = looked.cost;
    let jointCost = looked.jointCost;
    let damping = 1e-3;
    let used = 0;
    for (; used < iterations; used++) {
      this.#holdAtLimits(state);
      if (!this.#equations.solve(damping, this.#fixed, this.#step)) {
        damping *= 10;
        continue;
      }
      moveState(state, this.#step, trial);
      looked.place(trial);
      if (used < WALKS) looked.walk();
      looked.look(trial);
      if (looked.cost < cost) {
        const gain = cost - looked.cost;
        cost = looked.cost;
        jointCost = looked.jointCost;
        const last = state;
        state = trial;
        trial = last;
        damping = Math.max(1e-6, damping / 5);
        // the equations of the last state but one say as well how sure the last one is
        if (gain < tolerance * cost || used === iterations - 1) break;
        looked.gather(this.#equations);
      } else damping *= 6;
    }
    if (!this.#equations.variances(this.variances)) this.variances.fill(1);
    if (state !== this.state) copyState(state, this.state);
    this.cost = cost + looked.left;
    this.jointCost = jointCost;
    this.iterations = used;
    looked.kinematics.update(this.state, looked.proportions);
  }

  /**
   * What the evidence of the last fit, which must not have changed since, says of the proportions that were fitted: their blocks of the normal
   * equations at the result go into `about`.
   *
   * @returns the block of the pose, a {@link STEP_SIZE} x {@link STEP_SIZE} matrix (its lower triangle), to be read before the next fit
   */
  describe(about: ProportionEquations): NormalEquations {
    const looked = this.#looked;
    looked.weaken(LEARNED_OF_JOINTS);
    looked.place(this.state);
    looked.look(this.state);
    looked.gather(this.#equations);
    about.gather(looked.residuals, looked.kinematics, looked.skin, this.state, looked.proportions);
    return this.#equations;
  }

  /**
   * Begin with the last hand, as it was or carried to where the palm is now, where it explains what is seen better than the first guess, which
   * was looked at. A hand that hardly moved does not change between two explanations that are about as good.
   *
   * @returns whether it begins with the last hand
   */
  #carry(before: HandState): boolean {
    const looked = this.#looked;
    const guessed = looked.cost;
    looked.seen.keep();
    this.#lookAgain(before, before);
    const asItWas = looked.cost < this.#most(guessed) ? looked.cost : Infinity;
    this.#lookAgain(before, this.#guess);
    if (asItWas < looked.cost) this.#lookAgain(before, before);
    else if (looked.cost >= this.#most(guessed)) {
      looked.seen.restore();
      copyState(this.#guess, this.state);
      looked.place(this.state);
      looked.look(this.state);
      return false;
    }
    return true;
  }

  /** What the last hand, which was looked at, may cost where the first guess costs so much. */
  #most(guessed: number): number {
    return (this.#looked.jointCost < STILL * JOINT_COUNT ? STAYS : 1) * guessed;
  }

  /** Look at a hand's angles where the palm of another one is, with the points that were kept. */
  #lookAgain({ angles }: HandState, { rotation, translation }: HandState): void {
    const { state } = this;
    const looked = this.#looked;
    looked.seen.restore();
    state.rotation.set(rotation);
    state.translation.set(translation);
    state.angles.set(angles);
    looked.place(state);
    looked.walk();
    looked.look(state);
  }

  /** Angles at a limit that the equations push further out stay there. */
  #holdAtLimits({ angles }: HandState): void {
    const { right } = this.#equations;
    for (let i = 0; i < ANGLE_COUNT; i++) {
      const out = right[6 + i];
      this.#fixed[6 + i] = (angles[i] <= ANGLE_MIN[i] && out < 0) || (angles[i] >= ANGLE_MAX[i] && out > 0) ? 1 : 0;
    }
  }
}
