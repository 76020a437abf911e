import type { DepthFrame } from '../depth/index.js';
import {
  believedSideOdds,
  comparedSideOdds,
  type DetectionStages,
  type ReferenceRefiner,
  sideOdds,
  toldSideOdds,
} from '../detection/index.js';
import { toVoxhandError } from '../errors/index.js';
import { meanDistance } from '../hand/index.js';
import { allAnswers, inferAll } from '../inference/infer-all.js';
import type { Inference, InferenceResult } from '../inference/inference.js';
import { type FrameSet, onlyFrame, toFrameSet } from '../rig/index.js';
import type { VoxelGrid } from '../voxels/index.js';
import { CameraHalf, type CameraHalfParts } from './camera-half.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { HandAllowance } from './hand-allowance.js';
import { type HandAnswer, InferenceHalf, type InferenceHalfParts, type VariantAnswer } from './inference-half.js';
import type { SeenFrame, VoxelisedHand } from './seen-frame.js';
import { StageClock, StageTimes, type Stopwatch } from './stage-times.js';
import type { TrackResult } from './track-result.js';

/** What a tracker needs beside its configuration; all of it is injected. */
export interface TrackerParts
  extends Pick<InferenceHalfParts, 'prior' | 'proportions' | 'leavesFit' | 'onFitter' | 'decoder' | 'smoothing'> {
  readonly inference: Inference;
  /** Needed where `detection.method` is `learned`. */
  readonly detection?: DetectionStages;
  /** Learned refinement of the reference point; needed where `reference.refine` asks for it. */
  readonly refiner?: ReferenceRefiner;
  /** Adds what other cameras of a rig see of a cube to its grid, see `CameraHalfParts`. */
  readonly others?: CameraHalfParts['others'];
  /** Seconds of a monotonic clock, to measure stages. Without it nothing is measured. */
  readonly stopwatch?: Stopwatch;
  readonly counters?: Counters;
  readonly times?: StageTimes;
  /** Whether hands are left out where frames take longer than `detection.frameBudget` by the stopwatch: of a live stream. */
  readonly sheds?: boolean;
}

/** A hand and what the network answered to its cube. */
interface Look {
  readonly hand: VoxelisedHand;
  readonly answer: InferenceResult;
}

/** A cube that was cut by what a detector says is turned by each of these, radians, where the network is less sure of its joints than this. */
const TURNS = [Math.PI / 3, Math.PI, -Math.PI / 3] as const;
const UNSURE = 0.6;
/** Of looks that are surer than others by less than this, the one with the joints nearest to the last ones counts: mean confidence. */
const AS_SURE = 0.05;
/** Where the stages say that a hand has turned by more than this since the last joints, its cube is shown as these lie, too: radians. */
const DISAGREE = Math.PI / 6;
/** So often at most that of a hand which was not surely one a moment ago: most of what a detector takes for a hand is none; nanoseconds. */
const TURN_PERIOD = 150_000_000n;

