import {
  believedSideOdds,
  bentSideOdds,
  duplicateHands,
  handsTouch,
  type Side,
  toldSideOdds,
} from '../detection/index.js';
import { VoxhandError } from '../errors/index.js';
import { type Cube, cubeToCamera } from '../geometry/index.js';
import {
  type Handedness,
  type HandJoints,
  JOINT_COUNT,
  type LostHand,
  meanConfidence,
  type TrackedHand,
} from '../hand/index.js';
import type { DecodedJoints, Decoder } from '../heatmaps/index.js';
import type { InferenceResult, ModelFacts } from '../inference/inference.js';
import { ChiralityFit, HandFitter, type HandProportions, type SeenJoints } from '../kinematics/index.js';
import { type HandStage, type PosePrior, smoothingConfig, smoothingStage } from '../smoothing/index.js';
import { occupiedPoints, type VoxelGrid } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { HandSmoothing } from './hand-smoothing.js';
import { type JointDecoder, type JointReader, jointReader } from './joint-reader.js';
import { PresenceGate } from './presence-gate.js';
import type { MissingHand, RawAnswer, SeenFrame, SeenHand, VoxelisedHand } from './seen-frame.js';
import { StageClock, StageTimes, type Stopwatch } from './stage-times.js';
import type { HandDetail, HandSurfacePoints, TrackResult } from './track-result.js';

/** A lost hand's reason that the rule of presence or confidence adds to those of the camera half. */
const LOW_CONFIDENCE = 'low-confidence';
/** And the one of a hand whose joints lie on another hand's. */
const DUPLICATE = 'duplicate';
/** A hand that was lost for longer begins anew, nanoseconds. */
const FORGOTTEN_AFTER = 1_000_000_000n;
/** The presence score of what is surely a hand. */
const SURELY_A_HAND = 0.8;

/** What the inference half needs beside its configuration. */
export interface InferenceHalfParts {
  /** Needed where `prior` is among the smoothing stages. */
  readonly prior?: PosePrior;
  /** The hand that is fitted with `kinematics.enabled`; not given: it is learned while it is tracked. */
  readonly proportions?: HandProportions;
  /** With `kinematics.enabled`: the fit is left to whoever fuses the hands of several cameras, and details have the points for it. */
  readonly leavesFit?: boolean;
  /** Told of each fit that is begun with `kinematics.enabled`: that of a hand that appears. */
  readonly onFitter?: (id: number, fitter: HandFitter) => void;
  /** Reads the joints off heat maps, in place of `heat_maps.decoder`. */
  readonly decoder?: JointDecoder;
  /** Makes a stage of smoothing for each hand that appears, in place of the configured ones; `smoothingStage` makes those. */
  readonly smoothing?: () => HandStage;
  /** The network that sees the voxels. */
  readonly model: ModelFacts;
  readonly stopwatch?: Stopwatch;
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/** What the network answered to one of a hand's further cubes. */
export interface VariantAnswer {
  readonly cube: Cube;
  readonly answer: InferenceResult;
}

/** What the network answered to the cube of a hand, and to its `variants`, whose joints are averaged with those of its own cube. */
export interface HandAnswer {
  readonly answer: InferenceResult;
  readonly more?: readonly VariantAnswer[];
}

/** What is kept of one hand between two frames. */
interface HandState {
  readonly gate: PresenceGate;
  /** Since when it has been tracked, and when it was last, nanoseconds, and its highest presence score in that time; undefined where it never was. */
  seen: { readonly since: bigint; readonly last: bigint; readonly surest: number } | undefined;
  /** The joints that were believed in the last frame, if any were. */
  before: Float64Array | undefined;
  handedness: Handedness | undefined;
  /** With `kinematics.enabled`. */
  readonly fitter?: HandFitter;
}

/** The joints of a hand as they were read in its cube. */
interface ReadJoints {
  readonly hand: VoxelisedHand;
  readonly raw: Map<Decoder | 'own', HandJoints>;
  readonly joints: HandJoints;
  readonly presence: number | undefined;
  /** With `kinematics.enabled`: what was seen of its surface, in the camera's frame. */
  readonly surface?: HandSurfacePoints;
  /** Why they are not believed; undefined where they are. */
  readonly refused: string | undefined;
}

/**
 * The pipeline from its cut on, for one camera: joints off the network's answers, the rule of presence, smoothing. Running the
 * network is the caller's, so that several cameras may share one. All state is kept by the ids of the hands.
 *
 * Each frame goes to {@link read}, in the order of the stamps, and is counted as delivered. It ends as exactly one result, perhaps later,
 * where a centred window holds it back.
 */
export class InferenceHalf {
  readonly #config: TrackerConfig;
  readonly #model: ModelFacts;
  readonly #counters: Counters;
  readonly #clock: StageClock;
  readonly #hands = new Map<number, HandState>();
  readonly #smoothing: HandSmoothing;
  readonly #reader: JointReader;
  readonly #proportions: HandProportions | undefined;
  readonly #leavesFit: boolean;
  readonly #onFitter: InferenceHalfParts['onFitter'];
  /** Where the side is to be found out. */
  readonly #chirality: ChiralityFit | undefined;

