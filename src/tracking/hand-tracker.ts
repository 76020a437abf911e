import type { DepthFrame } from '../depth/index.js';
import type { DetectionStages, ReferenceRefiner } from '../detection/index.js';
import { toVoxhandError } from '../errors/index.js';
import type { Inference, InferenceResult } from '../inference/inference.js';
import type { PosePrior } from '../smoothing/index.js';
import type { VoxelGrid } from '../voxels/index.js';
import { CameraHalf } from './camera-half.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { InferenceHalf, type VariantAnswer } from './inference-half.js';
import type { FoundFrame } from './seen-frame.js';
import { StageClock } from './stage-clock.js';
import { StageTimes, type Stopwatch } from './stage-times.js';
import type { TrackResult } from './track-result.js';

/** What a tracker needs beside its configuration; all of it is injected. */
export interface TrackerParts {
  readonly inference: Inference;
  /** Needed where `prior` is among the smoothing stages. */
  readonly prior?: PosePrior;
  /** Needed where `detection.method` is `learned`. */
  readonly detection?: DetectionStages;
  /** Learned refinement of the reference point; needed where `reference.refine` asks for it. */
  readonly refiner?: ReferenceRefiner;
  /** Seconds of a monotonic clock, to measure stages. Without it nothing is measured. */
  readonly stopwatch?: Stopwatch;
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/** A frame and what the network answered to its cube. */
interface Look {
  readonly frame: FoundFrame;
  readonly answer: InferenceResult;
}

/** And to the frame's variants. */
interface Answered extends Look {
  readonly more: readonly VariantAnswer[];
}

/**
 * Log-odds of a side for each unit by which the joints' mean confidence in its cube is larger than in the mirrored one. Chosen, not
 * fitted: on 192 held-out synthetic hands the right side's was larger by 0.06 in the mean, and in 83 % of them at all.
 */
const SIDE_ODDS = 25;

/**
 * One hand, frame by frame, through all rooms: reference point, cube, voxels, inference, heat maps, smoothing. It is the two
 * halves of a pipeline that may be cut, joined here by a call: see `CameraHalf` and `InferenceHalf`.
 *
 * Every frame that `track` is given ends as exactly one result (perhaps later, where a centred window holds it back) or as
 * exactly one counted drop. Not to be called again before the call before has resolved.
 */
export class HandTracker {
  readonly counters: Counters;
  readonly times: StageTimes;
  readonly #inference: Inference;
  readonly #camera: CameraHalf;
  readonly #joints: InferenceHalf;
  readonly #clock: StageClock;

  /**
   * @throws VoxhandError `CONFIG_INVALID` where the configuration asks for a part that is not there, or for what the model
   * cannot give; `MODEL_MISMATCH` for a refiner of another kind
   */
  constructor(config: TrackerConfig, { inference, detection, refiner, prior, stopwatch, ...parts }: TrackerParts) {
    const { counters = new Counters(), times = new StageTimes() } = parts;
    this.counters = counters;
    this.times = times;
    this.#inference = inference;
    const shared = { model: inference.model, counters, times, ...(stopwatch && { stopwatch }) };
    this.#camera = new CameraHalf(config, { ...shared, ...(detection && { detection }), ...(refiner && { refiner }) });
    this.#joints = new InferenceHalf(config, { ...shared, ...(prior && { prior }) });
    this.#clock = new StageClock(times, stopwatch);
  }

  /** The results that this frame brings about: its own, one held back from before, none, or several after a loss. */
  async track(frame: DepthFrame): Promise<TrackResult[]> {
    try {
      const seen = await this.#camera.see(frame);
      if (seen.state === 'lost') return this.#joints.lost(seen);
      const infer = () => this.#infer(frame, seen);
      const { frame: found, answer, more } = await this.#clock.wait('inference', infer);
      this.#camera.recycle(answer.grid);
      const { results, raw } = this.#joints.read(found, answer, more);
      this.#camera.feedback(raw);
      return results;
    } catch (thrown) {
      this.counters.dropped(toVoxhandError(thrown).code);
      return [];
    }
  }

  /** The network's answers to a frame; to both sides' cubes where the side is not known, of which one is taken. */
  async #infer(depth: DepthFrame, seen: FoundFrame): Promise<Answered> {
    const { variants = [], otherSide, handedness } = seen;
    const own = await this.#lookCloser(depth, { frame: seen, answer: await this.#run(seen, seen.grid) });
    if (otherSide !== undefined) {
      const opposite = { ...seen, handedness: handedness === 'left' ? 'right' : 'left', grid: otherSide } as const;
      const answer = await this.#run(opposite, otherSide);
      const other = await this.#lookCloser(depth, { frame: opposite, answer });
      const margin = this.#joints.confidence(own.answer) - this.#joints.confidence(other.answer);
      const side = this.#camera.judge(SIDE_ODDS * (handedness === 'left' ? margin : -margin));
      const [taken, left] = side === handedness ? [own, other] : [other, own];
      left.answer.release();
      return { ...taken, more: [] };
    }
    const more: VariantAnswer[] = [];
    for (const variant of variants) more.push({ cube: variant.cube, answer: await this.#run(seen, variant) });
    return { ...own, more };
  }

  #run({ stamp }: FoundFrame, { cube, data }: VoxelGrid): Promise<InferenceResult> {
    return this.#inference.infer(data, { cube, stamp });
  }

  /** Of a hand that a detector placed, the network sees a second cube, cut by the joints of the first; the surer answer counts. */
  async #lookCloser(depth: DepthFrame, first: Look): Promise<Look> {
    if (first.frame.rough !== true) return first;
    const frame = this.#camera.recut(depth, first.frame, this.#joints.positions(first.answer, first.frame.grid));
    const answer = await this.#run(frame, frame.grid);
    const better = this.#joints.confidence(answer) > this.#joints.confidence(first.answer);
    (better ? first.answer : answer).release();
    return better ? { frame, answer } : first;
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#joints.flush();
  }

  /** Forget the hand and where it was, as at the start. Gives the results that were still held back. */
  reset(): TrackResult[] {
    this.#camera.reset();
    return this.#joints.reset();
  }
}
