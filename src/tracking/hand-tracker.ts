import type { DepthFrame } from '../depth/index.js';
import type { DetectionStages, ReferenceRefiner } from '../detection/index.js';
import { toVoxhandError } from '../errors/index.js';
import type { Inference, InferenceResult } from '../inference/inference.js';
import { type FrameSet, onlyFrame, toFrameSet } from '../rig/index.js';
import type { VoxelGrid } from '../voxels/index.js';
import { CameraHalf } from './camera-half.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { type HandAnswer, InferenceHalf, type InferenceHalfParts, type VariantAnswer } from './inference-half.js';
import type { SeenFrame, VoxelisedHand } from './seen-frame.js';
import { StageClock, StageTimes, type Stopwatch } from './stage-times.js';
import type { TrackResult } from './track-result.js';

/** What a tracker needs beside its configuration; all of it is injected. */
export interface TrackerParts extends Pick<InferenceHalfParts, 'prior' | 'decoder' | 'smoothing'> {
  readonly inference: Inference;
  /** Needed where `detection.method` is `learned`. */
  readonly detection?: DetectionStages;
  /** Learned refinement of the reference point; needed where `reference.refine` asks for it. */
  readonly refiner?: ReferenceRefiner;
  /** Seconds of a monotonic clock, to measure stages. Without it nothing is measured. */
  readonly stopwatch?: Stopwatch;
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/** A hand and what the network answered to its cube. */
interface Look {
  readonly hand: VoxelisedHand;
  readonly answer: InferenceResult;
}

/**
 * Log-odds of a side for each unit by which the joints' mean confidence in its cube is larger than in the mirrored one. Chosen, not
 * fitted: on 192 held-out synthetic hands the right side's was larger by 0.06 in the mean, and in 83 % of them at all.
 */
const SIDE_ODDS = 25;

/**
 * Frames in, hands out, through all stages: reference point, cube, voxels, inference, heat maps, smoothing. It is the two
 * halves of a pipeline that may be cut, joined here by a call: see `CameraHalf` and `InferenceHalf`.
 *
 * Every frame that `track` is given ends as exactly one result (perhaps later, where a centred window holds it back) or as
 * exactly one counted drop. Not to be called again before the call before has resolved.
 *
 * One hand of one camera is tracked at present.
 *
 * @example A camera of your own
 * ```ts
 * const { close, ...parts } = await loadParts(config);
 * const tracker = new HandTracker(config, parts);
 * const camera = { width: 640, height: 480, fx: 600, fy: 600, cx: 319.5, cy: 239.5 };
 * for await (const { stamp, metres } of pictures()) {
 *   const frame = { stamp, frameId: 'camera', width: 640, height: 480, depth: metres, camera };
 *   for (const { hands } of await tracker.track(frame)) console.log(hands);
 * }
 * for (const { hands } of tracker.flush()) console.log(hands);
 * await close();
 * ```
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
  constructor(config: TrackerConfig, parts: TrackerParts) {
    const { inference, stopwatch, counters = new Counters(), times = new StageTimes() } = parts;
    this.counters = counters;
    this.times = times;
    this.#inference = inference;
    const shared = { ...parts, model: inference.model, counters, times };
    this.#camera = new CameraHalf(config, shared);
    this.#joints = new InferenceHalf(config, shared);
    this.#clock = new StageClock(times, stopwatch);
  }

  /**
   * The results that this frame brings about: its own, one held back from before, none, or several after a loss. A fault of the frame is
   * counted, not thrown.
   *
   * @param frames of one camera, or of one moment
   * @throws VoxhandError `USAGE` for frames of several cameras, which are not fused yet
   */
  async track(frames: DepthFrame | FrameSet): Promise<TrackResult[]> {
    const set = toFrameSet(frames);
    onlyFrame(set);
    try {
      const seen = await this.#camera.see(set);
      const found = seen.hands.filter((hand) => hand.state === 'found');
      if (found.length === 0) return this.#joints.read(seen).results;
      const { frame, answers } = await this.#clock.wait('inference', () => this.#infer(set, seen, found));
      for (const { answer } of answers.values()) this.#camera.recycle(answer.grid);
      const { results, raw } = this.#joints.read(frame, answers);
      this.#camera.feedback(raw);
      return results;
    } catch (thrown) {
      this.counters.dropped(toVoxhandError(thrown).code);
      return [];
    }
  }

  /** The network's answers to all hands of a frame, and the frame with the cubes that they are about. */
  async #infer(frames: FrameSet, seen: SeenFrame, found: readonly VoxelisedHand[]) {
    const taken = new Map<number, VoxelisedHand>();
    const answers = new Map<number, HandAnswer>();
    for (const first of found) {
      const { hand, ...answer } = await this.#inferHand(frames, seen.stamp, first);
      taken.set(hand.id, hand);
      answers.set(hand.id, answer);
    }
    return { frame: { ...seen, hands: seen.hands.map((hand) => taken.get(hand.id) ?? hand) }, answers };
  }

  /** The network's answers to a hand; to both sides' cubes where the side is not known, of which one is taken. */
  async #inferHand(
    frames: FrameSet,
    stamp: bigint,
    seen: VoxelisedHand,
  ): Promise<Look & { readonly more: readonly VariantAnswer[] }> {
    const { variants = [], otherSide, handedness } = seen;
    const own = await this.#lookCloser(frames, stamp, { hand: seen, answer: await this.#run(stamp, seen.grid) });
    if (otherSide !== undefined) {
      const opposite = { ...seen, handedness: handedness === 'left' ? 'right' : 'left', grid: otherSide } as const;
      const answer = await this.#run(stamp, otherSide);
      const other = await this.#lookCloser(frames, stamp, { hand: opposite, answer });
      const margin = this.#joints.confidence(own.answer) - this.#joints.confidence(other.answer);
      const side = this.#camera.judge(seen, SIDE_ODDS * (handedness === 'left' ? margin : -margin));
      const [taken, left] = side === handedness ? [own, other] : [other, own];
      left.answer.release();
      return { ...taken, more: [] };
    }
    const more: VariantAnswer[] = [];
    for (const variant of variants) more.push({ cube: variant.cube, answer: await this.#run(stamp, variant) });
    return { ...own, more };
  }

  #run(stamp: bigint, { cube, data }: VoxelGrid): Promise<InferenceResult> {
    return this.#inference.infer(data, { cube, stamp });
  }

  /** Of a hand that a detector placed, the network sees a second cube, cut by the joints of the first; the surer answer counts. */
  async #lookCloser(frames: FrameSet, stamp: bigint, first: Look): Promise<Look> {
    if (first.hand.rough !== true) return first;
    const hand = this.#camera.recut(frames, first.hand, this.#joints.positions(first.answer, first.hand.grid));
    const answer = await this.#run(stamp, hand.grid);
    const better = this.#joints.confidence(answer) > this.#joints.confidence(first.answer);
    (better ? first.answer : answer).release();
    return better ? { hand, answer } : first;
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#joints.flush();
  }

  /** Forget the hands and where they were, as at the start. Gives the results that were still held back. */
  reset(): TrackResult[] {
    this.#camera.reset();
    return this.#joints.reset();
  }
}
