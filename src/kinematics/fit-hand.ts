import { JOINT_COUNT } from '../hand/skeleton.js';
import { PRIOR_MEAN, PRIOR_PRECISION } from './angle-prior.js';
import { FIRST_ANGLE, HandKinematics, movingAngles } from './hand-kinematics.js';
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
import { HandSurface } from './hand-surface.js';
import { NormalEquations } from './normal-equations.js';
import { placeHand } from './place-hand.js';
import type { ProportionEquations } from './proportion-equations.js';

/** How a hand is fitted; lengths in metres, angles in radians. */
export interface FitOptions {
  readonly iterations: number;
  /** Standard deviation of each coordinate of a sure joint; see {@link jointDeviation}. */
  readonly jointNoise: number;
  /** Errors of a joint above this many deviations count less and less (Geman and McClure 1987). */
  readonly jointLimit: number;
  /** Standard deviation of the surface's distance to a seen point; 0: points do not count. */
  readonly surfaceNoise: number;
  /** Seen points farther from the surface than this count less and less. */
  readonly surfaceLimit: number;
  /** Points that count as much as one that stands alone: neighbours are wrong together. */
  readonly surfaceRepeats: number;
  /** The same factor once more on the palm, whose shape differs more. */
  readonly palmRepeats: number;
  /** At most so many points are used. */
  readonly maxPoints: number;
  /** Weight of the common poses. */
  readonly prior: number;
  /** How much the DIP may differ from two thirds of the PIP. */
  readonly coupling: number;
  /** How fast angles change: standard deviation after one second. */
  readonly angleRate: number;
  readonly freeSpaceNoise: number;
}

export const FIT_OPTIONS: FitOptions = {
  iterations: 8,
  jointNoise: 0.004,
  jointLimit: 3,
  surfaceNoise: 0.003,
  surfaceLimit: 0.008,
  surfaceRepeats: 1.5,
  palmRepeats: 4,
  maxPoints: 300,
  prior: 0.3,
  coupling: 0.4,
  angleRate: 6,
  freeSpaceNoise: 0.005,
};

/** What is known of a right hand at one moment, all in one frame whose origin is the camera. */
export interface HandEvidence {
  /** 63 numbers, metres. */
  readonly joints: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: ArrayLike<number>;
  /** Seen points about the hand: x, y, z, metres. */
  readonly points?: Float32Array;
}

/**
 * Standard deviation of a joint's coordinates by its confidence: it grows e-fold for each 0.15 of confidence below 0.72. Measured on the
 * joints of `compact` in 260 synthetic frames; errors of all confidences above are alike.
 */
export function jointDeviation(noise: number, confidence: number): number {
  return noise * Math.exp(6.5 * Math.max(0, 0.72 - confidence));
}

/** Points farther from the first guess than this are not the hand's, metres. */
const REACH = 0.02;
const DIP_OF_PIP = 2 / 3;

/**
 * Fits the hand to joints and seen points, frame by frame, by damped least squares (Levenberg 1944, Marquardt 1963) with robust weights. The
 * arrays are made once; the loop over iterations allocates nothing.
 *
 * ```text
 * sum over joints   rho(|p - seen| / deviation)
 * + sum over points rho(distance to the surface / deviation)
 * + common poses, coupling of DIP and PIP, change since the last frame;   angles within their limits
 * ```
 */
export class HandFit {
  readonly kinematics = new HandKinematics();
  readonly surface = new HandSurface();
  /** The result. */
  readonly state = restState();
  /** Cost of the result; mean squared error of its joints in deviations. */
  cost = Infinity;
  jointCost = Infinity;
  iterations = 0;
  readonly #options: FitOptions;
  readonly #trial = restState();
  readonly #guess = restState();
  readonly #equations = new NormalEquations(STEP_SIZE);
  readonly #trialEquations = new NormalEquations(STEP_SIZE);
  readonly #row = new Float64Array(STEP_SIZE);
  readonly #step = new Float64Array(STEP_SIZE);
  readonly #fixed = new Uint8Array(STEP_SIZE);
  readonly #weights = new Float64Array(JOINT_COUNT);
  readonly #points: Float32Array;
  #count = 0;
  #about: ProportionEquations | undefined;
  #before: HandState | undefined;
  #seconds = 0;

  constructor(options: Partial<FitOptions> = {}) {
    this.#options = { ...FIT_OPTIONS, ...options };
    this.#points = new Float32Array(3 * this.#options.maxPoints);
  }

  /** Points in use. */
  get points(): Float32Array {
    return this.#points.subarray(0, 3 * this.#count);
  }

