import { FINGER_OF_JOINT, FINGER_ROOTS, JOINT_COUNT, ROOT_OF_MIDDLE, WRIST } from '../hand/skeleton.js';
import { PRIOR_MEAN, PRIOR_PRECISION } from './angle-prior.js';
import { FreeSpace } from './free-space.js';
import { FIRST_ANGLE, HandKinematics, movingAngles } from './hand-kinematics.js';
import { CHAINS, describedProportions, type HandProportions } from './hand-proportions.js';
import { HandSkin } from './hand-skin.js';
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
  /** At most so many points are looked at, spread over all of them. */
  readonly maxPoints: number;
  /** Weight of the common poses. */
  readonly prior: number;
  /** How much the DIP may differ from two thirds of the PIP. */
  readonly coupling: number;
  /** How fast angles change: standard deviation after one second. */
  readonly angleRate: number;
  /** Standard deviation of how far a bone stands in what was seen to be free; 0: free space does not count. */
  readonly freeSpaceNoise: number;
  readonly freeSpaceLimit: number;
  /** Whether all points were seen from the origin: then no skin that is turned away was seen, and no hand is where the view was free. */
  readonly oneCamera: boolean;
}

export const FIT_OPTIONS: FitOptions = {
  iterations: 4,
  jointNoise: 0.005,
  jointLimit: 3,
  surfaceNoise: 0.0012,
  surfaceLimit: 0.003,
  surfaceRepeats: 2,
  maxPoints: 320,
  prior: 0.3,
  coupling: 0.4,
  angleRate: 6,
  freeSpaceNoise: 0.004,
  freeSpaceLimit: 0.012,
  oneCamera: true,
};

/** The joints of a hand as they were read once. */
export interface JointReading {
  /** 63 numbers, metres. */
  readonly joints: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: ArrayLike<number>;
  /** The probability that these joints are right, 0 to 1; 1 where nobody says it. */
  readonly presence?: number | undefined;
}

/** What is known of a right hand at one moment, all in one frame whose origin is the camera; its joints are where the fit begins. */
export interface HandEvidence extends JointReading {
  /** What it is fitted to, where that is not `joints` alone: the same hand as several cameras read it. At least one. */
  readonly readings?: readonly JointReading[];
  /** Seen points about the hand: x, y, z, metres. */
  readonly points?: Float32Array;
  /** Distance between neighbouring points, metres. */
  readonly pitch?: number;
  /** Whether points lie on the surface itself; the centre of an occupied voxel lies up to half a voxel off. */
  readonly exact?: boolean;
}

/**
 * Standard deviation of a joint's coordinates by its confidence: it grows e-fold for each 0.15 of confidence below 0.72. Measured on the
 * joints of `compact` in 260 synthetic frames; errors of all confidences above are alike.
 */
function jointDeviation(noise: number, confidence: number): number {
  return noise * Math.exp(6.5 * Math.max(0, 0.72 - confidence));
}

function weighJoints({ confidences, presence = 1 }: JointReading, noise: number, into: Float64Array): Float64Array {
  for (let j = 0; j < JOINT_COUNT; j++) {
    const deviation = jointDeviation(noise, confidences[j]);
    into[j] = Math.max(presence, LEAST_PRESENCE) / (deviation * deviation);
  }
  return into;
}

/** However little joints are believed, they count for this. */
const LEAST_PRESENCE = 0.05;
/** Points farther from the first guess than this are not the hand's, metres. */
const REACH = 0.015;
const DIP_OF_PIP = 2 / 3;
/** Steps after which points look for their nearest vertex again; later they keep theirs, which changes errors by less than 1 %. */
const WALKS = 2;
/** Mean of the robust squares of the joints' errors below which the last frame's angles still explain them, and how much worse they may then be. */
const STILL = 0.5;
const STAYS = 1.5;
/** Weight of joints where proportions are learned: a network sees a hand too long or too short in frame after frame, skin is seen anew. */
const LEARNED_OF_JOINTS = 0.2;
/** Distance between points where nobody says it, metres. */
const DEFAULT_PITCH = 0.006;
const AXES = [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0), Float64Array.of(0, 0, 1)] as const;
const MIDDLE = 3 * ROOT_OF_MIDDLE;
/** Cells of the picture of free space are at least this large, metres: it holds the whole hand. */
const LEAST_CELL = 0.005;
/** How deep a bone may stand in free space: half a voxel and a half, metres. */
const TOLERANCE = 0.004;

