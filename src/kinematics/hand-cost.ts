import { FINGER_OF_JOINT, FINGER_ROOTS, JOINT_COUNT, ROOT_OF_MIDDLE, WRIST } from '../hand/skeleton.js';
import { AngleTerms } from './angle-terms.js';
import type { FitOptions, HandEvidence, JointReading } from './fit-options.js';
import { FreeSpace } from './free-space.js';
import { HandKinematics, movingAngles } from './hand-kinematics.js';
import { describedProportions, type HandProportions } from './hand-proportions.js';
import { HandSkin } from './hand-skin.js';
import type { HandState } from './hand-state.js';
import { HandSurface } from './hand-surface.js';
import { NearestVertices } from './nearest-vertices.js';
import type { NormalEquations } from './normal-equations.js';
import { ResidualRows } from './residual-rows.js';
import { Residuals, SeenPoints } from './residuals.js';

/** Points farther from the first guess than this are not the hand's, metres. */
const REACH = 0.015;
/** Readings of the joints that count, where there are several cameras. */
const MOST_READINGS = 8;
/** However little joints are believed, they count for this. */
const LEAST_PRESENCE = 0.05;
/** Distance between points where nobody says it, metres. */
const DEFAULT_PITCH = 0.006;
/** Cells of the picture of free space are at least this large, metres: it holds the whole hand. */
const LEAST_CELL = 0.005;
/** How deep a bone may stand in free space: half a voxel and a half, metres. */
const TOLERANCE = 0.004;
/** Places of bones that are compared with free space, two of each cone. */
const BONE_PLACES = 28;

/**
 * What a hand in some state costs, beside what is seen of it, and how its cost changes with its state. A state is placed, then looked at; then
 * its equations are gathered. Arrays are made once; nothing is allocated after the start.
 */
export class HandCost {
  readonly kinematics = new HandKinematics();
  readonly skin: HandSkin;
  /**
   * Of the state that was looked at last: its cost, and what the joints of a reading have of it in the mean, the sum of robust squares of their
   * errors in deviations.
   */
  cost = 0;
  jointCost = 0;
  readonly residuals: Residuals;
  /** The points that are looked at. */
  readonly seen: SeenPoints;
  /** What points cost that were not picked, as if they lay far off. */
  left = 0;
  /** Of the joints. */
  readonly weights = new Float64Array(JOINT_COUNT);
  /** Of the joints of all readings, one after another. */
  readonly #weightsOf: Float64Array;
  readonly #only: JointReading[] = [];
  #readings: readonly JointReading[] = [];
  #readingCount = 0;
  /** Of the hand that is looked at. */
  proportions = describedProportions();
  readonly #options: FitOptions;
  readonly #nearest: NearestVertices;
  readonly #cones = new HandSurface();
  readonly #angles: AngleTerms;
  readonly #free = new FreeSpace();
  readonly #rows: ResidualRows;
  readonly #middle = new Float64Array(3);
  #evidence: HandEvidence = { joints: new Float64Array(3 * JOINT_COUNT), confidences: new Float32Array(JOINT_COUNT) };
  #usesPoints = false;
  #seesFree = false;

  constructor(options: FitOptions) {
    this.#options = options;
    const { maxPoints, oneCamera, prior, coupling, angleRate } = options;
    const readings = oneCamera ? 1 : MOST_READINGS;
    const most = 3 * JOINT_COUNT * readings + maxPoints + BONE_PLACES;
    this.#weightsOf = new Float64Array(JOINT_COUNT * readings);
    this.skin = new HandSkin(oneCamera);
    this.#nearest = new NearestVertices(this.skin);
    this.seen = new SeenPoints(maxPoints);
    this.residuals = new Residuals(most);
    this.#rows = new ResidualRows(most);
    this.#angles = new AngleTerms(prior, coupling, angleRate);
  }