  get weights(): Float64Array {
    return this.#weights;
  }

  /**
   * @param before the hand a moment ago, `seconds` before; undefined where there was none
   */
  fit(evidence: HandEvidence, proportions: HandProportions, before?: HandState, seconds = 0): void {
    const { iterations, jointNoise } = this.#options;
    this.#before = before;
    this.#seconds = seconds;
    for (let j = 0; j < JOINT_COUNT; j++) {
      const deviation = jointDeviation(jointNoise, evidence.confidences[j]);
      this.#weights[j] = 1 / (deviation * deviation);
    }
    placeHand(evidence.joints, this.#weights, proportions, this.#guess);
    this.#choosePoints(evidence.points, proportions);
    let equations = this.#equations;
    let other = this.#trialEquations;
    let trial = this.#trial;
    let state = this.state as HandState;
    copyState(this.#guess, trial);
    let cost = this.#gather(trial, evidence, proportions, before, seconds, equations);
    if (before !== undefined) {
      // the last hand where it is now: its angles in the palm that is seen
      copyState(before, state);
      state.rotation.set(this.#guess.rotation);
      state.translation.set(this.#guess.translation);
      const carried = this.#gather(state, evidence, proportions, before, seconds, other);
      if (carried < cost) {
        cost = carried;
        [equations, other] = [other, equations];
        [state, trial] = [trial, state];
      }
    }
    [state, trial] = [trial, state];
    let damping = 1e-3;
    let used = 0;
    for (; used < iterations; used++) {
      this.#holdAtLimits(state, equations);
      if (!equations.solve(damping, this.#fixed, this.#step)) {
        damping *= 10;
        continue;
      }
      moveState(state, this.#step, trial);
      const next = this.#gather(trial, evidence, proportions, before, seconds, other);
      if (next < cost) {
        const gain = cost - next;
        cost = next;
        [equations, other] = [other, equations];
        [state, trial] = [trial, state];
        damping = Math.max(1e-6, damping / 5);
        if (gain < 1e-3 * cost) break;
      } else damping *= 6;
    }
    if (state !== this.state) copyState(state, this.state);
    this.cost = cost;
    this.iterations = used;
    this.kinematics.update(this.state, proportions);
    this.surface.update(this.kinematics, this.state, proportions);
  }

  /**
   * What the evidence of the last fit says of the proportions: their blocks of the normal equations at the result go into `about`.
   *
   * @returns the block of the pose, a {@link STEP_SIZE} x {@link STEP_SIZE} matrix (its lower triangle), to be read before the next fit
   */
  describe(evidence: HandEvidence, proportions: HandProportions, about: ProportionEquations): Float64Array {
    about.clear();
    this.#about = about;
    this.#gather(this.state, evidence, proportions, this.#before, this.#seconds, this.#equations);
    this.#about = undefined;
    return this.#equations.matrix;
  }

  #choosePoints(points: Float32Array | undefined, proportions: HandProportions): void {
    const { surfaceNoise, maxPoints } = this.#options;
    this.#count = 0;
    if (points === undefined || surfaceNoise === 0) return;
    this.kinematics.update(this.#guess, proportions);
    this.surface.update(this.kinematics, this.#guess, proportions);
    const near = (at: number): boolean => {
      this.surface.nearest(points[at], points[at + 1], points[at + 2]);
      return Math.abs(this.surface.distance) < REACH;
    };
    // spread over all points, by a step that leaves at most as many as are used
    const step = 3 * Math.max(1, Math.ceil(points.length / 3 / (2 * maxPoints)));
    for (let at = 0; at < points.length && this.#count < maxPoints; at += step) {
      if (!near(at)) continue;
      for (let k = 0; k < 3; k++) this.#points[3 * this.#count + k] = points[at + k];
      this.#count++;
    }
  }

  /** Angles at a limit that the equations push further out stay there. */
  #holdAtLimits({ angles }: HandState, { right }: NormalEquations): void {
    for (let i = 0; i < ANGLE_COUNT; i++) {
      const out = right[6 + i];
      this.#fixed[6 + i] = (angles[i] <= ANGLE_MIN[i] && out < 0) || (angles[i] >= ANGLE_MAX[i] && out > 0) ? 1 : 0;
    }
  }

  /** The equations about a state, and its cost. */
  #gather(
    state: HandState,
    { joints: seen }: HandEvidence,
    proportions: HandProportions,
    before: HandState | undefined,
    seconds: number,
    equations: NormalEquations,
  ): number {
    const { jointLimit, surfaceNoise, surfaceLimit, surfaceRepeats, palmRepeats, prior, coupling, angleRate } =
      this.#options;
    const { kinematics, surface } = this;
    const { joints } = kinematics;
    const row = this.#row;
    const { angles } = state;
    kinematics.update(state, proportions);
    equations.clear();
    let cost = 0;
    const limit = jointLimit * jointLimit;
    for (let j = 0; j < JOINT_COUNT; j++) {
      const chain = j === 0 ? 0 : (j - 1) >> 2;
      const moving = j === 0 ? 0 : movingAngles(chain, (j - 1) & 3);
      const dx = seen[3 * j] - joints[3 * j];
      const dy = seen[3 * j + 1] - joints[3 * j + 1];
      const dz = seen[3 * j + 2] - joints[3 * j + 2];
      const squared = this.#weights[j] * (dx * dx + dy * dy + dz * dz);
      const share = 1 / (1 + squared / limit);
      cost += squared * share;
      const weight = this.#weights[j] * share * share;
      for (let axis = 0; axis < 3; axis++) {
        const nx = axis === 0 ? 1 : 0;
        const ny = axis === 1 ? 1 : 0;
        const nz = axis === 2 ? 1 : 0;
        kinematics.gradient(chain, moving, joints[3 * j], joints[3 * j + 1], joints[3 * j + 2], nx, ny, nz, row);
        const residual = axis === 0 ? dx : axis === 1 ? dy : dz;
        equations.add(row, residual, weight, 6, 6 + FIRST_ANGLE[chain], moving);
        if (this.#about !== undefined && j > 0) {
          const place = {
            kinematics,
            state,
            proportions,
            chain,
            bones: (j - 1) & 3,
            along: 0,
            point: joints,
            radius: 0,
          };
          this.#about.add(place, [nx, ny, nz], residual, weight, row, moving);
        }
      }
    }
    this.jointCost = cost;
    if (this.#count > 0) {
      surface.update(kinematics, state, proportions);
      const pointWeight = 1 / (surfaceNoise * surfaceNoise * surfaceRepeats);
      const far = surfaceLimit * surfaceLimit;
      for (let i = 0; i < 3 * this.#count; i += 3) {
        surface.nearest(this.#points[i], this.#points[i + 1], this.#points[i + 2]);
        const d = surface.distance;
        const share = 1 / (1 + (d * d) / far);
        const weight = surface.chain() < 0 ? pointWeight / palmRepeats : pointWeight;
        cost += weight * d * d * share;
        const [nx, ny, nz] = surface.normal;
        const moving = surface.gradient(kinematics, nx, ny, nz, row);
        const chain = Math.max(0, surface.chain());
        equations.add(row, d, weight * share * share, 6, 6 + FIRST_ANGLE[chain], moving);
        if (this.#about !== undefined) {
          const at = { bones: surface.bone(), along: surface.along, point: surface.foot, radius: surface.radius() };
          const place = { kinematics, state, proportions, chain: surface.chain(), ...at };
          this.#about.add(place, surface.normal, d, weight * share * share, row, moving);
        }
      }
    }
    if (prior > 0) {
      for (let i = 0; i < ANGLE_COUNT; i++) {
        let pull = 0;
        for (let k = 0; k < ANGLE_COUNT; k++) {
          const p = prior * PRIOR_PRECISION[i * ANGLE_COUNT + k];
          pull += p * (PRIOR_MEAN[k] - angles[k]);
          if (k <= i) equations.matrix[(6 + i) * STEP_SIZE + 6 + k] += p;
        }
        equations.right[6 + i] += pull;
        cost += (PRIOR_MEAN[i] - angles[i]) * pull;
      }
    }
    if (coupling > 0) {
      const weight = 1 / (coupling * coupling);
      for (let chain = 1; chain < 5; chain++) {
        const dip = 6 + FIRST_ANGLE[chain] + 3;
        const pip = dip - 1;
        const residual = DIP_OF_PIP * angles[pip - 6] - angles[dip - 6];
        row[pip] = -DIP_OF_PIP;
        row[dip] = 1;
        equations.add(row, residual, weight, 0, pip, 2);
        cost += weight * residual * residual;
      }
    }
    if (before !== undefined) {
      const weight = 1 / (angleRate * angleRate * Math.max(seconds, 1e-3) ** 2);
      for (let i = 0; i < ANGLE_COUNT; i++) {
        const residual = before.angles[i] - angles[i];
        equations.addOne(6 + i, residual, weight);
        cost += weight * residual * residual;
      }
    }
    return cost;
  }
}
