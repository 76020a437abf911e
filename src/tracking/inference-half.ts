import { type Cube, cubeToCamera } from '../geometry/index.js';
import { type HandJoints, lostHand, meanConfidence } from '../hand/index.js';
import type { DecodedJoints, Decoder } from '../heatmaps/index.js';
import type { InferenceResult, ModelFacts } from '../inference/inference.js';
import { type HandStage, type PosePrior, smoothingStage } from '../smoothing/index.js';
import type { VoxelGrid } from '../voxels/index.js';
import { averageJoints } from './average-joints.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { type JointReader, jointReader } from './joint-reader.js';
import { PresenceGate } from './presence-gate.js';
import { smoothingSettings } from './room-settings.js';
import type { FoundFrame, LostFrame, RawAnswer, SeenFrame } from './seen-frame.js';
import { StageClock } from './stage-clock.js';
import { StageTimes, type Stopwatch } from './stage-times.js';
import type { FrameDetail, TrackResult } from './track-result.js';

/** A lost hand's reason that the rule of presence or confidence adds to those of the camera half. */
const LOW_CONFIDENCE = 'low-confidence';

/** What the inference half needs beside its configuration. */
export interface InferenceHalfParts {
  /** The network that sees the cells. */
  readonly model: ModelFacts;
  /** Needed where `prior` is among the smoothing stages. */
  readonly prior?: PosePrior;
  readonly stopwatch?: Stopwatch;
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/** What the network answered to one of the frame's further cubes. */
export interface VariantAnswer {
  readonly cube: Cube;
  readonly answer: InferenceResult;
}

/**
 * The pipeline from its cut on, for one camera: joints off the network's answer, the rule of presence, smoothing. Running the
 * network is the caller's, so that several cameras may share one.
 *
 * Each frame goes either to {@link lost} or, with its answer, to {@link read}, in the order of the stamps, and is counted as
 * delivered. It ends as exactly one result, perhaps later, where a centred window holds it back.
 */
export class InferenceHalf {
  readonly #counters: Counters;
  readonly #clock: StageClock;
  readonly #gate: PresenceGate;
  readonly #smoothing: HandStage;
  readonly #reader: JointReader;
  /** Details whose smoothed joints are still held back: at most as many as the window is wide. */
  #held: FrameDetail[] = [];

  /** @throws VoxhandError `CONFIG_INVALID` where the configuration asks for what the model cannot give */
  constructor(config: TrackerConfig, { model, prior, stopwatch, counters, times }: InferenceHalfParts) {
    this.#counters = counters ?? new Counters();
    this.#gate = new PresenceGate(config, model);
    this.#clock = new StageClock(times ?? new StageTimes(), stopwatch);
    this.#smoothing = smoothingStage(smoothingSettings(config, prior));
    this.#reader = jointReader(config, model);
  }

  /** The results that a frame without a hand brings about: its own, and those held back before it. */
  lost(frame: LostFrame): TrackResult[] {
    this.#gate.lost();
    return this.#lose(frame, frame.lostReason ?? frame.reference.reason);
  }

  /**
   * The results that the network's answer brings about, and what the camera half should hear of it. The answers' buffers are
   * released.
   *
   * @param more answers to the frame's `variants`, whose joints are averaged with those of its own cube
   *
   * @throws VoxhandError where the answer cannot be read; the frame then counts for nothing, and the next one may be given
   */
  read(
    frame: FoundFrame,
    answer: InferenceResult,
    more: readonly VariantAnswer[] = [],
  ): { results: TrackResult[]; raw: RawAnswer } {
    const { stamp, frameId, reference, grid } = frame;
    const raw = new Map<Decoder, HandJoints>();
    const answers = [{ cube: grid.cube, answer }, ...more];
    try {
      for (const [i, decoder] of this.#reader.decoders.entries()) {
        const decode = () => {
          const each = answers.map((one) => inCamera(this.#reader.read(one.answer, decoder), one.cube, frame));
          return each.length === 1 ? each[0] : { ...each[0], ...averageJoints(each) };
        };
        raw.set(decoder, i === 0 ? this.#clock.run('heatmaps', decode) : decode());
      }
    } finally {
      for (const one of answers) one.answer.release();
    }
    const joints = raw.get(this.#reader.decoders[0]) as HandJoints;
    const presence = this.#gate.score(frame, joints);
    const tracked = this.#gate.believes(presence, joints);
    this.#gate.settle(tracked);
    const { positions, confidences } = joints;
    const scored = presence === undefined ? {} : { presence };
    const results = tracked
      ? this.#deliver(joints, { stamp, frameId, reference, cube: grid.cube, raw, ...scored })
      : this.#lose(frame, LOW_CONFIDENCE, scored);
    return { results, raw: { positions, confidences, tracked } };
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
    return this.#pairUp(this.#smoothing.flush());
  }

  /** Forget the hand; results that are still held back are given first. */
  reset(): TrackResult[] {
    this.#gate.reset();
    return this.flush();
  }

  #lose(frame: SeenFrame, reason: string, scored: Pick<FrameDetail, 'presence'> = {}): TrackResult[] {
    const { stamp, frameId, handedness, reference } = frame;
    const cube = frame.state === 'found' ? { cube: frame.grid.cube } : {};
    const detail = { stamp, frameId, reference, raw: new Map(), ...cube, ...scored };
    return this.#deliver(lostHand(stamp, frameId, handedness), detail, reason);
  }

  #deliver(joints: HandJoints, detail: FrameDetail, lostReason?: string): TrackResult[] {
    this.#counters.delivered(lostReason);
    this.#held.push(detail);
    return this.#pairUp(this.#clock.run('smoothing', () => this.#smoothing.push(joints)));
  }

  /** Smoothing gives one result for each that it was given, in order, so the details only have to be queued. */
  #pairUp(smoothed: readonly HandJoints[]): TrackResult[] {
    return smoothed.map((joints) => ({ joints, detail: this.#held.shift() as FrameDetail }));
  }
}

function inCamera(
  { positions, confidences }: DecodedJoints,
  cube: Cube,
  { stamp, frameId, handedness }: FoundFrame,
): HandJoints {
  return {
    stamp,
    frameId,
    handId: 0,
    handedness,
    tracked: true,
    positions: cubeToCamera(cube, positions),
    confidences,
    lagFrames: 0,
  };
}
