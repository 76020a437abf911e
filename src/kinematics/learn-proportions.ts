import { choleskyFactor, choleskyForward, choleskySolve, inverse } from '../geometry/symmetric-eigen.js';
import { meanConfidence } from '../hand/hand-joints.js';
import { FINGER_ROOTS } from '../hand/skeleton.js';
import type { HandFit } from './fit-hand.js';
import type { HandEvidence } from './fit-options.js';
import { CHAIN_BONES, describedProportions, type HandProportions } from './hand-proportions.js';
import { STEP_SIZE } from './hand-state.js';
import { PALM_AXES, PROPORTION_COUNT, ProportionEquations, THICKNESS } from './proportion-equations.js';

/** Options of the learner. */
export interface LearnOptions {
  /** Frames a second that count as independent: errors of neighbouring frames are alike. */
  readonly rate: number;
  /** Frames less sure than this in the mean do not count. */
  readonly minConfidence: number;
  /** All lengths are this sure (standard deviation, share): the proportions are frozen. */
  readonly sure: number;
}

const LEARN_OPTIONS: LearnOptions = { rate: 20, minConfidence: 0.62, sure: 0.03 };

/** Sizes of hands beside the described one: a child of about four, a very large adult. */
const SMALLEST = 0.7;
const LARGEST = 1.25;

/** Frames whose joints say the size that learning begins with. */
const FIRST = 6;

/** Relative standard deviations between people, about those by which synthetic hands are drawn; some wear gloves, which make them thicker. */
const SPREAD = { scale: 0.1, finger: 0.04, bone: 0.03, palm: 0.035, depth: 0.02, thickness: 0.1 };

/**
 * Learns how long and thick a hand is, frame by frame, as an information filter: the estimate (logarithms of factors on the described hand) and
 * its information matrix; each frame adds what its residuals say of the proportions once the pose is taken out (the Schur complement).
 */
export class ProportionLearner {
  proportions: HandProportions;
  frozen = false;
  frames = 0;
  readonly #options: LearnOptions;
  readonly #base = describedProportions();
  readonly #factors = new Float64Array(PROPORTION_COUNT);
  readonly #information: Float64Array;
  readonly #equations = new ProportionEquations();
  /** Of the first frames, as factors on the described hand; the logarithm of the one that counts. */
  readonly #sizes: number[] = [];
  #size = 0;
  /** Frames that came, and the time since the last one that was learned from. */
  #seen = 0;
  #unlearned = 0;

  constructor(options: Partial<LearnOptions> = {}) {
    this.#options = { ...LEARN_OPTIONS, ...options };
    this.#information = inverse(priorCovariance(), PROPORTION_COUNT);
    this.proportions = this.#build();
  }

  /** Standard deviation of each of the lengths, as a share of it; then of the palm's width, length and depth, and of the thickness. */
  deviations(): Float64Array {
    const covariance = inverse(this.#information, PROPORTION_COUNT);
    return Float64Array.from({ length: PROPORTION_COUNT }, (_, i) => Math.sqrt(covariance[i * PROPORTION_COUNT + i]));
  }

  /**
   * Begin with the size that joints have: the median of their bones' lengths beside the described ones, of the first {@link FIRST} frames the
   * upper median again, for the first look at a hand is a poor one and bones are read too short there. What comes then changes nothing.
   *
   * @param joints 63 numbers, metres; only read
   */
  begin(joints: ArrayLike<number>): void {
    const sizes = this.#sizes;
    if (sizes.length === FIRST) return;
    const ratios = Array.from(this.#base.lengths, (length, i) => {
      const at = 3 * (FINGER_ROOTS[Math.floor(i / CHAIN_BONES)] + (i % CHAIN_BONES));
      return Math.hypot(...[0, 1, 2].map((k) => joints[at + 3 + k] - joints[at + k])) / length;
    }).sort((a, b) => a - b);
    sizes.push(Math.min(LARGEST, Math.max(SMALLEST, ratios[ratios.length >> 1])));
    const size = Math.log(sizes.toSorted((a, b) => a - b)[sizes.length >> 1]);
    for (let i = 0; i < PROPORTION_COUNT; i++) this.#factors[i] += size - this.#size;
    this.#size = size;
    this.proportions = this.#build();
  }

  /**
   * Learn from a frame that was just fitted with the present proportions; of two frames from one, for both.
   *
   * @param seconds since the frame before
   */
  add(fit: HandFit, evidence: HandEvidence, seconds: number): void {
    const { rate, minConfidence, sure } = this.#options;
    this.#unlearned += seconds;
    if (
      this.#seen++ % 2 === 1 ||
      this.frozen ||
      meanConfidence({ confidences: Float32Array.from(evidence.confidences) }) < minConfidence
    )
      return;
    const n = PROPORTION_COUNT;
    const equations = this.#equations;
    const pose = fit.describe(equations);
    const weight = Math.min(1, rate * Math.max(this.#unlearned, 0.01));
    this.#unlearned = 0;
    const information = this.#information;
    const factor = Float64Array.from(pose.matrix);
    if (!choleskyFactor(factor, STEP_SIZE)) return;
    // with A = L L^T of the pose and its rows c: c_a A^-1 c_b = (L^-1 c_a) (L^-1 c_b)
    choleskyForward(factor, pose.right, STEP_SIZE);
    const step = new Float64Array(n);
    for (let a = 0; a < n; a++) {
      const own = equations.cross.subarray(a * STEP_SIZE, (a + 1) * STEP_SIZE);
      choleskyForward(factor, own, STEP_SIZE);
      let pull = 0;
      for (let k = 0; k < STEP_SIZE; k++) pull += own[k] * pose.right[k];
      step[a] = weight * (equations.right[a] - pull);
      for (let b = 0; b <= a; b++) {
        let lost = 0;
        for (let k = 0; k < STEP_SIZE; k++) lost += own[k] * equations.cross[b * STEP_SIZE + k];
        information[a * n + b] += weight * (equations.own[a * n + b] - lost);
      }
    }
    if (!choleskySolve(Float64Array.from(information), step, n)) return;
    for (let i = 0; i < n; i++) this.#factors[i] += Math.max(-0.05, Math.min(0.05, step[i]));
    this.frames++;
    this.proportions = this.#build();
    if (this.frames % 10 === 0)
      this.frozen = this.deviations()
        .subarray(0, PALM_AXES)
        .every((value) => value < sure);
  }

  #build(): HandProportions {
    const factor = (i: number): number => Math.exp(this.#factors[i]);
    return {
      roots: this.#base.roots.map((x, i) => x * factor(PALM_AXES + (i % 3))),
      lengths: this.#base.lengths.map((x, i) => x * factor(i)),
      thickness: factor(THICKNESS),
    };
  }
}

function priorCovariance(): Float64Array {
  const n = PROPORTION_COUNT;
  const covariance = new Float64Array(n * n).fill(SPREAD.scale ** 2);
  for (let a = 0; a < PALM_AXES; a++) {
    for (let b = 0; b < PALM_AXES; b++) {
      if (Math.floor(a / 3) === Math.floor(b / 3)) covariance[a * n + b] += SPREAD.finger ** 2;
    }
    covariance[a * n + a] += SPREAD.bone ** 2;
  }
  const own = [SPREAD.palm, SPREAD.palm, SPREAD.depth, SPREAD.thickness];
  own.forEach((deviation, i) => {
    covariance[(PALM_AXES + i) * (n + 1)] += deviation ** 2;
  });
  return covariance;
}
