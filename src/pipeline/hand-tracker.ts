import type { DepthFrame } from '../frames/index.js';
import {
  type HandJoints,
  JOINT_COUNT,
  lostHand,
  meanConfidence,
  ROOT_OF_MIDDLE,
  toVoxhandError,
} from '../hand/index.js';
import { DECODERS, type Decoder, decodeHeatMaps, type HeatMaps } from '../heatmaps/index.js';
import type { Inference } from '../inference/inference.js';
import {
  createReferenceTracker,
  type ReferencePoint,
  type ReferenceRefiner,
  type ReferenceResult,
  type ReferenceTracker,
} from '../reference/index.js';
import { type HandStage, type PosePrior, type SmoothingConfig, smoothingStage } from '../smoothing/index.js';
import { type Cube, cubeFor, cubeToCamera, voxelise } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { StageTimes, type Stopwatch } from './stage-times.js';

/** What was found in one frame, before smoothing. */
export interface FrameDetail {
  /** Of the frame, nanoseconds. */
  readonly stamp: bigint;
  readonly frameId: string;
  readonly reference: ReferenceResult;
  /** The cube that the network looked at; absent where no hand was found. */
  readonly cube?: Cube;
  /** Joints as read off the heat maps, by decoder: the configured one, or all of them with `output.rawJoints`. */
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
  /** Learned refinement of the reference point; none by default. */
  readonly refiner?: ReferenceRefiner;
  /** Seconds of a monotonic clock, to measure stages. Without it nothing is measured. */
  readonly stopwatch?: Stopwatch;
  readonly counters?: Counters;
  readonly times?: StageTimes;
}

/** A lost hand's reason that the tracker itself adds to those of the reference room. */
const LOW_CONFIDENCE = 'low-confidence';
/** A hand whose palm, seen along the optical axis, is shorter than this says nothing about the arm's direction, metres. */
const SHORTEST_PALM = 0.035;

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
  readonly #decoders: readonly Decoder[];
  /** Details whose smoothed joints are still held back: at most as many as the window is wide. */
  readonly #held: FrameDetail[] = [];
  #grid: Uint8Array | undefined;
  #lastArm: readonly [number, number] | undefined;
  /** Whether the last frame had a hand. */
  #tracking = false;

  constructor(config: TrackerConfig, parts: TrackerParts) {
    this.#config = config;
    this.#inference = parts.inference;
    this.#refiner = parts.refiner;
    this.#now = parts.stopwatch;
    this.counters = parts.counters ?? new Counters();
    this.times = parts.times ?? new StageTimes();
    this.#reference = createReferenceTracker(referenceSettings(config));
    this.#smoothing = smoothingStage(smoothingSettings(config, parts.prior));
    const { decoder } = config.heatMaps;
    this.#decoders = config.output.rawJoints ? [decoder, ...DECODERS.filter((d) => d !== decoder)] : [decoder];
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
    if (this.#refiner !== undefined) {
      reference = { state: 'found', point: await this.#refiner.refine(frame, reference.point) };
    }
    const { model } = this.#inference;
    const cube = this.#cube(reference.point);
    const grid = this.#measure('voxels', () => voxelise(frame, cube, model.gridSize, this.#grid));
    this.#grid = undefined;

    const begin = this.#now?.() ?? 0;
    const result = await this.#inference.infer(grid.data, { cube, stamp });
    if (this.#now !== undefined) this.times.add('inference', this.#now() - begin);
    this.#grid = result.grid;

    const raw = new Map<Decoder, HandJoints>();
    try {
      const maps = result.members.length > 0 ? result.members : result.heatMaps;
      for (const decoder of this.#decoders) {
        const decode = () => this.#decode(decoder, decoder === 'nbest' ? maps : result.heatMaps, cube, frame);
        raw.set(decoder, decoder === this.#decoders[0] ? this.#measure('heatmaps', decode) : decode());
      }
    } finally {
      result.release();
    }
    const joints = raw.get(this.#decoders[0]) as HandJoints;
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

  #cube(point: ReferencePoint): Cube {
    const { model } = this.#inference;
    const seen = point.arm === undefined && this.#lastArm !== undefined ? { ...point, arm: this.#lastArm } : point;
    return cubeFor(seen, {
      edge: model.cubeEdge,
      roll: model.roll,
      handedness: this.#config.handedness,
      modelHandedness: model.handedness === 'any' ? 'unknown' : model.handedness,
    });
  }

  #decode(decoder: Decoder, maps: HeatMaps | readonly HeatMaps[], cube: Cube, frame: DepthFrame): HandJoints {
    const { n } = this.#config.heatMaps;
    const { positions, confidences } = decodeHeatMaps(maps, { decoder, n, sigma: this.#inference.model.sigma });
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

function referenceSettings({ reference }: TrackerConfig): Parameters<typeof createReferenceTracker>[0] {
  const { zone, ...rest } = reference;
  const pair = (range: number[]) => [range[0], range[1]] as const;
  return {
    ...rest,
    zone: {
      z: pair(zone.z),
      ...(zone.x === undefined ? {} : { x: pair(zone.x) }),
      ...(zone.y === undefined ? {} : { y: pair(zone.y) }),
    },
  };
}

/** The stages that are switched on, with their settings, in the configured order. Without a prior, its stage is left out. */
export function smoothingSettings({ smoothing }: TrackerConfig, prior?: PosePrior): SmoothingConfig {
  const order = smoothing.stages.filter((stage) => stage !== 'prior' || prior !== undefined);
  const { method, blend, noise, components } = smoothing.prior;
  return {
    order,
    ...(order.includes('gate') && { gate: smoothing.gate }),
    ...(order.includes('prior') &&
      prior && { prior: { model: prior, method, blend, noise, ...(components !== undefined && { components }) } }),
    ...(order.includes('window') && { window: smoothing.window }),
    ...(order.includes('oneEuro') && { oneEuro: smoothing.oneEuro }),
  };
}

/** Mean of the wrist and the four roots of the fingers: what hardly moves against itself. */
function palmCentre(positions: Float64Array): readonly [number, number, number] {
  const joints = [0, 5, 9, 13, 17];
  const at = (axis: number) => joints.reduce((sum, joint) => sum + positions[3 * joint + axis], 0) / joints.length;
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
