import type { DepthFrame } from '../depth/index.js';
import {
  createReferenceTracker,
  expectedPlace,
  type HandMotion,
  motionTo,
  placeOfJoints,
  type ReferencePoint,
  type ReferenceRefiner,
  type ReferenceTracker,
  type Side,
} from '../detection/index.js';
import { JOINT_COUNT, meanConfidence, PALM_JOINTS, ROOT_OF_MIDDLE } from '../hand/index.js';
import type { NetworkFacts } from '../inference/inference.js';
import type { TrackerConfig } from './config.js';
import type { Counters } from './counters.js';
import {
  firstSide,
  type HandLocator,
  type LocatedHand,
  type NoHand,
  SINGLE_HAND,
  WRONG_SCALES,
} from './hand-locator.js';
import type { RawAnswer } from './seen-frame.js';
import type { StageClock } from './stage-times.js';

/** A hand whose palm, seen along the optical axis, is shorter than this says nothing about the arm's direction, metres. */
const SHORTEST_PALM = 0.035;

/**
 * One hand by geometry alone: the geometric finder and, where it is configured, a network that refines its point.
 *
 * A model that wants the hand's direction (`hand-down`) and the middle root in the centre gets both from the last joints, as long as
 * these are believed; on acquisition it gets what there is, the forearm and the reference point.
 */
export class GeometricLocator implements HandLocator {
  readonly #hand: { readonly id: number; readonly side: Side; readonly sideScore: number };
  readonly #config: TrackerConfig;
  readonly #byJoints: boolean;
  readonly #refiner: ReferenceRefiner | undefined;
  readonly #counters: Counters;
  readonly #clock: StageClock;
  readonly #reference: ReferenceTracker;
  #lastArm: readonly [number, number] | undefined;
  #motion: HandMotion | undefined;
  #stamp = 0n;

  constructor(
    config: TrackerConfig,
    { model, refiner }: { readonly model: Pick<NetworkFacts, 'roll'>; readonly refiner?: ReferenceRefiner },
    counters: Counters,
    clock: StageClock,
  ) {
    const sideScore = config.handedness === 'auto' ? 0.5 : 1;
    this.#hand = { id: SINGLE_HAND, side: firstSide(config), sideScore };
    this.#config = config;
    this.#byJoints = model.roll === 'hand-down';
    this.#refiner = refiner;
    this.#counters = counters;
    this.#clock = clock;
    this.#reference = createReferenceTracker(config.reference);
  }

  async locate(frame: DepthFrame): Promise<readonly [LocatedHand | NoHand]> {
    const reference = this.#clock.run('reference', () => this.#reference.track(frame));
    this.#stamp = frame.stamp;
    if (reference.state === 'lost') {
      this.#lastArm = undefined;
      this.#motion = undefined;
      return [{ ...this.#hand, ...reference }];
    }
    const refined = await this.#refine(frame, this.#withArm(reference.point));
    const point = this.#byJoints ? this.#asExpected(refined, frame.stamp) : refined;
    return [{ ...this.#hand, state: 'found', point }];
  }

  feedback(_id: number, { positions, confidences, tracked }: RawAnswer): void {
    this.#reference.feedback(palmCentre(positions), meanConfidence({ confidences }));
    this.#lastArm = tracked ? (armOf(positions) ?? this.#lastArm) : undefined;
    if (!this.#byJoints) return;
    const place = placeOfJoints(positions, this.#motion?.direction);
    this.#motion = tracked ? motionTo(place, this.#stamp, this.#motion) : undefined;
  }

  async misscaled(frame: DepthFrame): Promise<number | undefined> {
    return WRONG_SCALES.find((scale) => {
      const scaled = { ...frame, depth: frame.depth.map((z) => scale * z) };
      return createReferenceTracker(this.#config.reference).track(scaled).state !== 'lost';
    });
  }

  reset(): void {
    this.#reference.reset();
    this.#lastArm = undefined;
    this.#motion = undefined;
  }

  /** Where no forearm is in sight, it still points to where the last joints said. */
  #withArm(point: ReferencePoint): ReferencePoint {
    return point.arm === undefined && this.#lastArm !== undefined ? { ...point, arm: this.#lastArm } : point;
  }

  /** The middle root and the hand's direction, by the last joints, where they lie in the hand that was found. */
  #asExpected(point: ReferencePoint, stamp: bigint): ReferencePoint {
    if (this.#motion === undefined) return point;
    const { prediction, trackRadius } = this.#config.reference;
    const { root, direction } = expectedPlace(this.#motion, stamp, prediction);
    const apart = Math.hypot(...root.map((c, axis) => c - point.position[axis]));
    if (apart > trackRadius) return point;
    return { ...point, position: root, arm: direction ? [-direction[0], -direction[1]] : point.arm };
  }

  async #refine(frame: DepthFrame, point: ReferencePoint): Promise<ReferencePoint> {
    const refiner = this.#refiner;
    if (refiner === undefined) return point;
    const refined = await this.#clock.wait('refine', async () => refiner.refine(frame, point));
    if (refined.refinement !== undefined) this.#counters.refined(refined.refinement);
    return refined;
  }
}

/** Mean of the wrist and the four roots of the fingers: what hardly moves against itself. */
function palmCentre(positions: Float64Array): readonly [number, number, number] {
  const at = (axis: number) =>
    PALM_JOINTS.reduce((sum, joint) => sum + positions[3 * joint + axis], 0) / PALM_JOINTS.length;
  return [at(0), at(1), at(2)];
}

/** From the middle finger's root to the wrist in the image plane: about where the forearm goes on. */
function armOf(positions: Float64Array): readonly [number, number] | undefined {
  if (positions.length !== 3 * JOINT_COUNT) return undefined;
  const x = positions[0] - positions[3 * ROOT_OF_MIDDLE];
  const y = positions[1] - positions[3 * ROOT_OF_MIDDLE + 1];
  const length = Math.hypot(x, y);
  return length < SHORTEST_PALM ? undefined : [x / length, y / length];
}
