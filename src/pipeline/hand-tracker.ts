import type { DepthFrame } from '../frames/index.js';
import { type HandJoints, lostHand, meanConfidence, toVoxhandError, VoxhandError } from '../hand/index.js';
import type { DecodedJoints, Decoder } from '../heatmaps/index.js';
import type { Inference } from '../inference/inference.js';
import {
  createReferenceTracker,
  type ReferencePoint,
  type ReferenceRefiner,
  type ReferenceResult,
  type ReferenceTracker,
} from '../reference/index.js';
import { type HandStage, type PosePrior, smoothingStage } from '../smoothing/index.js';
import { type Cube, cubeToCamera, voxelise } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { type JointReader, jointReader } from './joint-reader.js';
import { networkCube } from './network-cube.js';
import { armOf, palmCentre } from './palm.js';
import { referenceSettings, smoothingSettings } from './room-settings.js';
import { StageTimes, type Stopwatch } from './stage-times.js';

/** What was found in one frame, before smoothing. */
export interface FrameDetail {
  /** Of the frame, nanoseconds. */
  readonly stamp: bigint;
  readonly frameId: string;
  readonly reference: ReferenceResult;
  /** The cube that the network looked at; absent where no hand was found. */
  readonly cube?: Cube;
  /**
   * Joints before smoothing, by decoder: the configured one, or all of them with `output.rawJoints`; of a model that answers
   * joints its own one.
   */
  readonly raw: ReadonlyMap<Decoder, HandJoints>;
}

/** One result: the smoothed joints of a frame, and what was found in that same frame. */
export interface TrackResult {
  readonly joints: HandJoints;
  readonly detail: FrameDetail;
}

/** What a tracker needs beside its configuration; all of it is injected. */
export interface TrackerParts {
  readonly inference: Inference;
  /** Needed where `prior` is among the smoothing stages. */
  readonly prior?: PosePrior;
  /** Learned refinement of the reference point; needed where `reference.refine` asks for it. */
  readonly refiner?: ReferenceRefiner;
  /** Seconds of a monotonic clock, to measure stages. Without it nothing is measured. */
  readonly stopwatch?: Stopwatch;
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/** A lost hand's reason that the tracker itself adds to those of the reference room. */
const LOW_CONFIDENCE = 'low-confidence';
/**
 * One hand, frame by frame, through all rooms: reference point, cube, voxels, inference, heat maps, smoothing.
 *
 * Every frame that `track` is given ends as exactly one result (perhaps later, where a centred window holds it back) or as
 * exactly one counted drop. Not to be called again before the call before has resolved.
 */
export class HandTracker {
  readonly counters: Counters;
  readonly times: StageTimes;
  readonly #config: TrackerConfig;
  readonly #inference: Inference;
  readonly #refiner: ReferenceRefiner | undefined;
  readonly #reference: ReferenceTracker;
  readonly #smoothing: HandStage;
  readonly #now: Stopwatch | undefined;
  readonly #joints: JointReader;
  /** Details whose smoothed joints are still held back: at most as many as the window is wide. */
  readonly #held: FrameDetail[] = [];
  #grid: Uint8Array | undefined;
  #lastArm: readonly [number, number] | undefined;
  /** Whether the last frame had a hand. */
  #tracking = false;

  /**
   * @throws VoxhandError `CONFIG_INVALID` where the configuration asks for a part that is not there, or for what the model
   * cannot give; `MODEL_MISMATCH` for a refiner of another kind
   */
  constructor(config: TrackerConfig, parts: TrackerParts) {
    checkRefiner(config, parts.refiner);
    this.#config = config;
    this.#inference = parts.inference;
    this.#refiner = parts.refiner;
    this.#now = parts.stopwatch;
    this.counters = parts.counters ?? new Counters();
    this.times = parts.times ?? new StageTimes();
    this.#reference = createReferenceTracker(referenceSettings(config));
    this.#smoothing = smoothingStage(smoothingSettings(config, parts.prior));
    this.#joints = jointReader(config, parts.inference.model);
  }

  /** The results that this frame brings about: its own, one held back from before, none, or several after a loss. */
  async track(frame: DepthFrame): Promise<TrackResult[]> {
    let found: { joints: HandJoints; detail: FrameDetail; lostReason?: string };
    try {
      found = await this.#find(frame);
    } catch (thrown) {
      this.counters.dropped(toVoxhandError(thrown).code);
      return [];
    }
    this.counters.delivered(found.lostReason);
    this.#held.push(found.detail);
    const smoothed = this.#measure('smoothing', () => this.#smoothing.push(found.joints));
    return this.#pairUp(smoothed);
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#pairUp(this.#smoothing.flush());
  }