/**
 * Frames in, hands out, through all stages: reference point, cube, voxels, inference, heat maps, smoothing. It is the two
 * halves of a pipeline that may be cut, joined here by a call: see `CameraHalf` and `InferenceHalf`.
 *
 * Every frame that `track` is given ends as exactly one result (perhaps later, where a centred window holds it back) or as
 * exactly one counted drop. Not to be called again before the call before has resolved.
 *
 * Up to `detection.maxHands` hands of one camera are tracked.
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
  readonly #allowance: HandAllowance;
  readonly #stopwatch: Stopwatch | undefined;
  /** When the cube of a hand was turned that was not surely one. */
  #turned: bigint | undefined;

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
    const { maxHands, frameBudget } = config.detection;
    const { capacity = 2 } = inference;
    this.#allowance = new HandAllowance(maxHands, parts.sheds === true ? frameBudget : 0, capacity / 2);
    this.#stopwatch = stopwatch;
  }

  /**
   * The results that this frame brings about: its own, one held back from before, none, or several after a loss. A fault of the frame is
   * counted, not thrown.
   *
   * @param frames of one camera
   * @throws VoxhandError `USAGE` for frames of several cameras, which `RigTracker` takes
   */
  async track(frames: DepthFrame | FrameSet): Promise<TrackResult[]> {
    const set = toFrameSet(frames);
    onlyFrame(set);
    const began = this.#stopwatch?.();
    try {
      this.#camera.allow(this.#allowance.allowed);
      const seen = await this.#camera.see(set);
      const found = seen.hands.filter((hand) => hand.state === 'found');
      if (found.length === 0) return this.#joints.read(seen).results;
      const { frame, answers } = await this.#clock.wait('inference', () => this.#infer(set, seen, found));
      for (const { answer } of answers.values()) this.#camera.recycle(answer.grid);
      const { results, raw } = this.#joints.read(frame, answers);
      this.#camera.feedback(raw);
      if (began !== undefined && this.#stopwatch !== undefined) {
        const excess = this.#allowance.took(this.#stopwatch() - began, found.length, set.stamp);
        if (excess > 0) this.counters.shed('too-slow');
      }
      return results;
    } catch (thrown) {
      this.counters.dropped(toVoxhandError(thrown).code);
      return [];
    }
  }

  /** The network's answers to all hands of a frame, and the frame with the cubes that they are about. */
  async #infer(frames: FrameSet, seen: SeenFrame, found: readonly VoxelisedHand[]) {
    // of a hand whose side is not known, both sides' cubes are looked at, and of those one is taken
    const sides = found.flatMap((hand) => [hand, ...opposite(hand)]);
    const variants = found.flatMap((hand) => (hand.otherSide === undefined ? (hand.variants ?? []) : []));
    const grids = [...sides.map(({ grid }) => grid), ...variants];
    const first = await this.#run(frames, grids);
    const looks = await this.#lookCloser(
      frames,
      sides.map((hand, i) => ({ hand, answer: first[i] })),
    );
    const further = variants.map(({ cube }, i): VariantAnswer => ({ cube, answer: first[sides.length + i] }));
    const taken = new Map<number, VoxelisedHand>();
    const answers = new Map<number, HandAnswer>();
    for (const hand of found) {
      const own = looks.shift() as Look;
      const { hand: shown, answer } =
        hand.otherSide === undefined ? own : this.#judged(hand, own, looks.shift() as Look);
      const more = hand.otherSide === undefined ? further.splice(0, hand.variants?.length ?? 0) : [];
      taken.set(hand.id, shown);
      answers.set(hand.id, { answer, more });
    }
    return { frame: { ...seen, hands: seen.hands.map((hand) => taken.get(hand.id) ?? hand) }, answers };
  }

  /** Of the looks at both sides of a hand, that of the side that is believed then. */
  #judged(seen: VoxelisedHand, own: Look, other: Look): Look {
    const bent = ({ answer, hand }: Look) => this.#joints.bentOdds(answer, hand);
    const odds = this.#sideOdds(own.answer, other.answer, bent(own) - bent(other));
    const side = this.#camera.judge(seen, seen.handedness === 'left' ? odds : -odds);
    const [taken, left] = side === seen.handedness ? [own, other] : [other, own];
    left.answer.release();
    return taken;
  }

  /**
   * Log-odds of the side that the first of two cubes of a hand was cut for, by what the network says of them.
   *
   * @param bent the same by how the joints are bent
   */
  #sideOdds(own: InferenceResult, other: InferenceResult, bent: number): number {
    const [sure, otherSure] = [own, other].map((answer) => this.#joints.confidence(answer));
    if (own.side === undefined || other.side === undefined) return sideOdds(sure - otherSure) + bent;
    const odds = comparedSideOdds(toldSideOdds(own.side, other.side), sure - otherSure, bent);
    return believedSideOdds(odds, Math.max(sure, otherSure));
  }

  /** Of a hand that a detector placed, the network sees a second cube, cut by the joints of the first; the surer answer counts. */
  async #lookCloser(frames: FrameSet, first: readonly Look[]): Promise<Look[]> {
    const looks: Look[] = [];
    const turned = this.#toBeTurned(frames.stamp, first);
    for (const look of first) {
      const turns = turned.has(look.hand.id) ? TURNS : this.#turnToLast(look.hand);
      looks.push(turns.length > 0 ? await this.#lookTurned(frames, look, turns) : look);
    }
    const sure = this.#sure(looks);
    const rough = looks.filter(({ hand }) => hand.rough === true || (hand.rough === 'agreed' && !sure.has(hand.id)));
    if (rough.length === 0) return looks;
    const closer = rough.map(({ hand, answer }) =>
      this.#camera.recut(frames, hand, this.#joints.positions(answer, hand.grid)),
    );
    const answers = await this.#run(
      frames,
      closer.map(({ grid }) => grid),
    );
    return looks.map((look) => {
      const i = rough.indexOf(look);
      if (i < 0) return look;
      const better = this.#joints.confidence(answers[i]) > this.#joints.confidence(look.answer);
      (better ? look.answer : answers[i]).release();
      return better ? { hand: closer[i], answer: answers[i] } : look;
    });
  }

  /** The hands that a detector placed and the network is not sure of, shown as either hand. */
  #toBeTurned(stamp: bigint, looks: readonly Look[]): ReadonlySet<number> {
    const sure = this.#sure(looks);
    const unsure = looks.flatMap(({ hand: { id, rough = false } }) => (rough !== false && !sure.has(id) ? [id] : []));
    const trusted = unsure.filter((id) => this.#joints.trusts(id, stamp));
    const isDue = this.#turned === undefined || stamp < this.#turned || stamp - this.#turned >= TURN_PERIOD;
    if (!isDue || trusted.length === unsure.length) return new Set(trusted);
    this.#turned = stamp;
    return new Set(unsure);
  }

  /** How a cube is turned that the stages and the last joints do not agree about, so that it lies as the latter do; radians. */
  #turnToLast(hand: VoxelisedHand): readonly number[] {
    const turn = hand.rough === true ? this.#camera.turnToLast(hand) : undefined;
    return turn !== undefined && Math.abs(turn) > DISAGREE ? [turn] : [];
  }

  /** The hands of whose joints the network is sure, shown as either hand. */
  #sure(looks: readonly Look[]): ReadonlySet<number> {
    const isSure = ({ answer }: Look) => this.#joints.confidence(answer) >= UNSURE;
    return new Set(looks.flatMap((look) => (isSure(look) ? [look.hand.id] : [])));
  }

  /**
   * The surest look at a hand whose cube is turned in several ways: of a palm that is seen end on a detector cannot tell the direction. Of a
   * hand that was there a moment ago the network is about as sure of a wrong one; it has not turned round since.
   */
  async #lookTurned(frames: FrameSet, look: Look, turns: readonly number[]): Promise<Look> {
    const hands = turns.map((angle) => this.#camera.turned(frames, look.hand, angle));
    const answers = await this.#run(
      frames,
      hands.map(({ grid }) => grid),
    );
    const all = [look, ...hands.map((hand, i) => ({ hand, answer: answers[i] }))];
    const sure = all.map(({ answer }) => this.#joints.confidence(answer));
    const last = this.#camera.expectedJoints(look.hand);
    const enough = Math.max(...sure) - (last === undefined ? 0 : AS_SURE);
    const asSure = all.filter((_, i) => sure[i] >= enough);
    const away = asSure.map(({ hand, answer }) =>
      last === undefined ? 0 : meanDistance(this.#joints.positions(answer, hand.grid), last),
    );
    const best = asSure[away.indexOf(Math.min(...away))];
    for (const { answer } of all) if (answer !== best.answer) answer.release();
    return best;
  }

  async #run(
    { stamp, views: [{ extrinsics: place }] }: FrameSet,
    grids: readonly VoxelGrid[],
  ): Promise<InferenceResult[]> {
    const answers = await inferAll(
      this.#inference,
      grids.map(({ data }) => data),
      grids.map(({ cube }) => ({ cube, stamp, place })),
    );
    return allAnswers(answers);
  }

  /** What may wait until the last results are out. */
  settle(): void {
    this.#joints.settle();
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#joints.flush();
  }

  /** Forget the hands and where they were, as at the start. Gives the results that were still held back. */
  reset(): TrackResult[] {
    this.#turned = undefined;
    this.#camera.reset();
    return this.#joints.reset();
  }
}

/** The cube of a hand as one of the other side would be shown, where nobody knows the side. */
function opposite(hand: VoxelisedHand): VoxelisedHand[] {
  const { otherSide, handedness } = hand;
  if (otherSide === undefined) return [];
  return [{ ...hand, handedness: handedness === 'left' ? 'right' : 'left', grid: otherSide }];
}