/** Joints and what each counts for. */
interface WeightedJoints {
  readonly joints: Float64Array;
  readonly weights: Float64Array;
}

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
  readonly skin = new HandSkin();
  readonly #cones = new HandSurface();
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
  readonly #trial = restState();
  readonly #guess = restState();
  readonly #equations = new NormalEquations(STEP_SIZE);
  readonly #trialEquations = new NormalEquations(STEP_SIZE);
  readonly #row = new Float64Array(STEP_SIZE);
  readonly #difference = new Float64Array(3);
  readonly #step = new Float64Array(STEP_SIZE);
  readonly #fixed = new Uint8Array(STEP_SIZE);
  readonly #weights = new Float64Array(JOINT_COUNT);
  #readings: readonly WeightedJoints[] = [];
  readonly #free = new FreeSpace();
  /** Points that were looked at and lie near the hand, and of each the vertex of the skin that it is compared with. */
  readonly #points: Float32Array;
  readonly #vertices: Uint16Array;
  #count = 0;
  /** Points that were looked at and lie elsewhere. */
  #left = 0;
  #trialJointCost = 0;
  #about: ProportionEquations | undefined;
  /** What is fitted to. */
  #evidence: HandEvidence = { joints: new Float64Array(3 * JOINT_COUNT), confidences: [] };
  #proportions = describedProportions();
  #seesFree = false;
  #before: HandState | undefined;
  #seconds = 0;

  constructor(options: Partial<FitOptions> = {}) {
    this.#options = { ...FIT_OPTIONS, ...options };
    const { maxPoints } = this.#options;
    this.#points = new Float32Array(3 * maxPoints);
    this.#vertices = new Uint16Array(maxPoints);
  }

  /**
   * Fit the hand to what is seen of it; the result lies in the fields, until the next call.
   *
   * @param before the hand a moment ago, `seconds` before; undefined where there was none
   */
  fit(evidence: HandEvidence, proportions: HandProportions, before?: HandState, seconds = 0): void {
    const { iterations, jointNoise } = this.#options;
    this.#evidence = evidence;
    this.#proportions = proportions;
    this.#before = before;
    this.#seconds = seconds;
    weighJoints(evidence, jointNoise, this.#weights);
    this.#readings = evidence.readings?.map((reading) => {
      return { joints: reading.joints, weights: weighJoints(reading, jointNoise, new Float64Array(JOINT_COUNT)) };
    }) ?? [{ joints: evidence.joints, weights: this.#weights }];
    placeHand(evidence.joints, this.#weights, proportions, this.#guess);
    this.#choosePoints(evidence, proportions);
    let equations = this.#equations;
    let other = this.#trialEquations;
    let trial = this.#trial;
    let state = this.state as HandState;
    copyState(this.#guess, trial);
    let cost = this.#gather(trial, equations);
    let jointCost = this.#trialJointCost;
    if (before !== undefined) {
      // the last hand where it is now: its angles in the palm that is seen
      copyState(before, state);
      state.rotation.set(this.#guess.rotation);
      state.translation.set(this.#guess.translation);
      const carried = this.#gather(state, other, true);
      // a hand that hardly moved does not change between two explanations that are about as good
      const margin = this.#trialJointCost < STILL * JOINT_COUNT ? STAYS : 1;
      if (carried < margin * cost) {
        cost = carried;
        jointCost = this.#trialJointCost;
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
      const next = this.#gather(trial, other, used < WALKS);
      if (next < cost) {
        const gain = cost - next;
        cost = next;
        jointCost = this.#trialJointCost;
        [equations, other] = [other, equations];
        [state, trial] = [trial, state];
        damping = Math.max(1e-6, damping / 5);
        if (gain < 1e-3 * cost) break;
      } else damping *= 6;
    }
    if (!equations.variances(this.variances)) this.variances.fill(1);
    if (state !== this.state) copyState(state, this.state);
    this.cost = cost + this.#left * this.#surfaceScale().most;
    this.jointCost = jointCost;
    this.iterations = used;
    this.kinematics.update(this.state, proportions);
  }

  /**
   * What the evidence of the last fit, which must not have changed since, says of the proportions that were fitted: their blocks of the normal
   * equations at the result go into `about`.
   *
   * @returns the block of the pose, a {@link STEP_SIZE} x {@link STEP_SIZE} matrix (its lower triangle), to be read before the next fit
   */
  describe(about: ProportionEquations): NormalEquations {
    about.begin(this.kinematics, this.state, this.#proportions);
    this.#about = about;
    for (const { weights } of this.#readings) for (let j = 0; j < JOINT_COUNT; j++) weights[j] *= LEARNED_OF_JOINTS;
    this.#gather(this.state, this.#equations);
    this.#about = undefined;
    return this.#equations;
  }

  #choosePoints({ points, joints, pitch = DEFAULT_PITCH }: HandEvidence, proportions: HandProportions): void {
    const { surfaceNoise, freeSpaceNoise, maxPoints, oneCamera } = this.#options;
    this.#count = 0;
    this.#left = 0;
    if (points === undefined || surfaceNoise === 0) return;
    const { skin } = this;
    this.kinematics.update(this.#guess, proportions);
    skin.update(this.kinematics, this.#guess, proportions);
    this.#seesFree = oneCamera && freeSpaceNoise > 0;
    if (this.#seesFree) {
      this.#free.build(points, joints.subarray(MIDDLE, MIDDLE + 3), Math.max(pitch, LEAST_CELL));
    }
    const total = points.length / 3;
    const looked = Math.min(total, maxPoints);
    for (let i = 0; i < looked; i++) {
      const at = 3 * Math.floor((i * total) / looked);
      const x = points[at];
      const y = points[at + 1];
      const z = points[at + 2];
      const vertex = skin.nearest(x, y, z, oneCamera);
      skin.at(vertex);
      const dx = x - skin.point[0];
      const dy = y - skin.point[1];
      const dz = z - skin.point[2];
      if (dx * dx + dy * dy + dz * dz > REACH * REACH) continue;
      const to = 3 * this.#count;
      this.#points[to] = x;
      this.#points[to + 1] = y;
      this.#points[to + 2] = z;
      this.#vertices[this.#count++] = vertex;
    }
    this.#left = looked - this.#count;
  }

  /** Weight and range of the distances of points, and what a point counts for that lies far off. */
  #surfaceScale(): { readonly sure: number; readonly far: number; readonly most: number } {
    const { surfaceNoise, surfaceLimit, surfaceRepeats } = this.#options;
    const { pitch = DEFAULT_PITCH, exact = false } = this.#evidence;
    const quantised = exact ? 0 : (pitch * pitch) / 3;
    const sure = 1 / ((surfaceNoise * surfaceNoise + quantised) * surfaceRepeats);
    const far = surfaceLimit * surfaceLimit + quantised;
    return { sure, far, most: sure * far };
  }

  /** Angles at a limit that the equations push further out stay there. */
  #holdAtLimits({ angles }: HandState, { right }: NormalEquations): void {
    for (let i = 0; i < ANGLE_COUNT; i++) {
      const out = right[6 + i];
      this.#fixed[6 + i] = (angles[i] <= ANGLE_MIN[i] && out < 0) || (angles[i] >= ANGLE_MAX[i] && out > 0) ? 1 : 0;
    }
  }

  /**
   * The equations about a state, and its cost.
   *
   * @param walks whether points are compared with the vertices that are nearest to them in this state, or with those of before
   */
  #gather(state: HandState, equations: NormalEquations, walks = false): number {
    this.kinematics.update(state, this.#proportions);
    equations.clear();
    let joints = 0;
    for (const reading of this.#readings) joints += this.#gatherJoints(reading, equations);
    this.#trialJointCost = joints / this.#readings.length;
    let cost = joints + this.#gatherAngles(state.angles, equations);
    if (this.#count > 0) {
      cost += this.#gatherPoints(state, equations, walks);
      if (this.#seesFree) cost += this.#gatherFree(state, equations);
    }
    return cost;
  }

  #gatherJoints({ joints: seen, weights }: WeightedJoints, equations: NormalEquations): number {
    const { kinematics } = this;
    const { joints } = kinematics;
    const row = this.#row;
    const difference = this.#difference;
    const limit = this.#options.jointLimit ** 2;
    let cost = 0;
    for (let j = 0; j < JOINT_COUNT; j++) {
      const chain = j === WRIST ? 0 : FINGER_OF_JOINT[j];
      const bones = j === WRIST ? 0 : j - FINGER_ROOTS[chain];
      const moving = movingAngles(chain, bones);
      let squared = 0;
      for (let axis = 0; axis < 3; axis++) {
        const d = seen[3 * j + axis] - joints[3 * j + axis];
        difference[axis] = d;
        squared += weights[j] * d * d;
      }
      const share = 1 / (1 + squared / limit);
      cost += squared * share;
      const weight = weights[j] * share * share;
      for (let axis = 0; axis < 3; axis++) {
        const n = AXES[axis];
        kinematics.gradient(chain, moving, joints[3 * j], joints[3 * j + 1], joints[3 * j + 2], n[0], n[1], n[2], row);
        equations.add(row, difference[axis], weight, 6, 6 + FIRST_ANGLE[chain], moving);
        if (j !== WRIST) this.#about?.at(chain, bones, 0, 0).add(joints, n, difference[axis], weight, row, moving);
      }
    }
    return cost;
  }

  #gatherPoints(state: HandState, equations: NormalEquations, walks: boolean): number {
    const { oneCamera } = this.#options;
    const { kinematics, skin } = this;
    const { point, normal } = skin;
    const row = this.#row;
    const points = this.#points;
    const { sure, far } = this.#surfaceScale();
    let cost = 0;
    skin.update(kinematics, state, this.#proportions);
    for (let p = 0; p < this.#count; p++) {
      const x = points[3 * p];
      const y = points[3 * p + 1];
      const z = points[3 * p + 2];
      if (walks) this.#vertices[p] = skin.walk(this.#vertices[p], x, y, z, oneCamera);
      const vertex = this.#vertices[p];
      const d = skin.distance(vertex, x, y, z);
      const share = 1 / (1 + (d * d) / far);
      cost += sure * d * d * share;
      const weight = sure * share * share;
      const chain = skin.chain(vertex);
      const moving = skin.gradient(kinematics, vertex, row);
      equations.add(row, d, weight, 6, 6 + FIRST_ANGLE[Math.max(0, chain)], moving);
      this.#about
        ?.at(chain, skin.bone(vertex), skin.along(vertex), skin.thicker(vertex))
        .add(point, normal, d, weight, row, moving);
    }
    return cost;
  }

  /** No bone stands in what was seen to be free. */
  #gatherFree(state: HandState, equations: NormalEquations): number {
    const { freeSpaceNoise, freeSpaceLimit } = this.#options;
    const { kinematics } = this;
    const cones = this.#cones;
    const { foot } = cones;
    const { way } = this.#free;
    const row = this.#row;
    const sure = 1 / (freeSpaceNoise * freeSpaceNoise);
    const far = freeSpaceLimit * freeSpaceLimit;
    let cost = 0;
    cones.update(kinematics, state, this.#proportions);
    for (let cone = 0; cone < cones.count; cone++) {
      if (!cones.isBone(cone)) continue;
      for (let along = 0.5; along <= 1; along += 0.5) {
        cones.at(cone, along);
        this.#free.query(foot[0], foot[1], foot[2], cones.radius());
        const d = this.#free.depth - TOLERANCE;
        if (d <= 0) continue;
        const share = 1 / (1 + (d * d) / far);
        cost += sure * d * d * share;
        const weight = sure * share * share;
        const chain = cones.chain();
        const moving = cones.gradient(kinematics, way[0], way[1], way[2], row);
        equations.add(row, d, weight, 6, 6 + FIRST_ANGLE[chain], moving);
        this.#about?.at(chain, cones.bone(), along, 0).add(foot, way, d, weight, row, moving);
      }
    }
    return cost;
  }

  /** Common poses, the coupling of DIP and PIP, the change since the last frame. */
  #gatherAngles(angles: Float64Array, equations: NormalEquations): number {
    const { prior, coupling, angleRate } = this.#options;
    const { matrix, right } = equations;
    const row = this.#row;
    const before = this.#before?.angles;
    let cost = 0;
    for (let i = 0; i < ANGLE_COUNT; i++) {
      let pull = 0;
      for (let k = 0; k < ANGLE_COUNT; k++) {
        const p = prior * PRIOR_PRECISION[i * ANGLE_COUNT + k];
        pull += p * (PRIOR_MEAN[k] - angles[k]);
        if (k <= i) matrix[(6 + i) * STEP_SIZE + 6 + k] += p;
      }
      right[6 + i] += pull;
      cost += (PRIOR_MEAN[i] - angles[i]) * pull;
    }
    if (coupling > 0) {
      const weight = 1 / (coupling * coupling);
      for (let chain = 1; chain < CHAINS; chain++) {
        const pip = FIRST_ANGLE[chain] + 2;
        const residual = DIP_OF_PIP * angles[pip] - angles[pip + 1];
        row[6 + pip] = -DIP_OF_PIP;
        row[7 + pip] = 1;
        equations.add(row, residual, weight, 0, 6 + pip, 2);
        cost += weight * residual * residual;
      }
    }
    if (before !== undefined) {
      const weight = 1 / (angleRate * angleRate * Math.max(this.#seconds, 1e-3) ** 2);
      for (let i = 0; i < ANGLE_COUNT; i++) {
        const residual = before[i] - angles[i];
        equations.addOne(6 + i, residual, weight);
        cost += weight * residual * residual;
      }
    }
    return cost;
  }
}