  /** @throws VoxhandError `CONFIG_INVALID` where the configuration asks for what the model cannot give */
  constructor(config: TrackerConfig, parts: InferenceHalfParts) {
    const {
      model,
      prior,
      proportions,
      leavesFit = false,
      onFitter,
      decoder,
      smoothing,
      stopwatch,
      counters,
      times,
    } = parts;
    this.#config = config;
    this.#model = model;
    this.#counters = counters ?? new Counters();
    this.#clock = new StageClock(times ?? new StageTimes(), stopwatch);
    this.#proportions = proportions;
    this.#leavesFit = leavesFit;
    this.#onFitter = onFitter;
    this.#chirality = config.handedness === 'auto' && model.handedness !== 'any' ? new ChiralityFit() : undefined;
    const poses = config.kinematics.enabled ? undefined : prior;
    this.#smoothing = new HandSmoothing(smoothing ?? (() => smoothingStage(smoothingConfig(config.smoothing, poses))));
    this.#reader = jointReader(config, model, decoder);
  }

  /**
   * The results that a frame brings about, its own and those held back before it, and what the camera half should hear of its hands. The
   * answers' buffers are released.
   *
   * @param answers to each hand that was found, by its id
   * @throws VoxhandError where an answer cannot be read; the frame then counts for nothing, and the next one may be given
   */
  read(
    frame: SeenFrame,
    answers: ReadonlyMap<number, HandAnswer> = new Map(),
  ): { results: TrackResult[]; raw: ReadonlyMap<number, RawAnswer> } {
    const { stamp, frameId } = frame;
    for (const id of this.#hands.keys()) if (!frame.hands.some((hand) => hand.id === id)) this.#hands.delete(id);
    let read: ReadonlyMap<number, ReadJoints>;
    try {
      read = this.#readJoints(frame, answers);
    } finally {
      for (const { answer, more = [] } of answers.values())
        for (const one of [{ answer }, ...more]) one.answer.release();
    }
    const raw = new Map<number, RawAnswer>();
    const hands: TrackedHand[] = [];
    const lost: LostHand[] = [];
    const details = new Map<number, HandDetail>();
    for (const hand of frame.hands) {
      const { id, reference } = hand;
      const wasSeen = this.#stateOf(id).seen !== undefined;
      const joints = read.get(id);
      const result =
        hand.state === 'lost' ? this.#missing(hand) : this.#settled(stamp, joints as ReadJoints, [...read.values()]);
      const isTracked = !('reason' in result);
      if (joints !== undefined) {
        const { positions, confidences } = joints.joints;
        const arm = reference.state === 'found' ? reference.point.arm : undefined;
        const left = this.#leftOdds(joints, answers.get(id)?.answer.side);
        raw.set(id, {
          positions,
          confidences,
          tracked: isTracked,
          ...(left !== undefined && { left }),
          ...(arm && { arm }),
        });
      }
      // a further hand that was never tracked is nobody's loss
      if (!isTracked && !wasSeen && frame.hands.length > 1) continue;
      if (isTracked) hands.push(result);
      else lost.push(result);
      const surface = this.#leavesFit && isTracked ? joints?.surface : undefined;
      details.set(id, {
        ...{ reference, raw: isTracked && joints !== undefined ? joints.raw : new Map() },
        ...(surface && { surface }),
      });
    }
    this.#counters.delivered(hands.length > 0 ? undefined : (lost[0]?.reason ?? 'no-hand'));
    const result = {
      stamp,
      frameId,
      hands,
      lost,
      lagFrames: 0,
      details,
      ...(frame.camera && { camera: frame.camera }),
    };
    return { results: this.#clock.run('smoothing', () => this.#smoothing.push(result)), raw };
  }

  /** Where an answer's joints are, metres, in the camera's frame. The answer is only read. */
  positions(answer: InferenceResult, { cube }: Pick<VoxelGrid, 'cube'>): Float64Array {
    return cubeToCamera(cube, this.#reader.read(answer, this.#reader.decoders[0]).positions);
  }

  /** Whether a hand with this id was tracked within the second before a stamp, and once so surely that it is one. */
  trusts(id: number, stamp: bigint): boolean {
    const seen = this.#hands.get(id)?.seen;
    return seen !== undefined && stamp - seen.last <= FORGOTTEN_AFTER && seen.surest >= SURELY_A_HAND;
  }

  /** How sure the network is of an answer's joints: their mean confidence, 0 to 1. The answer is only read. */
  confidence(answer: InferenceResult): number {
    return meanConfidence(this.#reader.read(answer, this.#reader.decoders[0]));
  }

  /** Log-odds of a hand's side by how the joints are bent that the network read in a cube of that side; 0 where no side is sought. */
  bentOdds(answer: InferenceResult, { grid: { cube }, handedness }: VoxelisedHand): number {
    const { positions, confidences } = this.#reader.read(answer, this.#reader.decoders[0]);
    return this.#bentOdds({ positions: cubeToCamera(cube, positions), confidences }, handedness);
  }

  /** What may wait until the last results are out, see `HandFitter.settle`. */
  settle(): void {
    for (const { fitter } of this.#hands.values()) fitter?.settle();
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#smoothing.flush();
  }

  /** Forget the hands; results that are still held back are given first. */
  reset(): TrackResult[] {
    this.#hands.clear();
    return this.flush();
  }

  /** The joints of the hands that were found, by their ids, and whether they are believed. */
  #readJoints(frame: SeenFrame, answers: ReadonlyMap<number, HandAnswer>): ReadonlyMap<number, ReadJoints> {
    const read: ReadJoints[] = [];
    for (const hand of frame.hands) {
      if (hand.state === 'lost') continue;
      const answered = answers.get(hand.id);
      if (answered === undefined) {
        throw new VoxhandError('INTERNAL', 'no answer of the network to a hand', {
          expected: `hand ${hand.id}`,
          found: 'none',
        });
      }
      const raw = this.#decode(frame, hand, answered);
      const joints = raw.get(this.#reader.decoders[0]) as HandJoints;
      const { gate } = this.#stateOf(hand.id);
      const presence = gate.score(frame.stamp, hand.reference.point, joints);
      const refused = gate.believes(presence, joints, this.trusts(hand.id, frame.stamp)) ? undefined : LOW_CONFIDENCE;
      const surface = this.#config.kinematics.enabled && surfaceOf(hand, answered.answer.grid);
      read.push({ hand, raw, joints, presence, refused, ...(surface && { surface }) });
    }
    const believed = read.filter(({ refused }) => refused === undefined);
    const dropped = duplicateHands(
      believed.map(({ hand: { id }, joints, presence }) => ({
        positions: joints.positions,
        before: this.#stateOf(id).before,
        certainty: presence ?? meanConfidence(joints),
      })),
    );
    const duplicates = new Set([...dropped].map((i) => believed[i]));
    return new Map(read.map((one) => [one.hand.id, duplicates.has(one) ? { ...one, refused: DUPLICATE } : one]));
  }

  #missing(hand: MissingHand): LostHand {
    const state = this.#stateOf(hand.id);
    state.gate.lost();
    state.before = undefined;
    return { ...this.#known(hand), reason: hand.lostReason ?? hand.reference.reason };
  }

  /** @param all that were read in this frame */
  #settled(
    stamp: bigint,
    { hand, joints, surface, presence, refused }: ReadJoints,
    all: readonly ReadJoints[],
  ): TrackedHand | LostHand {
    const state = this.#stateOf(hand.id);
    const { positions, confidences } = joints;
    state.gate.settle(refused === undefined);
    const seen = { ...this.#known(hand), cube: hand.grid.cube, ...(presence !== undefined && { presence }) };
    state.before = refused === undefined ? positions : undefined;
    if (refused !== undefined) return { ...seen, reason: refused };
    const before = state.seen !== undefined && stamp - state.seen.last <= FORGOTTEN_AFTER ? state.seen : undefined;
    const visibleSince = before?.since ?? stamp;
    // without a score the gates of confidence have decided
    state.seen = { since: visibleSince, last: stamp, surest: Math.max(presence ?? 1, before?.surest ?? 0) };
    const tracked = { ...seen, positions, confidences, visibleSeconds: Number(stamp - visibleSince) / 1e9 };
    if (state.fitter === undefined || surface === undefined) return tracked;
    const touched = all.some(
      (other) => other.hand !== hand && other.refused === undefined && handsTouch(other.joints.positions, positions),
    );
    return this.#clock.run('fit', () => fittedHand(state.fitter!, tracked, { stamp, touched, ...surface }));
  }

  /**
   * Log-odds of a left hand by what the network says of one cube, and by how the joints are bent that it read there; undefined where there is
   * neither, or both sides' cubes were looked at, which was counted then.
   *
   * @param told that the hand is shown as the right one of its side, 0 to 1
   */
  #leftOdds({ hand: { handedness, otherSide }, joints }: ReadJoints, told: number | undefined): number | undefined {
    if (otherSide !== undefined) return undefined;
    const bent = this.#bentOdds(joints, handedness);
    const own = told === undefined ? bent : believedSideOdds(toldSideOdds(told) + bent, meanConfidence(joints));
    if (own === 0) return undefined;
    return handedness === 'left' ? own : -own;
  }

  #bentOdds({ positions, confidences }: Pick<DecodedJoints, 'positions' | 'confidences'>, side: Side): number {
    if (this.#chirality === undefined) return 0;
    const costOfLeft = this.#chirality.costOfLeft({ joints: positions, confidences });
    return bentSideOdds(side === 'left' ? -costOfLeft : costOfLeft);
  }

  /** What is known of a hand, found or not; remembers its side. */
  #known({ id, handedness, handednessScore }: SeenHand) {
    const state = this.#stateOf(id);
    const changed = state.handedness !== undefined && state.handedness !== handedness;
    state.handedness = handedness;
    return {
      ...{ id, handedness, ...(handednessScore !== undefined && { handednessScore }) },
      ...(changed && { handednessChanged: true as const }),
    };
  }

  #decode(frame: SeenFrame, hand: VoxelisedHand, { answer, more = [] }: HandAnswer): Map<Decoder | 'own', HandJoints> {
    const answers = [{ cube: hand.grid.cube, answer }, ...more];
    const raw = new Map<Decoder | 'own', HandJoints>();
    for (const [i, decoder] of this.#reader.decoders.entries()) {
      const decode = () => {
        const each = answers.map((one) => inCamera(this.#reader.read(one.answer, decoder), one.cube, frame, hand));
        return each.length === 1 ? each[0] : { ...each[0], ...averageJoints(each) };
      };
      raw.set(decoder, i === 0 ? this.#clock.run('heatmaps', decode) : decode());
    }
    return raw;
  }

  #stateOf(id: number): HandState {
    let state = this.#hands.get(id);
    if (state === undefined) {
      const gate = new PresenceGate(this.#config, this.#model);
      const { kinematics } = this.#config;
      const fitter = kinematics.enabled && !this.#leavesFit ? new HandFitter(kinematics, this.#proportions) : undefined;
      if (fitter !== undefined) this.#onFitter?.(id, fitter);
      state = { gate, seen: undefined, before: undefined, handedness: undefined, ...(fitter && { fitter }) };
      this.#hands.set(id, state);
    }
    return state;
  }
}

/** What the camera half hands on of a hand's surface; behind the cut of a pipeline, and of several cameras in one cube, its voxels. */
function surfaceOf({ grid, surface }: VoxelisedHand, data: Uint8Array): HandSurfacePoints {
  if (surface !== undefined) return { ...surface, exact: true };
  return { points: occupiedPoints({ ...grid, data }), pitch: grid.cube.edge / grid.size, exact: false };
}

/** A hand with joints and angles of the skeleton that is fitted to it; as it is, with the reason, where that does not fit. */
export function fittedHand(
  fitter: HandFitter,
  hand: TrackedHand,
  seen: HandSurfacePoints & Pick<SeenJoints, 'stamp' | 'readings' | 'touched'>,
): TrackedHand {
  const fitted = fitter.fit({ ...seen, ...hand });
  if (typeof fitted === 'string') return { ...hand, unfitted: fitted };
  const { positions, angles, velocities, proportions } = fitted;
  return { ...hand, positions, angles: { positions: angles, ...(velocities && { velocities }), proportions } };
}

function inCamera(
  { positions, confidences }: DecodedJoints,
  cube: Cube,
  { stamp, frameId }: SeenFrame,
  { id, handedness }: VoxelisedHand,
): HandJoints {
  return {
    stamp,
    frameId,
    handId: id,
    handedness,
    tracked: true,
    positions: cubeToCamera(cube, positions),
    confidences,
    lagFrames: 0,
  };
}

/**
 * One hand that several cubes were cut around, as one: each joint is the mean of its positions, weighted by their confidences, and the
 * plain mean where nobody is sure of it; the confidence is the plain mean.
 *
 * @param hands at least one, in one frame; only read
 */
export function averageJoints(hands: readonly Pick<HandJoints, 'positions' | 'confidences'>[]) {
  const positions = new Float64Array(3 * JOINT_COUNT);
  const confidences = new Float32Array(JOINT_COUNT);
  for (let j = 0; j < JOINT_COUNT; j++) {
    const total = hands.reduce((sum, hand) => sum + hand.confidences[j], 0);
    for (const hand of hands) {
      const weight = total > 0 ? hand.confidences[j] / total : 1 / hands.length;
      for (let axis = 0; axis < 3; axis++) positions[3 * j + axis] += weight * hand.positions[3 * j + axis];
    }
    confidences[j] = total / hands.length;
  }
  return { positions, confidences };
}
