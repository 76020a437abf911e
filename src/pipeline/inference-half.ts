import { type HandJoints, lostHand, meanConfidence } from '../hand/index.js';
import type { DecodedJoints, Decoder } from '../heatmaps/index.js';
import type { InferenceResult, ModelFacts } from '../inference/inference.js';
import { type HandStage, type PosePrior, smoothingStage } from '../smoothing/index.js';
import { cubeToCamera } from '../voxels/index.js';
import type { FoundFrame, LostFrame, RawAnswer, SeenFrame } from './camera-half.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { type JointReader, jointReader } from './joint-reader.js';
import { smoothingSettings } from './room-settings.js';
import { StageClock } from './stage-clock.js';
import { StageTimes, type Stopwatch } from './stage-times.js';
import type { FrameDetail, TrackResult } from './track-result.js';

/** A lost hand's reason that the confidence rule adds to those of the reference room. */
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

/**
 * The pipeline from its cut on, for one camera: joints off the network's answer, the confidence rule, smoothing. Running the
 * network is the caller's, so that several cameras may share one.
 *
 * Each frame goes either to {@link lost} or, with its answer, to {@link read}, in the order of the stamps, and is counted as
 * delivered. It ends as exactly one result, perhaps later, where a centred window holds it back.
 */
export class InferenceHalf {
  readonly #config: TrackerConfig;
  readonly #counters: Counters;
  readonly #clock: StageClock;
  readonly #smoothing: HandStage;
  readonly #reader: JointReader;
  /** Details whose smoothed joints are still held back: at most as many as the window is wide. */
  #held: FrameDetail[] = [];
  /** Whether the last frame had a hand. */
  #tracking = false;

  /** @throws VoxhandError `CONFIG_INVALID` where the configuration asks for what the model cannot give */
  constructor(config: TrackerConfig, { model, prior, stopwatch, counters, times }: InferenceHalfParts) {
    this.#config = config;
    this.#counters = counters ?? new Counters();
    this.#clock = new StageClock(times ?? new StageTimes(), stopwatch);
    this.#smoothing = smoothingStage(smoothingSettings(config, prior));
    this.#reader = jointReader(config, model);
  }

  /** The results that a frame without a hand brings about: its own, and those held back before it. */
  lost(frame: LostFrame): TrackResult[] {
    return this.#lose(frame, frame.lostReason ?? frame.reference.reason);
  }

  /**
   * The results that the network's answer brings about, and what the camera half should hear of it. The answer's buffers are
   * released.
   *
   * @throws VoxhandError where the answer cannot be read; the frame then counts for nothing, and the next one may be given
   */
  read(frame: FoundFrame, answer: InferenceResult): { results: TrackResult[]; raw: RawAnswer } {
    const { stamp, frameId, reference, grid } = frame;
    const raw = new Map<Decoder, HandJoints>();
    try {
      for (const [i, decoder] of this.#reader.decoders.entries()) {
        const decode = () => inCamera(this.#reader.read(answer, decoder), frame);
        raw.set(decoder, i === 0 ? this.#clock.run('heatmaps', decode) : decode());
      }
    } finally {
      answer.release();
    }
    const joints = raw.get(this.#reader.decoders[0]) as HandJoints;
    const { minConfidence, acquireConfidence } = this.#config.heatMaps;
    const needed = this.#tracking ? minConfidence : Math.max(minConfidence, acquireConfidence);
    const tracked = !(meanConfidence(joints) < needed);
    const { positions, confidences } = joints;
    this.#tracking = tracked;
    const results = tracked
      ? this.#deliver(joints, { stamp, frameId, reference, cube: grid.cube, raw })
      : this.#lose(frame, LOW_CONFIDENCE);
    return { results, raw: { positions, confidences, tracked } };
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#pairUp(this.#smoothing.flush());
  }

  /** Forget the hand; results that are still held back are given first. */
  reset(): TrackResult[] {
    this.#tracking = false;
    return this.flush();
  }

  #lose(frame: SeenFrame, reason: string): TrackResult[] {
    this.#tracking = false;
    const { stamp, frameId, handedness, reference } = frame;
    const cube = frame.state === 'found' ? { cube: frame.grid.cube } : {};
    const detail = { stamp, frameId, reference, raw: new Map(), ...cube };
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
  { stamp, frameId, handedness, grid }: FoundFrame,
): HandJoints {
  return {
    stamp,
    frameId,
    handId: 0,
    handedness,
    tracked: true,
    positions: cubeToCamera(grid.cube, positions),
    confidences,
    lagFrames: 0,
  };
}
