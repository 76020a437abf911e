import type { Handedness } from '../hand/hand-joints.js';
import { meanDistance } from '../hand/match-hands.js';
import { JOINT_COUNT } from '../hand/skeleton.js';
import { HandFit } from './fit-hand.js';
import type { HandEvidence, JointReading } from './fit-options.js';
import { HandKinematics } from './hand-kinematics.js';
import { describedProportions, type HandProportions } from './hand-proportions.js';
import { ANGLE_NAMES, type AngleName } from './hand-state.js';
import type { KinematicsSettings } from './kinematics-settings.js';
import { ProportionLearner } from './learn-proportions.js';
import { StateFilter } from './state-filter.js';

/** One hand as the network read it, in the camera's frame. */
export interface SeenJoints {
  /** Nanoseconds. */
  readonly stamp: bigint;
  readonly handedness: Handedness;
  /** 63 numbers, metres; only read. */
  readonly positions: Float64Array;
  /** 21 numbers in [0, 1]. */
  readonly confidences: ArrayLike<number>;
  /** Seen points about the hand: x, y, z, metres; only read. */
  readonly points?: Float32Array;
  /** Distance between neighbouring points, metres. */
  readonly pitch?: number;
  /** Whether points lie on the surface itself, and are not centres of voxels. */
  readonly exact?: boolean;
  /** Whether another hand touches it: a network takes the fingers of one for the other's then. */
  readonly touched?: boolean;
  /** Of a hand that several cameras see: what each of them read, of which `positions` are the mean; in the same frame. */
  readonly readings?:
    | readonly (Pick<SeenJoints, 'positions' | 'confidences'> & Pick<JointReading, 'presence'>)[]
    | undefined;
}

/** A hand whose bones have the lengths of its proportions. */
export interface FittedHand {
  /** 63 numbers, metres, in the frame of the joints that were given. */
  readonly positions: Float64Array;
  /** 21 numbers, radians, in the order of `ANGLE_NAMES`; of a left hand those of its mirror image. */
  readonly angles: Float64Array;
  /** Radians per second; absent in the first frame. */
  readonly velocities?: Float64Array;
  readonly proportions: HandProportions;
}

/** Why a fit is not used: stable, for counting. */
export type FitRefusal = 'not-finite' | 'far-from-joints';

/** A hand that was last seen longer ago than this begins anew, seconds. */
const MAX_GAP = 0.25;
/** Joints of a camera that lie farther from the mean of all cameras than this on average may be right alone, metres. */
const APART = 0.006;
/** Mean of the robust squares of the joints' errors, in deviations, above which a fit does not explain the joints. */
const MAX_JOINT_COST = 4;

/** Points of cameras whose places are not quite right lie apart: they are let go later. */
const SEVERAL_CAMERAS = { surfaceLimit: 0.003 };
/** Joints of a hand that is touched are believed so little, for so long, seconds: its last frame and its surface say more. */
const TOUCHED = { presence: 0.05, seconds: 0.5 };

const DEGREE = Math.PI / 180;
/** Changes of some angles, degrees, that take a fit out of the nearest wrong explanations: fingers read half a finger's width off, a thumb turned away. */
const ELSEWHERE = (
  [
    { index_abduction: 8, middle_abduction: 8 },
    { index_abduction: 8, middle_abduction: 8, ring_abduction: 8, little_abduction: 8 },
    { thumb_radial: 18 },
    { thumb_palmar: 18 },
    { thumb_twist: 25 },
  ] as Partial<Record<AngleName, number>>[]
).flatMap((change) => [1, -1].map((way) => ANGLE_NAMES.map((name) => way * DEGREE * (change[name] ?? 0))));
/** So many of them are tried in each frame, and in a hand's first one. */
const SEARCHES = 1;
const FIRST_SEARCHES = 4;

/**
 * Fits one hand frame by frame: its state is where the hand was, and its proportions, which are learned unless they are given.
 *
 * A left hand is fitted as its mirror image (x negated), for the kinematic hand is a right one.
 */
export class HandFitter {
  readonly #fit: HandFit;
  readonly #proportions: HandProportions;
  readonly #learner: ProportionLearner | undefined;
  readonly #filter = new StateFilter();
  readonly #kinematics = new HandKinematics();
  #last: { stamp: bigint; handedness: Handedness } | undefined;
  /** For how long the hand has been touched, seconds. */
  #touchedFor = 0;
  /** Of {@link ELSEWHERE}, to be tried next. */
  #next = 0;
  /** What is still to be learned from the last fit. */
  #lesson: { readonly evidence: HandEvidence; readonly seconds: number } | undefined;