  /** Smoothing gives one result for each that it was given, in order, so the details only have to be queued. */
  #pairUp(smoothed: readonly HandJoints[]): TrackResult[] {
    return smoothed.map((joints) => ({ joints, detail: this.#held.shift() as FrameDetail }));
  }

  async #find(frame: DepthFrame): Promise<{ joints: HandJoints; detail: FrameDetail; lostReason?: string }> {
    const { stamp, frameId } = frame;
    const { handedness } = this.#config;
    const lost = (reference: ReferenceResult, lostReason: string, cube?: Cube) => ({
      joints: lostHand(stamp, frameId, handedness),
      detail: { stamp, frameId, reference, raw: new Map(), ...(cube === undefined ? {} : { cube }) },
      lostReason,
    });

    let reference = this.#measure('reference', () => this.#reference.track(frame));
    if (reference.state === 'lost') {
      this.#lastArm = undefined;
      this.#tracking = false;
      return lost(reference, reference.reason);
    }
    const point = await this.#refine(frame, this.#withArm(reference.point));
    if (this.#refiner !== undefined) reference = { state: 'found', point };
    const { model } = this.#inference;
    const cube = networkCube(point, model, handedness);
    const grid = this.#measure('voxels', () => voxelise(frame, cube, model.gridSize, this.#grid));
    this.#grid = undefined;

    const begin = this.#now?.() ?? 0;
    const result = await this.#inference.infer(grid.data, { cube, stamp });
    if (this.#now !== undefined) this.times.add('inference', this.#now() - begin);
    this.#grid = result.grid;

    const raw = new Map<Decoder, HandJoints>();
    try {
      for (const [i, decoder] of this.#joints.decoders.entries()) {
        const decode = () => this.#inCamera(this.#joints.read(result, decoder), cube, frame);
        raw.set(decoder, i === 0 ? this.#measure('heatmaps', decode) : decode());
      }
    } finally {
      result.release();
    }
    const joints = raw.get(this.#joints.decoders[0]) as HandJoints;
    const confidence = meanConfidence(joints);
    this.#reference.feedback(palmCentre(joints.positions), confidence);
    const { minConfidence, acquireConfidence } = this.#config.heatMaps;
    if (confidence < (this.#tracking ? minConfidence : Math.max(minConfidence, acquireConfidence))) {
      this.#lastArm = undefined;
      this.#tracking = false;
      return lost(reference, LOW_CONFIDENCE, cube);
    }
    this.#lastArm = armOf(joints.positions) ?? this.#lastArm;
    this.#tracking = true;
    return { joints, detail: { stamp, frameId, reference, cube, raw } };
  }

  /** Where no forearm is in sight, it still points to where the last joints said. */
  #withArm(point: ReferencePoint): ReferencePoint {
    return point.arm === undefined && this.#lastArm !== undefined ? { ...point, arm: this.#lastArm } : point;
  }

  async #refine(frame: DepthFrame, point: ReferencePoint): Promise<ReferencePoint> {
    if (this.#refiner === undefined) return point;
    const begin = this.#now?.() ?? 0;
    const refined = await this.#refiner.refine(frame, point);
    if (this.#now !== undefined) this.times.add('refine', this.#now() - begin);
    if (refined.refinement !== undefined) this.counters.refined(refined.refinement);
    return refined;
  }

  #inCamera({ positions, confidences }: DecodedJoints, cube: Cube, frame: DepthFrame): HandJoints {
    return {
      stamp: frame.stamp,
      frameId: frame.frameId,
      handId: 0,
      handedness: this.#config.handedness,
      tracked: true,
      positions: cubeToCamera(cube, positions),
      confidences,
      lagFrames: 0,
    };
  }

  #measure<T>(stage: 'reference' | 'voxels' | 'heatmaps' | 'smoothing', work: () => T): T {
    if (this.#now === undefined) return work();
    const begin = this.#now();
    const result = work();
    this.times.add(stage, this.#now() - begin);
    return result;
  }
}

function checkRefiner({ reference: { refine } }: TrackerConfig, refiner: ReferenceRefiner | undefined): void {
  if (refine === 'none' || refiner?.kind === refine) return;
  throw new VoxhandError(
    refiner === undefined ? 'CONFIG_INVALID' : 'MODEL_MISMATCH',
    'the reference point cannot be refined as configured',
    {
      expected: `a refiner of the kind ${refine}`,
      found: refiner?.kind ?? 'none given',
      where: 'reference.refine',
    },
  );
}
