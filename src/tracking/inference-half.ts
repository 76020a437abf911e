import { VoxhandError } from '../errors/index.js';
import { type Cube, cubeToCamera } from '../geometry/index.js';
import { type HandJoints, JOINT_COUNT, type LostHand, meanConfidence, type TrackedHand } from '../hand/index.js';
import type { DecodedJoints, Decoder } from '../heatmaps/index.js';
import type { InferenceResult, ModelFacts } from '../inference/inference.js';
import { type HandStage, type PosePrior, smoothingConfig, smoothingStage } from '../smoothing/index.js';
import type { VoxelGrid } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { HandSmoothing } from './hand-smoothing.js';
import { type JointDecoder, type JointReader, jointReader } from './joint-reader.js';
import { PresenceGate } from './presence-gate.js';
import type { RawAnswer, SeenFrame, SeenHand, VoxelisedHand } from './seen-frame.js';
import { StageClock, StageTimes, type Stopwatch } from './stage-times.js';
import type { HandDetail, TrackResult } from './track-result.js';

/** A lost hand's reason that the rule of presence or confidence adds to those of the camera half. */
const LOW_CONFIDENCE = 'low-confidence';

/** What the inference half needs beside its configuration. */
export interface InferenceHalfParts {
  /** Needed where `prior` is among the smoothing stages. */
  readonly prior?: PosePrior;
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

/** A hand as it was read, before smoothing. */
interface ReadHand {
  readonly hand: TrackedHand | LostHand;
  readonly detail: HandDetail;
  readonly raw?: RawAnswer;
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
  readonly #gates = new Map<number, PresenceGate>();
  readonly #smoothing: HandSmoothing;
  readonly #reader: JointReader;

  /** @throws VoxhandError `CONFIG_INVALID` where the configuration asks for what the model cannot give */
  constructor(config: TrackerConfig, parts: InferenceHalfParts) {
    const { model, prior, decoder, smoothing, stopwatch, counters, times } = parts;
    this.#config = config;
    this.#model = model;
    this.#counters = counters ?? new Counters();
    this.#clock = new StageClock(times ?? new StageTimes(), stopwatch);
    this.#smoothing = new HandSmoothing(smoothing ?? (() => smoothingStage(smoothingConfig(config.smoothing, prior))));
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
    let read: ReadHand[];
    try {
      read = frame.hands.map((hand) => this.#readHand(frame, hand, answers));
    } finally {
      for (const { answer, more = [] } of answers.values())
        for (const one of [{ answer }, ...more]) one.answer.release();
    }
    const hands = read.flatMap(({ hand }) => ('positions' in hand ? [hand] : []));
    const lost = read.flatMap(({ hand }) => ('reason' in hand ? [hand] : []));
    const details = new Map(read.map(({ hand, detail }) => [hand.id, detail]));
    for (const id of this.#gates.keys()) if (!details.has(id)) this.#gates.delete(id);
    this.#counters.delivered(hands.length > 0 ? undefined : (lost[0]?.reason ?? 'no-hand'));
    const result = { stamp, frameId, hands, lost, lagFrames: 0, details };
    return {
      results: this.#clock.run('smoothing', () => this.#smoothing.push(result)),
      raw: new Map(read.flatMap(({ hand: { id }, raw }) => (raw === undefined ? [] : [[id, raw] as const]))),
    };
  }

  /** Where an answer's joints are, metres, in the camera's frame. The answer is only read. */
  positions(answer: InferenceResult, { cube }: Pick<VoxelGrid, 'cube'>): Float64Array {
    return cubeToCamera(cube, this.#reader.read(answer, this.#reader.decoders[0]).positions);
  }

  /** How sure the network is of an answer's joints: their mean confidence, 0 to 1. The answer is only read. */
  confidence(answer: InferenceResult): number {
    return meanConfidence(this.#reader.read(answer, this.#reader.decoders[0]));
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#smoothing.flush();
  }

  /** Forget the hands; results that are still held back are given first. */
  reset(): TrackResult[] {
    this.#gates.clear();
    return this.flush();
  }

  #readHand(frame: SeenFrame, hand: SeenHand, answers: ReadonlyMap<number, HandAnswer>): ReadHand {
    const { id, handedness, handednessScore, reference } = hand;
    const known = { id, handedness, ...(handednessScore !== undefined && { handednessScore }) };
    const gate = this.#gateOf(id);
    const answered = answers.get(id);
    if (hand.state === 'lost') {
      gate.lost();
      const lost = { ...known, reason: hand.lostReason ?? hand.reference.reason };
      return { hand: lost, detail: { reference, raw: new Map() } };
    }
    if (answered === undefined) {
      throw new VoxhandError('INTERNAL', 'no answer of the network to a hand', {
        expected: `hand ${id}`,
        found: 'none',
      });
    }
    const raw = this.#decode(frame, hand, answered);
    const joints = raw.get(this.#reader.decoders[0]) as HandJoints;
    const { positions, confidences } = joints;
    const presence = gate.score(frame.stamp, hand.reference.point, joints);
    const tracked = gate.believes(presence, joints);
    gate.settle(tracked);
    const seen = { ...known, cube: hand.grid.cube, ...(presence !== undefined && { presence }) };
    return {
      hand: tracked ? { ...seen, positions, confidences } : { ...seen, reason: LOW_CONFIDENCE },
      detail: { reference, raw: tracked ? raw : new Map() },
      raw: { positions, confidences, tracked },
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

  #gateOf(id: number): PresenceGate {
    let gate = this.#gates.get(id);
    if (gate === undefined) {
      gate = new PresenceGate(this.#config, this.#model);
      this.#gates.set(id, gate);
    }
    return gate;
  }
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