  /**
   * @param proportions of the hand, if they are known; not learned then
   * @param oneCamera whether all points were seen from the origin: only then a hand cannot be where the view was free
   */
  constructor(
    { learn, surface, iterations }: Omit<KinematicsSettings, 'enabled' | 'hand'>,
    proportions?: HandProportions,
    oneCamera = true,
  ) {
    this.#fit = new HandFit({
      iterations,
      ...(!surface && { surfaceNoise: 0 }),
      ...(!oneCamera && SEVERAL_CAMERAS),
      oneCamera,
    });
    this.#proportions = proportions ?? describedProportions();
    this.#learner = learn && proportions === undefined ? new ProportionLearner() : undefined;
  }

  /** What is learned of the hand's proportions; undefined where they are given. */
  get learner(): ProportionLearner | undefined {
    this.settle();
    return this.#learner;
  }

  /** The fitted hand, or why the joints should be left as they are. What it is given is read again by {@link settle}. */
  fit(seen: SeenJoints): FittedHand | FitRefusal {
    this.settle();
    const { stamp, handedness, confidences, pitch, exact, touched } = seen;
    const mirror = handedness === 'left';
    const points = seen.points && (mirror ? mirrored(seen.points) : seen.points);
    const joints = mirror ? mirrored(seen.positions) : seen.positions;
    const readings = seen.readings?.map((reading): JointReading => {
      return { ...reading, joints: mirror ? mirrored(reading.positions) : reading.positions };
    });
    const last = this.#last;
    const seconds = last === undefined ? 0 : Number(stamp - last.stamp) / 1e9;
    let before = last !== undefined && last.handedness === handedness && seconds > 0 && seconds <= MAX_GAP;
    this.#touchedFor = touched && before ? this.#touchedFor + seconds : 0;
    const isConfused = this.#touchedFor > 0 && this.#touchedFor <= TOUCHED.seconds;
    const evidence = {
      joints,
      ...(readings && { readings }),
      confidences,
      ...(isConfused && { presence: TOUCHED.presence }),
      ...(points && { points }),
      ...(pitch !== undefined && { pitch }),
      ...(exact !== undefined && { exact }),
    };
    this.#learner?.begin(joints);
    const proportions = this.#learner?.proportions ?? this.#proportions;
    const fit = this.#fit;
    fit.fit(evidence, proportions, before ? this.#filter.state : undefined, seconds);
    if (before && fit.jointCost > MAX_JOINT_COST * JOINT_COUNT) {
      before = false;
      fit.fit(evidence, proportions);
    }
    if (readings?.some((reading) => meanDistance(reading.joints, joints) > APART)) {
      this.#fitToOne(evidence, readings, proportions, before ? seconds : undefined);
    }
    if (points !== undefined) this.#search(before ? SEARCHES : FIRST_SEARCHES);
    const refusal = this.#refusal();
    if (refusal !== undefined) {
      this.#last = undefined;
      return refusal;
    }
    const filter = this.#filter;
    if (before) filter.add(fit.state, fit.variances, seconds);
    else filter.begin(fit.state, fit.variances);
    this.#kinematics.update(filter.state, proportions);
    this.#last = { stamp, handedness };
    const angles = filter.state.angles.slice();
    const velocities = before ? filter.speed.slice(6) : undefined;
    const { joints: fitted } = this.#kinematics;
    const positions = mirror ? mirrored(fitted) : fitted.slice();
    this.#lesson = { evidence, seconds: before ? seconds : 0 };
    return { positions, angles, ...(velocities && { velocities }), proportions };
  }

  /** Where cameras read a hand very differently, the mean is nobody's: the fit begins from each reading too, and the cheapest result counts. */
  #fitToOne(
    evidence: HandEvidence,
    readings: readonly JointReading[],
    proportions: HandProportions,
    seconds?: number,
  ): void {
    const fit = this.#fit;
    const before = seconds === undefined ? undefined : this.#filter.state;
    const starts = [evidence, ...readings];
    const costs = [fit.cost];
    const begin = ({ joints, confidences }: JointReading) =>
      fit.fit({ ...evidence, joints, confidences }, proportions, before, seconds);
    for (const start of readings) {
      begin(start);
      costs.push(fit.cost);
    }
    const best = costs.indexOf(Math.min(...costs));
    if (best < costs.length - 1) begin(starts[best]);
  }

  /** Points that lie between two fingers are taken for either one's: so many of {@link ELSEWHERE}, in turn, are tried too. */
  #search(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#fit.retry(ELSEWHERE[this.#next]);
      this.#next = (this.#next + 1) % ELSEWHERE.length;
    }
  }

  /** Learn from the last fit, whose result does not depend on it: once that is out. Otherwise the next fit begins with it. */
  settle(): void {
    const lesson = this.#lesson;
    this.#lesson = undefined;
    if (lesson !== undefined) this.#learner?.add(this.#fit, lesson.evidence, lesson.seconds);
  }

  #refusal(): FitRefusal | undefined {
    const { kinematics, jointCost } = this.#fit;
    if (!Number.isFinite(this.#fit.cost) || !kinematics.joints.every(Number.isFinite)) return 'not-finite';
    return jointCost > MAX_JOINT_COST * JOINT_COUNT ? 'far-from-joints' : undefined;
  }
}

/** The mirror image in the plane x = 0, in `into`: a new array by default. */
export function mirrored<Points extends Float32Array | Float64Array>(
  points: Points,
  into: Points = points.slice() as Points,
): Points {
  for (let i = 0; i < points.length; i++) into[i] = i % 3 === 0 ? -points[i] : points[i];
  return into;
}