  /**
   * Begin with what is seen.
   *
   * @param before the angles a moment ago, `seconds` before; undefined where nothing is known of them
   */
  begin(evidence: HandEvidence, proportions: HandProportions, before: Float64Array | undefined, seconds: number): void {
    const { surfaceNoise, freeSpaceNoise, oneCamera } = this.#options;
    const { joints, points, pitch = DEFAULT_PITCH } = evidence;
    this.#evidence = evidence;
    this.proportions = proportions;
    this.#angles.begin(before, seconds);
    this.#weighJoints(evidence, this.weights, 0);
    this.#only[0] = evidence;
    this.#readings = evidence.readings ?? this.#only;
    this.#readingCount = Math.min(this.#readings.length, this.#weightsOf.length / JOINT_COUNT);
    for (let i = 0; i < this.#readingCount; i++) this.#weighJoints(this.#readings[i], this.#weightsOf, JOINT_COUNT * i);
    this.#usesPoints = points !== undefined && points.length > 0 && surfaceNoise > 0;
    this.#seesFree = this.#usesPoints && oneCamera && freeSpaceNoise > 0;
    if (points === undefined || !this.#seesFree) return;
    for (let k = 0; k < 3; k++) this.#middle[k] = joints[3 * ROOT_OF_MIDDLE + k];
    this.#free.build(points, this.#middle, Math.max(pitch, LEAST_CELL));
  }

  #weighJoints({ confidences, presence = 1 }: JointReading, into: Float64Array, at: number): void {
    for (let j = 0; j < JOINT_COUNT; j++) {
      // measured on the joints of `compact` in 260 synthetic frames: the error grows e-fold for each 0.15 of confidence below 0.72
      const deviation = this.#options.jointNoise * Math.exp(6.5 * Math.max(0, 0.72 - confidences[j]));
      into[at + j] = Math.max(presence, LEAST_PRESENCE) / (deviation * deviation);
    }
  }

  /** Joints count less from now on. */
  weaken(share: number): void {
    for (let i = 0; i < this.#weightsOf.length; i++) this.#weightsOf[i] *= share;
  }

  /** The hand's joints, skin and bones in a state. */
  place(state: HandState): void {
    this.kinematics.update(state, this.proportions);
    if (this.#usesPoints) this.skin.update(this.kinematics, state, this.proportions);
    if (this.#seesFree) this.#cones.update(this.kinematics, state, this.proportions, false);
  }

  /** Take points that lie near the skin in the state that is placed. */
  pick(): void {
    const { points } = this.#evidence;
    const seen = this.seen;
    seen.count = 0;
    this.left = 0;
    if (points === undefined || !this.#usesPoints) return;
    const total = points.length / 3;
    seen.count = Math.min(total, this.#options.maxPoints);
    for (let i = 0; i < seen.count; i++) {
      const from = 3 * Math.floor((i * total) / seen.count);
      for (let k = 0; k < 3; k++) seen.place[3 * i + k] = points[from + k];
    }
    const looked = seen.count;
    this.#nearest.nearest(seen, REACH);
    this.left = (looked - seen.count) * this.#sure() * this.#far();
  }

  /** Points look for their nearest vertices again, in the state that is placed. */
  walk(): void {
    if (this.#usesPoints) this.#nearest.walk(this.seen);
  }

  /** Look at a state that is placed: its residuals, and its cost. */
  look(state: HandState): void {
    this.residuals.count = 0;
    this.#angles.look(state.angles);
    this.cost = this.#angles.cost;
    this.jointCost = 0;
    for (let i = 0; i < this.#readingCount; i++) this.#lookAtJoints(this.#readings[i].joints, JOINT_COUNT * i);
    this.cost += this.jointCost;
    this.jointCost /= this.#readingCount;
    if (this.#usesPoints) this.#lookAtPoints();
    if (this.#seesFree) this.#lookAtFree();
  }

  /** The equations of what was looked at last. */
  gather(equations: NormalEquations): void {
    equations.clear();
    this.#angles.add(equations);
    this.#rows.add(this.residuals, this.kinematics, this.skin, equations);
  }

  /** @param first of the weights */
  #lookAtJoints(seen: Float64Array, first: number): void {
    const { joints } = this.kinematics;
    const weights = this.#weightsOf;
    const { place, normal, value, weight, chain, moving, bones, along, vertex } = this.residuals;
    const limit = this.#options.jointLimit * this.#options.jointLimit;
    let cost = 0;
    for (let j = 0; j < JOINT_COUNT; j++) {
      const of = j === WRIST ? -1 : FINGER_OF_JOINT[j];
      const before = j === WRIST ? 0 : j - FINGER_ROOTS[of];
      let squared = 0;
      for (let axis = 0; axis < 3; axis++) {
        const d = seen[3 * j + axis] - joints[3 * j + axis];
        squared += weights[first + j] * d * d;
      }
      const share = 1 / (1 + squared / limit);
      cost += squared * share;
      for (let axis = 0; axis < 3; axis++) {
        const i = this.residuals.count++;
        for (let k = 0; k < 3; k++) {
          place[3 * i + k] = joints[3 * j + k];
          normal[3 * i + k] = k === axis ? 1 : 0;
        }
        value[i] = seen[3 * j + axis] - joints[3 * j + axis];
        weight[i] = weights[first + j] * share * share;
        chain[i] = of;
        moving[i] = of < 0 ? 0 : movingAngles(of, before);
        bones[i] = before;
        along[i] = 0;
        vertex[i] = -1;
      }
    }
    this.jointCost += cost;
  }

  #lookAtPoints(): void {
    const first = this.residuals.count;
    this.skin.compare(this.seen, this.residuals);
    this.#weigh(first, this.#sure(), this.#far());
  }

  /** Weight of the distances of points. */
  #sure(): number {
    return 1 / (this.#options.surfaceNoise ** 2 + this.#quantised());
  }

  /** The square of a distance above which it counts less and less. */
  #far(): number {
    return this.#options.surfaceLimit ** 2 + this.#quantised();
  }

  #quantised(): number {
    const { pitch = DEFAULT_PITCH, exact = false } = this.#evidence;
    return exact ? 0 : (pitch * pitch) / 3;
  }

  /** No bone stands in what was seen to be free. */
  #lookAtFree(): void {
    const { freeSpaceNoise, freeSpaceLimit } = this.#options;
    const { foot, count } = this.#cones;
    const { way } = this.#free;
    const { place, normal, value, chain, moving, bones, along, vertex } = this.residuals;
    const first = this.residuals.count;
    for (let cone = 0; cone < count; cone++) {
      const of = this.#cones.chain(cone);
      if (of < 0) continue;
      for (let half = 1; half <= 2; half++) {
        this.#cones.at(cone, half / 2);
        this.#free.query(foot);
        const d = this.#free.depth - TOLERANCE;
        if (d <= 0) continue;
        const i = this.residuals.count++;
        for (let k = 0; k < 3; k++) {
          place[3 * i + k] = foot[k];
          normal[3 * i + k] = way[k];
        }
        value[i] = d;
        chain[i] = of;
        bones[i] = this.#cones.bone(cone);
        moving[i] = movingAngles(of, bones[i] + 1);
        along[i] = half / 2;
        vertex[i] = -1;
      }
    }
    this.#weigh(first, 1 / (freeSpaceNoise * freeSpaceNoise), freeSpaceLimit * freeSpaceLimit);
  }

  /** Robust weights of the residuals from one on, and their cost: values whose square is above `far` count less and less. */
  #weigh(first: number, sure: number, far: number): void {
    const { value, weight, count } = this.residuals;
    let cost = 0;
    for (let i = first; i < count; i++) {
      const squared = value[i] * value[i];
      const share = 1 / (1 + squared / far);
      cost += sure * squared * share;
      weight[i] = sure * share * share;
    }
    this.cost += cost;
  }
}
